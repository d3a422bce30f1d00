using System.Collections.Immutable;
using HybridControl.Diagnostics;

namespace HybridControl.Ensembles.Statistics;

/// <summary>One column of an ensemble in figures: moments, range, quantiles, histogram.</summary>
/// <remarks>
/// In the unit of the column. Only finite numbers count; how many trajectories lack one is <see cref="Missing"/>. Moments
/// equal the two-pass formulas to rounding. Quantiles are exact while the numbers are kept, else their rank is off by at
/// most <see cref="RankError"/>. Immutable and thread-safe; the numbers are sorted when first asked for.
/// </remarks>
public sealed class SampleSummary
{
    private readonly Moments _moments;
    private readonly Lazy<OrderedSample> _order;

    internal SampleSummary(Moments moments, Func<OrderedSample> order)
    {
        _moments = moments;
        _order = new(order);
    }

    /// <summary>The number of finite entries, n.</summary>
    public long Count => _moments.Count;

    /// <summary>The number of trajectories without a finite entry.</summary>
    public long Missing => _moments.Missing;

    /// <summary>The mean; NaN without entries.</summary>
    public double Mean => Count == 0 ? double.NaN : _moments.Mean;

    /// <summary>The unbiased variance, divisor n - 1; NaN with fewer than two entries.</summary>
    public double Variance => _moments.Variance;

    /// <summary>The square root of the variance.</summary>
    public double StandardDeviation => Math.Sqrt(Variance);

    /// <summary>The deviation of the mean, if the entries are independent.</summary>
    public double StandardError => Math.Sqrt(Variance / Count);

    /// <summary>The smallest entry; NaN without entries.</summary>
    public double Min => _moments.Min;

    /// <summary>The largest entry; NaN without entries.</summary>
    public double Max => _moments.Max;

    /// <summary>The largest error that the rank of a quantile can have, in entries; zero if quantiles are exact.</summary>
    public long RankError => _order.Value.RankError;

    /// <summary>Student's interval for the mean.</summary>
    /// <remarks>Exact for normal entries, close for many independent ones. Too wide for Latin hypercube and Sobol designs.</remarks>
    /// <param name="confidence">Between 0 and 1.</param>
    public ConfidenceInterval MeanBand(double confidence = 0.95)
    {
        double half = Normal01.TwoSidedStudent(confidence, Count - 1) * (Count < 2 ? 1.0 : StandardError);
        return new(Count == 0 ? double.NegativeInfinity : Mean - half, Count == 0 ? double.PositiveInfinity : Mean + half, confidence);
    }

    /// <summary>The value below which a fraction <paramref name="p"/> of the entries lies; NaN without entries.</summary>
    /// <remarks>Linear between order statistics: definition 7 of R. J. Hyndman and Y. Fan, Amer. Statist. 50 (1996), 361-365.</remarks>
    /// <param name="p">From 0 to 1.</param>
    /// <exception cref="ModelException">p is not in [0, 1].</exception>
    public double Quantile(double p)
    {
        RequireFraction(p);
        if (Count == 0)
        {
            return double.NaN;
        }

        if (p is 0.0 or 1.0)
        {
            return p == 0.0 ? Min : Max;
        }

        OrderedSample order = _order.Value;
        double place = p * (order.Count - 1);
        long rank = Math.Min((long)place, order.Count - 1);
        double low = order.At(rank);
        double weight = place - rank;
        return weight == 0.0 ? low : low + (weight * (order.At(Math.Min(rank + 1, order.Count - 1)) - low));
    }

    /// <summary>An interval that covers the quantile of the distribution with at least the stated probability, whatever the distribution.</summary>
    /// <remarks>
    /// Two order statistics, from the binomial distribution of how many entries lie below the quantile: H. A. David and H. N.
    /// Nagaraja, Order Statistics, 3rd edition (2003), section 7.1. An end is infinite where there are too few entries.
    /// The ranks are widened by <see cref="RankError"/>. Entries must be independent.
    /// </remarks>
    /// <param name="p">Between 0 and 1.</param>
    /// <param name="confidence">Between 0 and 1.</param>
    /// <exception cref="ModelException">An argument is out of its range.</exception>
    public ConfidenceInterval QuantileBand(double p, double confidence = 0.95)
    {
        RequireFraction(p);
        Normal01.RequireConfidence(confidence);
        OrderedSample order = _order.Value;
        long n = order.Count;
        (long lower, long upper) = QuantileRanks.Of(n, p, confidence);
        lower -= order.RankError;
        upper += order.RankError;
        return new(
            lower < 1 ? double.NegativeInfinity : order.At(lower - 1),
            upper > n ? double.PositiveInfinity : order.At(upper - 1),
            confidence);
    }

    /// <summary>The histogram between the smallest and the largest entry.</summary>
    /// <remarks>
    /// Without a number of bins, their width is 2 IQR n^(-1/3): D. Freedman and P. Diaconis, Z. Wahrscheinlichkeitstheorie 57 (1981),
    /// 453-476; at most 1000. Where the quartiles coincide there are log2(n) + 1 (H. A. Sturges, 1926).
    /// </remarks>
    /// <param name="bins">The number of intervals, at least 1; null for a choice by the data.</param>
    public Histogram Histogram(int? bins = null)
    {
        if (bins is { } asked)
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(asked, nameof(bins));
        }

        if (Count == 0)
        {
            return new([], [], 0, 0);
        }

        int number = bins ?? AutomaticBins();
        double width = Max > Min ? Max - Min : Math.Max(Math.Abs(Min) * 1e-6, 1e-6);
        double start = Max > Min ? Min : Min - (0.5 * width);
        double[] edges = new double[number + 1];
        for (int i = 0; i <= number; i++)
        {
            edges[i] = start + (width * i / number);
        }

        edges[number] = Max > Min ? Max : start + width;
        return Histogram(edges);
    }

    /// <summary>The histogram over given intervals.</summary>
    /// <param name="edges">Ends of the intervals, ascending, at least two.</param>
    /// <exception cref="ModelException">The edges do not ascend.</exception>
    public Histogram Histogram(ReadOnlySpan<double> edges)
    {
        for (int i = 0; i < edges.Length; i++)
        {
            if (edges.Length < 2 || (i > 0 && !(edges[i] > edges[i - 1])))
            {
                throw new ModelException("histogram", "the edges do not ascend", "Give at least two ascending numbers.");
            }
        }

        OrderedSample order = _order.Value;
        var counts = ImmutableArray.CreateBuilder<long>(edges.Length - 1);
        long below = order.CountBelow(edges[0]);
        long last = below;
        for (int i = 1; i < edges.Length; i++)
        {
            long next = order.CountBelow(i == edges.Length - 1 ? Math.BitIncrement(edges[i]) : edges[i]);
            counts.Add(next - last);
            last = next;
        }

        return new([.. edges], counts.MoveToImmutable(), below, order.Count - last);
    }

    private int AutomaticBins()
    {
        double width = 2.0 * (Quantile(0.75) - Quantile(0.25)) / Math.Cbrt(Count);
        return width > 0.0
            ? (int)Math.Clamp(Math.Ceiling((Max - Min) / width), 1.0, 1000.0)
            : (int)Math.Ceiling(Math.Log2(Count)) + 1;
    }

    private static void RequireFraction(double p)
    {
        if (!(p >= 0.0) || !(p <= 1.0))
        {
            throw new ModelException(
                "quantile", FormattableString.Invariant($"{p} is not between 0 and 1"), "Give a fraction such as 0.95.");
        }
    }
}
