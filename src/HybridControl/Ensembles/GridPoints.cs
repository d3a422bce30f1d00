using System.Collections.Immutable;

namespace HybridControl.Ensembles;

/// <summary>Points of a grid: a grid design visits each of them; another design draws one with equal probability.</summary>
public sealed record GridPoints : Distribution
{
    private readonly ImmutableArray<double> _sorted;

    /// <summary>Creates a grid.</summary>
    /// <param name="values">The points, in the order in which a grid design visits them.</param>
    public GridPoints(ImmutableArray<double> values)
    {
        Values = values.IsDefault ? [] : values;
        _sorted = Values.Sort();
    }

    /// <summary>The points.</summary>
    public ImmutableArray<double> Values { get; }

    /// <inheritdoc/>
    public override string? Problem => DistributionChecks.Values(Values);

    /// <summary>Evenly spaced points, both ends included.</summary>
    /// <param name="from">The first point.</param>
    /// <param name="to">The last point.</param>
    /// <param name="count">How many; for one, it is the first.</param>
    /// <exception cref="ArgumentOutOfRangeException">The count is negative.</exception>
    public static GridPoints Linear(double from, double to, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        var values = ImmutableArray.CreateBuilder<double>(count);
        for (int i = 0; i < count; i++)
        {
            values.Add(Point(from, to, count, i));
        }

        return new(values.MoveToImmutable());
    }

    /// <inheritdoc/>
    public override double Quantile(double p) => _sorted[Math.Min((int)(p * _sorted.Length), _sorted.Length - 1)];

    /// <inheritdoc/>
    public bool Equals(GridPoints? other) => other is not null && Values.AsSpan().SequenceEqual(other.Values.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => Values.Length;

    /// <summary>Whether these are the points of <see cref="Linear"/> between the first and the last, bit for bit.</summary>
    internal bool IsLinear()
    {
        for (int i = 0; i < Values.Length; i++)
        {
            if (Values[i] != Point(Values[0], Values[^1], Values.Length, i))
            {
                return false;
            }
        }

        return !Values.IsEmpty;
    }

    // The last point is exact.
    private static double Point(double from, double to, int count, int i) =>
        i == 0 ? from : i == count - 1 ? to : from + ((to - from) * i / (count - 1));
}
