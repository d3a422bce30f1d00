namespace HybridControl.Simulation;

/// <summary>How a search of one step ended.</summary>
internal enum SearchStatus
{
    /// <summary>No wanted event up to the end.</summary>
    Clear,

    /// <summary>A wanted event: the step ends at <see cref="SearchOutcome.Theta"/>.</summary>
    Event,

    /// <summary>The budget of pieces is spent: the step ends at <see cref="SearchOutcome.Theta"/>, and nothing has happened.</summary>
    Cut,

    /// <summary>A guard is NaN or infinite at a sampled point: the step must be rejected. Guard states are as before the search.</summary>
    Invalid,
}

/// <summary>The result of a search of one step.</summary>
/// <param name="Status">How it ended.</param>
/// <param name="Guard">The guard of the earliest event, or the one that is invalid or cut the step; -1 if none.</param>
/// <param name="Direction">Up, down, or a touch.</param>
/// <param name="Theta">Where the step ends: the right end of the bracket of an event.</param>
/// <param name="Left">The left end of the bracket.</param>
internal readonly record struct SearchOutcome(
    SearchStatus Status, int Guard, EventDirections Direction, double Theta, double Left);
