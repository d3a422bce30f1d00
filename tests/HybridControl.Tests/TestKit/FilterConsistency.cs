using HybridControl.Estimation;
using HybridControl.Numerics;

namespace HybridControl.Tests.TestKit;

/// <summary>The law of every estimator: its errors are as large as it says (NEES), and so are its surprises (NIS).</summary>
/// <remarks>
/// Over 200 simulated runs with a fixed seed. At each time the sum over runs of e' P^-1 e is chi-square with 200 n degrees of
/// freedom; the sum over all runs and times of nu' S^-1 nu is chi-square with as many degrees of freedom as numbers were
/// measured, since innovations are white. Both bands are two-sided at the level of 99 %, the first one for all times together
/// (Bonferroni). Y. Bar-Shalom, X. R. Li and T. Kirubarajan, Estimation with Applications to Tracking and Navigation (2001), section 5.4.
/// </remarks>
public static class FilterConsistency
{
    public const int Runs = 200;

    private const double Level = 0.99;

    /// <summary>Asserts the law.</summary>
    public static void Require(ConsistencyProblem problem, Func<ConsistencyProblem, IEstimator> make) =>
        Assert.That(Violations(problem, make), Is.Empty);

    /// <summary>What lies outside its band, in words; nothing for a right estimator.</summary>
    public static IReadOnlyList<string> Violations(ConsistencyProblem problem, Func<ConsistencyProblem, IEstimator> make, ulong seed = 20)
    {
        int n = problem.Transition.StateCount;
        double[][] states = [.. Enumerable.Range(0, problem.Steps).Select(_ => new double[n])];
        double[][] measurements = [.. Enumerable.Range(0, problem.Steps).Select(_ => new double[problem.Sensor.Count])];
        var errors = new double[problem.Steps];
        double surprises = 0.0;
        int measured = 0;
        for (int run = 0; run < Runs; run++)
        {
            problem.Simulate(new NormalDraws(seed, run), states, measurements);
            IEstimator estimator = make(problem);
            for (int k = 0; k < problem.Steps; k++)
            {
                Assert.That(estimator.Predict((k + 1) * problem.Step), Is.EqualTo(EstimationStatus.Done), $"run {run}, step {k}");
                Assert.That(estimator.Update(measurements[k]), Is.EqualTo(EstimationStatus.Done), $"run {run}, step {k}");
                surprises += estimator.Innovation.NormalizedSquare;
                measured += estimator.Innovation.Count;
                errors[k] += NormalizedError(estimator.Belief, states[k], problem.Transition.Geometry);
            }
        }

        var violations = new List<string>();
        for (int k = 0; k < errors.Length; k++)
        {
            Judge(violations, $"NEES after step {k}", errors[k], Runs * n, (1.0 - Level) / problem.Steps);
        }

        Judge(violations, "NIS", surprises, measured, 1.0 - Level);
        TestContext.Out.WriteLine(FormattableString.Invariant(
            $"{problem}: NEES {errors.Average() / Runs:F3} of {n}, NIS {surprises / measured:F4} of 1"));
        return violations;
    }

    private static double NormalizedError(GaussianBelief belief, double[] truth, StateGeometry geometry)
    {
        var error = new double[truth.Length];
        geometry.Subtract(truth, belief.Mean, error);
        LowerTriangular.Solve(belief.Factor, error);
        return Dense.Dot(error, error);
    }

    private static void Judge(List<string> violations, string what, double sum, int degrees, double risk)
    {
        double low = ChiSquare.Quantile(degrees, 0.5 * risk);
        double high = ChiSquare.Quantile(degrees, 1.0 - (0.5 * risk));
        if (!(sum >= low && sum <= high))
        {
            violations.Add(FormattableString.Invariant($"{what}: {sum / degrees:F4} outside [{low / degrees:F4}, {high / degrees:F4}]"));
        }
    }
}
