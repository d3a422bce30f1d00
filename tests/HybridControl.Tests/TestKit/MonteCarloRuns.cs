namespace HybridControl.Tests.TestKit;

/// <summary>Repeated runs of a sampled estimator beside exact answers.</summary>
/// <remarks>
/// The law: the mean over the runs of every quantity at every step is the exact one within Monte-Carlo standard errors. The
/// distances in standard errors follow Student's law, here with 23 degrees of freedom and variance 1.1; those of neighbouring
/// steps go together. So of hundreds of numbers the mean square is about one, and none is beyond five.
/// </remarks>
public sealed class MonteCarloRuns(int quantities, int steps)
{
    private const double Bound = 3.0;
    private const double FarBound = 5.0;
    private const double LargestMeanSquare = 1.6;

    private readonly List<double>[] _values = [.. Enumerable.Range(0, quantities * steps).Select(_ => new List<double>())];
    private readonly List<double> _likelihoods = [];

    /// <summary>Adds the value of a quantity at a step of one run.</summary>
    public void Add(int quantity, int step, double value) => _values[(quantity * steps) + step].Add(value);

    /// <summary>Adds the log-likelihood of one run.</summary>
    public void AddLogLikelihood(double value) => _likelihoods.Add(value);

    /// <summary>Asserts the law for exact values of each quantity, and for the likelihood, whose estimate is unbiased (its logarithm is not).</summary>
    public void Require(double logLikelihood, params double[][] exact)
    {
        TestContext.Out.WriteLine(FormattableString.Invariant($"mean square of the distances {MeanSquare(exact):F2}, beyond three {Outside(exact):P1}"));
        Assert.That(MeanSquare(exact), Is.LessThanOrEqualTo(LargestMeanSquare));
        Assert.That(Scores(exact).Max(Math.Abs), Is.LessThanOrEqualTo(FarBound));
        List<double> ratios = [.. _likelihoods.Select(value => Math.Exp(value - logLikelihood))];
        Assert.That(Score(ratios, 1.0), Is.EqualTo(0.0).Within(Bound), "likelihood");
    }

    /// <summary>The mean square of all distances, in standard errors.</summary>
    public double MeanSquare(params double[][] exact) => Scores(exact).Average(score => score * score);

    /// <summary>The part of all numbers that is more than three standard errors off.</summary>
    public double Outside(params double[][] exact) => Scores(exact).Average(score => Math.Abs(score) <= Bound ? 0.0 : 1.0);

    private IEnumerable<double> Scores(double[][] exact) =>
        exact.SelectMany((row, q) => row.Select((value, k) => Score(_values[(q * steps) + k], value)));

    private static double Score(List<double> values, double exact)
    {
        double mean = values.Average();
        double variance = values.Sum(value => (value - mean) * (value - mean)) / (values.Count - 1);
        return (mean - exact) / Math.Sqrt(variance / values.Count);
    }
}
