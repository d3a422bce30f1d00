using HybridControl.Ensembles.Statistics;

namespace HybridControl.Tests.Ensembles.Statistics;

internal sealed class SampleSummaryTests
{
    [Test]
    public void Quantiles_are_linear_between_order_statistics()
    {
        SampleSummary summary = Of(15, 20, 35, 40, 50);
        Assert.That(new[] { 0.0, 0.05, 0.25, 0.4, 0.5, 1.0 }.Select(summary.Quantile), Is.EqualTo(new[] { 15.0, 16.0, 20.0, 29.0, 35.0, 50.0 }).Within(1e-12));
    }

    // Binomial(60, 1/2): P(B <= 21) = 0.0137 and P(B <= 22) = 0.0259, so the ranks are 22 and 39.
    [Test]
    public void Band_of_the_median_is_bounded_by_the_ranks_of_the_binomial_table()
    {
        ConfidenceInterval band = Of([.. Enumerable.Range(1, 60).Select(i => (double)i)]).QuantileBand(0.5);
        Assert.That((band.Lower, band.Upper), Is.EqualTo((22.0, 39.0)));
    }

    [Test]
    public void Band_of_an_extreme_quantile_is_open_where_entries_are_too_few()
    {
        ConfidenceInterval band = Of([.. Enumerable.Range(1, 60).Select(i => (double)i)]).QuantileBand(0.99);
        Assert.That(band.Upper, Is.EqualTo(double.PositiveInfinity));
        Assert.That(band.Lower, Is.LessThan(60.0));
    }

    [Test]
    public void Band_of_a_quantile_covers_at_least_as_often_as_it_says()
    {
        int covers = 0;
        for (int r = 0; r < 2000; r++)
        {
            long start = r * 200L;
            covers += Of([.. Enumerable.Range(0, 200).Select(i => Scatter.Uniform(start + i, 5))]).QuantileBand(0.9).Contains(0.9) ? 1 : 0;
        }

        Assert.That(covers / 2000.0, Is.InRange(0.945, 0.985));
    }

    // Student's t for 0.975: 12.7062 (1 degree), 2.2622 (9), 1.9720 (199), 1.95996 (normal limit).
    [TestCase(2, 12.7062)]
    [TestCase(10, 2.2622)]
    [TestCase(200, 1.9720)]
    [TestCase(1_000_000, 1.95997)]
    public void Band_of_the_mean_uses_tabulated_factors(int n, double factor)
    {
        SampleSummary summary = Of([.. Enumerable.Range(0, n).Select(i => (double)(i % 2))]);
        Assert.That(summary.MeanBand().HalfWidth / summary.StandardError, Is.EqualTo(factor).Within(6e-5));
    }

    [Test]
    public void Histogram_counts_every_entry_once()
    {
        SampleSummary summary = Of([.. Enumerable.Range(0, 1000).Select(i => Scatter.Normal(i))]);
        Assert.That(summary.Histogram().Counts.Sum(), Is.EqualTo(1000));
        Assert.That(summary.Histogram(7).Counts, Has.Length.EqualTo(7));
        Histogram part = Of(0, 1, 1, 2, 3).Histogram([1.0, 2.0, 2.5]);
        Assert.That((part.Below, part.Counts[0], part.Counts[1], part.Above), Is.EqualTo((1L, 2L, 1L, 1L)));
        Assert.That(Of(4, 4, 4).Histogram().Counts.Sum(), Is.EqualTo(3));
    }

    // IQR of 0 .. 999 is 499.5; the width is 2 * 499.5 / 10, so 999 / 99.9 = 10 bins.
    [Test]
    public void Bins_are_as_wide_as_freedman_and_diaconis_say() =>
        Assert.That(Of([.. Enumerable.Range(0, 1000).Select(i => (double)i)]).Histogram().Counts, Has.Length.EqualTo(10).Or.Length.EqualTo(11));

    [Test]
    public void Empty_column_gives_nan_and_not_an_exception()
    {
        SampleSummary empty = Of();
        Assert.That(new[] { empty.Mean, empty.Variance, empty.Min, empty.Quantile(0.5) }, Is.All.NaN);
        Assert.That(empty.Histogram().Counts, Is.Empty);
        Assert.That(empty.QuantileBand(0.5).Lower, Is.EqualTo(double.NegativeInfinity));
    }

    private static SampleSummary Of(params double[] values) => new(Moments.Of(values, 0), () => new OrderedSample([.. values]));
}
