using System.Collections.Immutable;

namespace HybridControl.Estimation.Diagnostics;

/// <summary>Histogram of the probability integral transform: where in its predicted distribution each outcome fell, from 0 to 1.</summary>
/// <remarks>
/// Flat for a filter that is right. Heaped at both ends: it is too sure. Heaped in the middle: not sure enough. Sloped: biased.
/// A. P. Dawid, J. R. Stat. Soc. A 147 (1984), 278-292; F. X. Diebold, T. A. Gunther and A. S. Tay, Int. Econ. Rev. 39 (1998), 863-883.
/// Immutable.
/// </remarks>
/// <param name="Counts">Outcomes in each of the bins of equal width.</param>
/// <param name="ChiSquare">Pearson's statistic against a flat histogram.</param>
/// <param name="Degrees">Its degrees of freedom: neighbouring bins are joined until each expects five outcomes; 0 if there are too few.</param>
/// <param name="PValue">Probability of a histogram at least as uneven from independent outcomes of a right filter; NaN with too few.</param>
public sealed record PitHistogram(ImmutableArray<long> Counts, double ChiSquare, int Degrees, double PValue)
{
    /// <summary>All outcomes.</summary>
    public long Count => Counts.Sum();

    /// <inheritdoc/>
    public bool Equals(PitHistogram? other) =>
        other is not null && Counts.AsSpan().SequenceEqual(other.Counts.AsSpan()) && ChiSquare.Equals(other.ChiSquare);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Counts.Length, ChiSquare);
}
