using System.Collections.Immutable;

namespace HybridControl.Serialization;

/// <summary>One executed transition of an event list.</summary>
/// <param name="Time">Time in seconds.</param>
/// <param name="JumpIndex">Jump index after the jump.</param>
/// <param name="From">Mode left.</param>
/// <param name="To">Mode entered.</param>
/// <param name="Transition">Name of the transition.</param>
public sealed record EventRow(double Time, int JumpIndex, string From, string To, string Transition)
{
    /// <summary>How the time moves with each of <see cref="EventTable.Sensitivities"/>, in seconds per unit.</summary>
    public ImmutableArray<double> TimeSensitivities { get; init; } = [];

    /// <inheritdoc/>
    public bool Equals(EventRow? other) =>
        other is not null && Time.Equals(other.Time) && JumpIndex == other.JumpIndex && From == other.From && To == other.To &&
        Transition == other.Transition && TimeSensitivities.AsSpan().SequenceEqual(other.TimeSensitivities.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Time, JumpIndex, From, To, Transition);
}
