using System.Numerics;
using HybridControl.Ensembles;
using HybridControl.Ensembles.Statistics;
using HybridControl.Requirements;

namespace HybridControl.Tests.Ensembles;

internal sealed class EnsembleAccumulatorTests
{
    private static readonly int X = EnsembleLayout.Steps + 1;

    [TestCase(0.0, 1.0)]
    [TestCase(1e8, 1.0)]
    [TestCase(-3e12, 0.5)]
    [TestCase(1e-100, 1e-103)]
    public void Moments_equal_the_two_pass_formulas_to_rounding_even_where_the_mean_is_large(double mean, double deviation)
    {
        EnsemblePlan plan = FormulaBackend.Plan(100_000);
        double Value(long i) => mean + (deviation * Scatter.Normal(i));
        SampleSummary x = Summarize(plan, Value).Scalar("x");

        (double exactMean, double exactVariance) = TwoPass([.. Enumerable.Range(0, 100_000).Select(i => Value(i))]);
        Assert.That(x.Mean, Is.EqualTo(exactMean).Within(1).Ulps);
        Assert.That(x.Variance, Is.EqualTo(exactVariance).Within(1e-14 * exactVariance));
    }

    [Test]
    public void Constant_column_has_exactly_no_variance()
    {
        SampleSummary x = Summarize(FormulaBackend.Plan(5000), _ => 0.1).Scalar("x");
        Assert.That((x.Mean, x.Variance, x.Quantile(0.3)), Is.EqualTo((0.1, 0.0, 0.1)));
    }

    [TestCase(long.MaxValue)]
    [TestCase(200_000)]
    [TestCase(0)]
    public void Any_split_and_any_order_of_merging_gives_the_same_bits(long exactMemory)
    {
        var options = new StatisticsOptions { ExactMemory = exactMemory, SketchSize = 64 };
        EnsemblePlan plan = FormulaBackend.Plan(21_700);
        EnsembleBlock[] blocks = FormulaBackend.AllBlocks(plan, block => FormulaBackend.Set(block, X, i => Scatter.Normal(i)));
        EnsembleResult whole = Accumulate(blocks, options).ToResult();

        EnsembleAccumulator backwards = Accumulate([.. blocks.Reverse()], options);
        EnsembleAccumulator shards = Accumulate(blocks[..3], options);
        shards.Merge(Accumulate(blocks[3..4], options));
        shards.Merge(Accumulate(blocks[4..15], options));
        EnsembleAccumulator late = Accumulate(blocks[15..], options);
        late.Merge(shards);
        foreach (EnsembleResult other in new[] { backwards.ToResult(), late.ToResult() })
        {
            Assert.That(other.Count, Is.EqualTo(21_700));
            Assert.That(Figures(other), Is.EqualTo(Figures(whole)));
        }
    }

    [Test]
    public void Shards_that_overlap_are_refused()
    {
        EnsemblePlan plan = FormulaBackend.Plan(3000);
        EnsembleBlock[] blocks = FormulaBackend.AllBlocks(plan, block => FormulaBackend.Set(block, X, i => i));
        EnsembleAccumulator some = Accumulate(blocks[..2], null);
        Assert.That(() => some.Add(blocks[1]), Throws.ArgumentException);
        Assert.That(() => some.Merge(Accumulate(blocks[1..], null)), Throws.ArgumentException);
        Assert.That(some.ToResult().Count, Is.EqualTo(2048));
    }

    [Test]
    public void Failed_trajectories_count_in_the_report_and_not_in_the_columns_of_the_whole_trajectory()
    {
        EnsemblePlan plan = FormulaBackend.Plan(2000) with
        {
            Requirements = [new("met", FormulaBackend.Model.Transitions[0].Guard!, RequirementKind.Always)],
        };
        EnsembleResult result = Accumulate(
            FormulaBackend.AllBlocks(plan, block =>
            {
                FormulaBackend.Set(block, EnsembleLayout.Status, i => i % 10 == 0 ? (double)TrajectoryStatus.NotFinite : i % 10 == 1 ? 1.0 : 0.0);
                FormulaBackend.Set(block, EnsembleLayout.Time, i => i % 10 == 0 ? 0.25 : 1.0);
                FormulaBackend.Set(block, X, i => i % 10 == 0 ? 1e300 : 2.0);
                FormulaBackend.Set(block, X + 1, i => i % 4 == 1 ? 0.0 : 1.0);
            }),
            null).ToResult();

        Assert.That(result.StatusCounts[TrajectoryStatus.NotFinite], Is.EqualTo(200));
        Assert.That(result.StatusCounts[TrajectoryStatus.Stopped], Is.EqualTo(200));
        Assert.That(result.StatusCounts[TrajectoryStatus.Completed], Is.EqualTo(1600));
        Assert.That(result.Failed, Is.EqualTo(200));
        Assert.That((result.Scalar("x").Count, result.Scalar("x").Missing, result.Scalar("x").Mean), Is.EqualTo((1800L, 200L, 2.0)));
        Assert.That(result.Scalar("time").Mean, Is.EqualTo(0.925).Within(1e-14));
        Assert.That(result.Requirement("met"), Is.EqualTo(new Proportion(1300, 1800, 200)));
    }

    [Test]
    public void Alternatives_are_told_apart()
    {
        EnsemblePlan plan = FormulaBackend.Plan(1000) with
        {
            Alternatives = [new("a", []), new("b", []), new("c", [])],
        };
        EnsembleResult result = Accumulate(FormulaBackend.AllBlocks(plan, block => FormulaBackend.Set(block, X, i => (i % 3 * 10) + (i / 3))), null)
            .ToResult();
        Assert.That(result.Count, Is.EqualTo(3000));
        foreach ((string name, int offset) in new[] { ("a", 0), ("b", 10), ("c", 20) })
        {
            SampleSummary x = result.Scalar("x", name);
            Assert.That((x.Count, x.Mean, x.Quantile(0.5)), Is.EqualTo((1000L, 499.5 + offset, 499.5 + offset)));
        }
    }

    [Test]
    public void Covariances_equal_the_two_pass_formula()
    {
        EnsemblePlan plan = FormulaBackend.Plan(10_000, new() { Final = [new("y", FormulaBackend.Model.Transitions[0].Guard!.ToString()!.Length)] });
        double X0(long i) => 1e6 + Scatter.Normal(i);
        double Y0(long i) => (2.0 * Scatter.Normal(i)) + Scatter.Normal(i, 1);
        EnsembleResult result = Accumulate(
            FormulaBackend.AllBlocks(plan, block =>
            {
                FormulaBackend.Set(block, X, X0);
                FormulaBackend.Set(block, X + 1, i => i == 77 ? double.NaN : Y0(i));
            }),
            null).ToResult();

        long[] rows = [.. Enumerable.Range(0, 10_000).Where(i => i != 77).Select(i => (long)i)];
        double meanX = rows.Average(i => X0(i) - 1e6) + 1e6;
        double meanY = rows.Average(Y0);
        double expected = rows.Sum(i => (X0(i) - meanX) * (Y0(i) - meanY)) / (rows.Length - 1);
        CovarianceMatrix covariance = result.Covariance(["x", "y"]);
        Assert.That(covariance.Count, Is.EqualTo(9999));
        Assert.That(covariance[0, 1], Is.EqualTo(expected).Within(1e-10));
        Assert.That(covariance[1, 0], Is.EqualTo(covariance[0, 1]));
        Assert.That(covariance.Correlation(0, 1), Is.EqualTo(2.0 / Math.Sqrt(5.0)).Within(0.02));
    }

    [Test]
    public void Sketched_quantiles_keep_their_stated_error()
    {
        EnsemblePlan plan = FormulaBackend.Plan(300_000);
        EnsembleBlock[] blocks = FormulaBackend.AllBlocks(plan, block => FormulaBackend.Set(block, X, i => (double)(i * 7919 % 300_000)));
        EnsembleResult result = Accumulate(blocks, new() { ExactMemory = 0 }).ToResult();
        SampleSummary x = result.Scalar("x");
        Assert.That(result.IsExact, Is.False);
        Assert.That(x.RankError, Is.InRange(1, 300_000 / 200));
        foreach (double p in new[] { 0.001, 0.05, 0.5, 0.95, 0.999 })
        {
            Assert.That(x.Quantile(p), Is.EqualTo(p * 299_999).Within(x.RankError + 1));
        }
    }

    private static EnsembleResult Summarize(EnsemblePlan plan, Func<long, double> value) =>
        Accumulate(FormulaBackend.AllBlocks(plan, block => FormulaBackend.Set(block, X, value)), null).ToResult();

    private static EnsembleAccumulator Accumulate(EnsembleBlock[] blocks, StatisticsOptions? options)
    {
        var accumulator = new EnsembleAccumulator(blocks[0].Layout, options);
        foreach (EnsembleBlock block in blocks)
        {
            accumulator.Add(block);
        }

        return accumulator;
    }

    private static double[] Figures(EnsembleResult result)
    {
        SampleSummary x = result.Scalar("x");
        return
        [
            x.Count, x.Mean, x.Variance, x.Min, x.Max, x.RankError, x.Quantile(0.01), x.Quantile(0.5), x.Quantile(0.77),
            result.Covariance(["x"])[0, 0],
        ];
    }

    // In exact integer arithmetic, so that the expected numbers are the true ones, rounded once.
    private static (double Mean, double Variance) TwoPass(double[] values)
    {
        int scale = values.Where(v => v != 0.0).Min(v => Math.ILogB(v) - 52);
        BigInteger[] exact = [.. values.Select(v => new BigInteger(Math.ScaleB(v, -Math.ILogB(v) + 52)) << (Math.ILogB(v) - 52 - scale))];
        BigInteger n = values.Length;
        BigInteger sum = exact.Aggregate(BigInteger.Zero, (a, b) => a + b);
        BigInteger squares = exact.Aggregate(BigInteger.Zero, (a, b) => a + (((b * n) - sum) * ((b * n) - sum)));
        return (Ratio(sum, n, scale), Ratio(squares, n * n * (n - 1), 2 * scale));
    }

    private static double Ratio(BigInteger numerator, BigInteger denominator, int exponent)
    {
        int shift = (int)Math.Max(0, 64 - numerator.GetBitLength() + denominator.GetBitLength());
        int cut = (int)Math.Max(0, numerator.GetBitLength() - denominator.GetBitLength() - 64);
        return Math.ScaleB((double)((numerator << shift) / (denominator << cut)), exponent - shift + cut);
    }
}
