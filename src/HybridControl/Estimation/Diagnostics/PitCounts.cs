using System.Collections.Immutable;
using HybridControl.Numerics;

namespace HybridControl.Estimation.Diagnostics;

/// <summary>Counts outcomes by where they fell in their predicted distribution, and how often central or lower regions held them.</summary>
internal sealed class PitCounts
{
    /// <summary>Bins of a histogram.</summary>
    public const int Bins = 20;

    private const double LeastExpected = 5.0;
    private static readonly double[] Levels = [0.5, 0.9, 0.99];

    private readonly long[] _counts = new long[Bins];
    private readonly long[] _inside = new long[Levels.Length];
    private readonly bool _central;

    /// <param name="central">Regions are around the middle, as for one component; else from 0 up, as for a distance.</param>
    public PitCounts(bool central) => _central = central;

    public long Count { get; private set; }

    /// <param name="u">The cumulative probability of the outcome, between 0 and 1.</param>
    public void Add(double u)
    {
        Count++;
        _counts[Math.Clamp((int)(u * Bins), 0, Bins - 1)]++;
        double region = _central ? Math.Abs((2.0 * u) - 1.0) : u;
        for (int i = 0; i < Levels.Length; i++)
        {
            _inside[i] += region <= Levels[i] ? 1 : 0;
        }
    }

    public ImmutableArray<Coverage> ToCoverage() => [.. Levels.Select((level, i) => new Coverage(level, _inside[i], Count))];

    public PitHistogram ToHistogram()
    {
        int joined = Bins;
        while (joined > 1 && (Count / (double)joined < LeastExpected || Bins % joined != 0))
        {
            joined--;
        }

        double expected = Count / (double)joined;
        double statistic = 0.0;
        for (int i = 0; i < joined; i++)
        {
            int each = Bins / joined;
            double excess = _counts.AsSpan(i * each, each).ToArray().Sum() - expected;
            statistic += Count == 0 ? 0.0 : excess * excess / expected;
        }

        return new([.. _counts], statistic, joined - 1, joined < 2 ? double.NaN : ChiSquare.Tail(joined - 1, statistic));
    }
}
