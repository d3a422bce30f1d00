using HybridControl.Estimation;
using HybridControl.Symbolics;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Estimation;

/// <summary>The shared law "errors and innovations lie inside their chi-square bands over 200 simulated runs".</summary>
public class FilterConsistencyTests
{
    [TestCaseSource(typeof(EstimatorCase), nameof(EstimatorCase.All))]
    public void Errors_and_innovations_of_linear_tracking_lie_inside_their_bands(EstimatorCase estimator) =>
        FilterConsistency.Require(ConsistencyProblem.Tracking(), estimator.Make);

    [TestCaseSource(typeof(EstimatorCase), nameof(EstimatorCase.Nonlinear))]
    public void Errors_and_innovations_of_a_pendulum_lie_inside_their_bands(EstimatorCase estimator) =>
        FilterConsistency.Require(ConsistencyProblem.Pendulum(), estimator.Make);

    [TestCase(0.25)]
    [TestCase(4.0)]
    public void A_filter_with_wrong_process_noise_is_found(double factor)
    {
        ConsistencyProblem problem = ConsistencyProblem.Tracking();
        IReadOnlyList<string> violations = FilterConsistency.Violations(
            problem, p => new KalmanFilter(Scaled((LinearTransition)p.Transition, factor), p.Sensor, p.Initial));
        Assert.That(violations, Has.Some.StartsWith("NEES").And.Some.StartsWith("NIS"));
    }

    [Test]
    public void A_filter_with_a_wrong_sensor_variance_is_found()
    {
        ConsistencyProblem problem = ConsistencyProblem.Pendulum();
        var sensor = new ExpressionMeasurement(
            problem.Transition.StateNames,
            [("height", Expr.Sin(Expr.Variable(VariableKind.State, "angle")))],
            new[,] { { 0.0009 * 1.5 } });
        IReadOnlyList<string> violations = FilterConsistency.Violations(
            problem, p => new ExtendedKalmanFilter(p.Transition, sensor, p.Initial));
        Assert.That(violations, Has.Some.StartsWith("NIS"));
    }

    private static LinearTransition Scaled(LinearTransition transition, double factor)
    {
        int n = transition.StateCount;
        var next = new double[n];
        var f = new double[n * n];
        var g = new double[n * n];
        transition.Linearize(0.0, 1.0, new double[n], [], next, f, g);
        var (a, q) = (new double[n, n], new double[n, n]);
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < n; j++)
            {
                a[i, j] = f[(i * n) + j];
                q[i, j] = factor * Enumerable.Range(0, n).Sum(k => g[(i * n) + k] * g[(j * n) + k]);
            }
        }

        return new LinearTransition(a, q);
    }
}
