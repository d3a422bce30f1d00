using System.Collections.Immutable;

namespace HybridControl.Simulation;

/// <summary>Mode, states and discrete variables at one point (t, j) of a trajectory.</summary>
/// <param name="Time">Time in seconds.</param>
/// <param name="JumpIndex">Jump index j.</param>
/// <param name="Mode">The active mode.</param>
/// <param name="States">The n states, in the order of the model.</param>
/// <param name="Discretes">The discrete variables, in the order of the model.</param>
public sealed record ModelState(
    double Time, int JumpIndex, string Mode, ImmutableArray<double> States, ImmutableArray<double> Discretes);
