using System.Collections.Immutable;

namespace HybridControl.Ensembles.Statistics;

/// <summary>How many numbers lie in each of a row of intervals. Immutable.</summary>
/// <param name="Edges">Ascending ends of the b intervals, b + 1 of them. An interval includes its lower end; the last includes both.</param>
/// <param name="Counts">Numbers in each interval.</param>
/// <param name="Below">Numbers below the first edge.</param>
/// <param name="Above">Numbers above the last edge.</param>
public sealed record Histogram(ImmutableArray<double> Edges, ImmutableArray<long> Counts, long Below, long Above)
{
    /// <summary>The estimated probability density in an interval, per unit of the quantity, over all numbers.</summary>
    public double Density(int interval) =>
        Counts[interval] / ((Edges[interval + 1] - Edges[interval]) * (Counts.Sum() + Below + Above));

    /// <inheritdoc/>
    public bool Equals(Histogram? other) =>
        other is not null && Below == other.Below && Above == other.Above &&
        Edges.AsSpan().SequenceEqual(other.Edges.AsSpan()) && Counts.AsSpan().SequenceEqual(other.Counts.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Edges.Length, Below, Above);
}
