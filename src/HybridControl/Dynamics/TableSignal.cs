using System.Collections.Immutable;

namespace HybridControl.Dynamics;

/// <summary>Given points, joined by straight lines or by steps; the first and last values hold outside.</summary>
/// <param name="Times">Times in seconds, strictly increasing.</param>
/// <param name="Values">Values, one for each time.</param>
/// <param name="Linear">Whether to join the points by straight lines; else each value holds until the next time.</param>
public sealed record TableSignal(ImmutableArray<double> Times, ImmutableArray<double> Values, bool Linear = true) : Signal
{
    /// <inheritdoc/>
    public override ImmutableArray<double> Breakpoints => Times;

    /// <inheritdoc/>
    public override double Evaluate(double time)
    {
        int next = Times.BinarySearch(time);
        next = next >= 0 ? next + 1 : ~next;
        if (next == 0)
        {
            return Values[0];
        }

        if (next == Times.Length || !Linear)
        {
            return Values[next - 1];
        }

        double slope = (Values[next] - Values[next - 1]) / (Times[next] - Times[next - 1]);
        return Values[next - 1] + ((time - Times[next - 1]) * slope);
    }

    /// <inheritdoc/>
    public bool Equals(TableSignal? other) =>
        other is not null && Linear == other.Linear && Times.AsSpan().SequenceEqual(other.Times.AsSpan()) &&
        Values.AsSpan().SequenceEqual(other.Values.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Times.Length, Linear);
}
