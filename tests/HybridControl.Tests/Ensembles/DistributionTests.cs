using HybridControl.Ensembles;
using HybridControl.Numerics;
using MathNet.Numerics;
using Reference = MathNet.Numerics.Distributions;

namespace HybridControl.Tests.Ensembles;

public sealed class DistributionTests
{
    private static readonly double[] Probabilities =
        [1e-300, 1e-40, 1e-16, 1e-10, 1e-6, 1e-3, 0.02, 0.1, 0.25, 0.4, 0.5, 0.6, 0.75, 0.9, 0.98, 0.999, 1 - 1e-6, 1 - 1e-12];

    private static IEnumerable<Distribution> All() =>
    [
        new Normal(3.0, 2.0), new LogNormal(2.0, 0.5), new Uniform(-1.0, 4.0), new Triangular(0.0, 1.0, 4.0), new Triangular(0.0, 0.0, 1.0),
        new Triangular(0.0, 1.0, 1.0), new Beta(2.0, 5.0), new Beta(0.3, 0.4, -1.0, 3.0), new Beta(50.0, 3.0), new Exponential(3.0),
        new Discrete([3.0, 1.0, 2.0], [1.0, 2.0, 5.0]), new Empirical([1.0, 5.0, 2.0, 2.0, 9.0]), new Empirical([1.0, 5.0, 2.0, 2.0, 9.0], false),
        new GridPoints([4.0, 1.0, 2.0]),
    ];

    // Values of the inverse to 20 digits, from its definition in arbitrary precision.
    [TestCase(0.5, 0.0)]
    [TestCase(0.975, 1.9599639845400542355)]
    [TestCase(0.8413447460685429486, 1.0)]
    [TestCase(0.0013498980316300945, -3.0)]
    [TestCase(2.8665157187919391e-7, -5.0)]
    [TestCase(7.6198530241605260660e-24, -10.0)]
    [TestCase(3.6709661993126993e-51, -15.0)]
    public void Normal_quantiles_are_those_of_the_tables(double p, double z) =>
        Assert.That(NormalLaw.Quantile(p), Is.EqualTo(z).Within(2e-15 * Math.Max(1.0, Math.Abs(z))));

    [Test]
    public void Normal_quantile_and_probability_are_inverse()
    {
        foreach (double p in Probabilities)
        {
            Assert.That(NormalLaw.Cdf(NormalLaw.Quantile(p)), Is.EqualTo(p).Within(1e-12 * p), $"p = {p}");
        }
    }

    [TestCase(2.0, 5.0)]
    [TestCase(0.5, 0.5)]
    [TestCase(0.05, 3.0)]
    [TestCase(30.0, 0.2)]
    [TestCase(400.0, 600.0)]
    [TestCase(1.0, 1.0)]
    public void Beta_quantiles_have_the_probability_asked_for(double a, double b)
    {
        foreach (double p in Probabilities.Where(p => p > 1e-17))
        {
            double x = IncompleteBeta.Inverse(a, b, p);
            double below = SpecialFunctions.BetaRegularized(a, b, Math.BitDecrement(x));
            double above = SpecialFunctions.BetaRegularized(a, b, Math.Min(Math.BitIncrement(x), 1.0));
            double rounding = Math.Max(1e-11 * Math.Min(p, 1.0 - p), 4e-15);
            Assert.That(p, Is.InRange(below - rounding, above + rounding), $"x = {x}");
        }
    }

    [Test]
    public void Beta_quantiles_are_exact_where_there_is_a_formula()
    {
        foreach (double p in Probabilities.Where(p => p > 1e-17))
        {
            Assert.That(IncompleteBeta.Inverse(1.0, 1.0, p), Is.EqualTo(p).Within(4e-15 * p), "uniform");
            Assert.That(IncompleteBeta.Inverse(3.0, 1.0, p), Is.EqualTo(Math.Pow(p, 1.0 / 3.0)).Within(4e-15), "cube root");
            Assert.That(IncompleteBeta.Inverse(0.5, 0.5, p), Is.EqualTo(Math.Pow(Math.Sin(0.5 * Math.PI * p), 2.0)).Within(1e-14), "arc sine");
        }
    }

    [Test]
    public void Quantiles_agree_with_the_reference()
    {
        foreach (double p in Probabilities.Where(p => p is > 1e-7 and < 1 - 1e-7))
        {
            Assert.That(new Normal(3.0, 2.0).Quantile(p), Is.EqualTo(Reference.Normal.InvCDF(3.0, 2.0, p)).Within(1e-12));
            Assert.That(new LogNormal(2.0, 0.5).Quantile(p), Is.EqualTo(Reference.LogNormal.InvCDF(Math.Log(2.0), 0.5, p)).Within(1e-11));
            Assert.That(new Exponential(3.0).Quantile(p), Is.EqualTo(Reference.Exponential.InvCDF(1.0 / 3.0, p)).Within(1e-12));
            Assert.That(new Triangular(0.0, 1.0, 4.0).Quantile(p), Is.EqualTo(Reference.Triangular.InvCDF(0.0, 4.0, 1.0, p)).Within(1e-12));
            Assert.That(new Uniform(-1.0, 4.0).Quantile(p), Is.EqualTo(-1.0 + (5.0 * p)).Within(1e-15));
        }
    }

    [Test]
    public void A_small_wait_keeps_its_digits() =>
        Assert.That(new Exponential(1.0).Quantile(1e-20), Is.EqualTo(1e-20).Within(1e-35));

    [Test]
    public void Log_normal_of_moments_has_those_moments()
    {
        LogNormal made = LogNormal.FromMoments(5.0, 2.0);
        var reference = new Reference.LogNormal(Math.Log(made.Median), made.LogDeviation);
        Assert.That(reference.Mean, Is.EqualTo(5.0).Within(1e-12));
        Assert.That(reference.StdDev, Is.EqualTo(2.0).Within(1e-12));
    }

    [TestCaseSource(nameof(All))]
    public void Quantiles_never_fall(Distribution distribution)
    {
        double[] values = [.. Enumerable.Range(1, 9999).Select(i => distribution.Quantile(i / 10_000.0))];
        Assert.That(values, Is.Ordered);
        Assert.That(distribution.Problem, Is.Null);
        Assert.That(double.IsFinite(distribution.Quantile(double.Epsilon)) && double.IsFinite(distribution.Quantile(Math.BitDecrement(1.0))));
    }

    [TestCaseSource(nameof(All))]
    public void A_score_stands_for_its_probability(Distribution distribution)
    {
        foreach (double p in new[] { 0.013, 0.3, 0.52, 0.77, 0.991 })
        {
            Assert.That(distribution.FromScore(NormalLaw.Quantile(p)), Is.EqualTo(distribution.Quantile(p)).Within(1e-12));
        }
    }

    [Test]
    public void A_discrete_quantity_takes_each_value_by_its_weight()
    {
        var distribution = new Discrete([3.0, 1.0, 2.0], [1.0, 2.0, 5.0]);
        double[] drawn = [.. Enumerable.Range(0, 8000).Select(i => distribution.Quantile((i + 0.5) / 8000))];
        Assert.That(new[] { 1.0, 2.0, 3.0 }.Select(value => drawn.Count(x => x == value)), Is.EqualTo(new[] { 2000, 5000, 1000 }));
    }

    [Test]
    public void A_value_without_weight_is_never_drawn()
    {
        var distribution = new Discrete([1.0, 2.0, 3.0], [0.0, 1.0, 0.0]);
        Assert.That(new[] { double.Epsilon, 0.5, Math.BitDecrement(1.0) }.Select(distribution.Quantile), Is.All.EqualTo(2.0));
    }

    [Test]
    public void An_empirical_quantity_interpolates_or_steps()
    {
        Assert.That(new Empirical([4.0, 0.0, 1.0]).Quantile(0.75), Is.EqualTo(2.5));
        Assert.That(new Empirical([4.0, 0.0, 1.0], interpolated: false).Quantile(0.75), Is.EqualTo(4.0));
    }

    [Test]
    public void Even_points_include_both_ends()
    {
        GridPoints points = GridPoints.Linear(0.0, 21.0, 100_000);
        Assert.That((points.Values.Length, points.Values[0], points.Values[^1]), Is.EqualTo((100_000, 0.0, 21.0)));
        Assert.That(points.Values, Is.Ordered.And.Unique);
        Assert.That(GridPoints.Linear(1.0, 2.0, 1).Values, Is.EqualTo(new[] { 1.0 }));
    }

    private static IEnumerable<TestCaseData> Impossible() =>
    [
        new(new Normal(double.NaN, 1.0), "the mean NaN is not a finite number"),
        new(new Normal(0.0, -1.0), "the deviation -1 is not a finite number of at least zero"),
        new(new LogNormal(0.0, 1.0), "the median 0 is not a positive, finite number"),
        new(new Uniform(2.0, 1.0), "the low end 2 is not below the high end 1"),
        new(new Uniform(-1.5e308, 1.5e308), "the width Infinity is not a finite number"),
        new(new Triangular(0.0, 5.0, 4.0), "the mode 5 is not between the low end 0 and the high end 4"),
        new(new Beta(0.0, 1.0), "the first shape 0 is not a positive, finite number"),
        new(new Beta(1.0, 1.0, 3.0, 3.0), "the low end 3 is not below the high end 3"),
        new(new Exponential(double.PositiveInfinity), "the mean Infinity is not a positive, finite number"),
        new(new Discrete([]), "there are no values"),
        new(new Discrete(default), "there are no values"),
        new(new Discrete([1.0, 2.0], [1.0]), "1 weights for 2 values"),
        new(new Discrete([1.0, 2.0], [1.0, -1.0]), "the weight -1 is not a number of at least zero"),
        new(new Discrete([1.0, 2.0], [0.0, 0.0]), "the weights have no sum that is positive and finite"),
        new(new Discrete([1.0, 2.0], [1.0, double.NaN]), "the weight NaN is not a number of at least zero"),
        new(new Empirical([1.0, double.NaN]), "the value NaN is not a finite number"),
        new(new GridPoints([]), "there are no values"),
    ];

    [TestCaseSource(nameof(Impossible))]
    public void Impossible_parameters_are_named(Distribution distribution, string problem) =>
        Assert.That(distribution.Problem, Is.EqualTo(problem));

    [Test]
    public void Distributions_are_equal_by_value()
    {
        Assert.That(new Discrete([1.0, 2.0]), Is.EqualTo(new Discrete([1.0, 2.0], [])).And.Not.EqualTo(new Discrete([1.0, 2.0], [1.0, 2.0])));
        Assert.That(new Empirical([2.0, 1.0]), Is.EqualTo(new Empirical([1.0, 2.0])).And.Not.EqualTo(new Empirical([1.0, 2.0], false)));
        Assert.That(new GridPoints([1.0, 2.0]), Is.EqualTo(GridPoints.Linear(1.0, 2.0, 2)).And.Not.EqualTo(new GridPoints([2.0, 1.0])));
    }
}
