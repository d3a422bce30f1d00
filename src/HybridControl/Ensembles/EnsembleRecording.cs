using System.Collections.Immutable;

namespace HybridControl.Ensembles;

/// <summary>What is kept of each trajectory besides its samples and how it ended.</summary>
/// <remarks>Immutable; a record is a column of the result, and costs its bytes times the number of trajectories.</remarks>
public sealed record EnsembleRecording
{
    /// <summary>Times at which <see cref="Grid"/> is sampled, ascending; empty for none.</summary>
    public ImmutableArray<double> GridTimes { get; init; } = [];

    /// <summary>Expressions that are sampled at the grid times, on the right-hand side of a jump there.</summary>
    public ImmutableArray<RecordedExpression> Grid { get; init; } = [];

    /// <summary>Whether the mode is sampled at the grid times too.</summary>
    public bool GridMode { get; init; }

    /// <summary>Expressions that are evaluated where the trajectory ends.</summary>
    public ImmutableArray<RecordedExpression> Final { get; init; } = [];

    /// <summary>Expressions whose smallest and largest values over the trajectory are kept.</summary>
    public ImmutableArray<RecordedExpression> Extrema { get; init; } = [];

    /// <summary>Conditions whose first time of being true is kept; NaN if they never are.</summary>
    public ImmutableArray<FirstPassage> Passages { get; init; } = [];

    /// <summary>Whether the robustness of each requirement is kept: how clearly it is met, negative if it is not.</summary>
    public bool Robustness { get; init; }

    /// <summary>How many events (executed transitions) are kept; later ones are only counted.</summary>
    public int EventSlots { get; init; }

    /// <inheritdoc/>
    public bool Equals(EnsembleRecording? other) =>
        other is not null && GridMode == other.GridMode && Robustness == other.Robustness && EventSlots == other.EventSlots && Same(GridTimes, other.GridTimes) &&
        Same(Grid, other.Grid) && Same(Final, other.Final) && Same(Extrema, other.Extrema) && Same(Passages, other.Passages);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(GridTimes.Length, Grid.Length, Final.Length, Extrema.Length, EventSlots);

    private static bool Same<T>(ImmutableArray<T> a, ImmutableArray<T> b) => a.AsSpan().SequenceEqual(b.AsSpan());
}
