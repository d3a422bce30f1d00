using System.Collections.Immutable;

namespace HybridControl.Ensembles.Statistics;

/// <summary>What statistics keep. Immutable.</summary>
public sealed record StatisticsOptions
{
    /// <summary>
    /// Bytes of blocks that are kept, so that quantiles are exact; beyond it the blocks are dropped and quantiles come
    /// from sketches. 256 MiB, which is 100,000 trajectories of 335 numbers each.
    /// </summary>
    public long ExactMemory { get; init; } = 256L << 20;

    /// <summary>Numbers that a sketch keeps of a column; its error in rank is near log2(n / c) / (2 c) of n trajectories for size c.</summary>
    public int SketchSize { get; init; } = 2048;

    /// <summary>
    /// Columns whose covariances are accumulated: varied quantities and scalar columns by name. Default: the first 32 of the
    /// varied quantities, final states, discrete variables, recorded final expressions and extrema.
    /// </summary>
    public ImmutableArray<string> CovarianceOf { get; init; }

    /// <inheritdoc/>
    public bool Equals(StatisticsOptions? other) =>
        other is not null && ExactMemory == other.ExactMemory && SketchSize == other.SketchSize &&
        CovarianceOf.IsDefault == other.CovarianceOf.IsDefault &&
        (CovarianceOf.IsDefault || CovarianceOf.AsSpan().SequenceEqual(other.CovarianceOf.AsSpan()));

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(ExactMemory, SketchSize);
}
