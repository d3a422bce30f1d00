using System.Collections.Immutable;

namespace HybridControl.Simulation;

/// <summary>One executed transition, with both of its sides.</summary>
/// <param name="Index">Jump index j after the jump: 1 for the first.</param>
/// <param name="Time">Time in seconds.</param>
/// <param name="From">Mode left.</param>
/// <param name="To">Mode entered.</param>
/// <param name="Transition">Name of the transition.</param>
/// <param name="GuardBefore">Guard value at the left side; NaN where the transition has no guard function.</param>
/// <param name="GuardAfter">Guard value at the right side.</param>
/// <param name="StatesBefore">The n states at the left side.</param>
/// <param name="StatesAfter">The n states at the right side.</param>
/// <param name="DiscretesBefore">The discrete variables at the left side.</param>
/// <param name="DiscretesAfter">The discrete variables at the right side.</param>
public sealed record Jump(
    int Index,
    double Time,
    string From,
    string To,
    string Transition,
    double GuardBefore,
    double GuardAfter,
    ImmutableArray<double> StatesBefore,
    ImmutableArray<double> StatesAfter,
    ImmutableArray<double> DiscretesBefore,
    ImmutableArray<double> DiscretesAfter)
{
    /// <summary>dt/dp: how the time of the jump moves with each of <see cref="SimulationOptions.Sensitivities"/>; empty if there are none.</summary>
    /// <remarks>In seconds per unit of p. NaN from where on the derivatives do not exist.</remarks>
    public ImmutableArray<double> TimeSensitivities { get; init; } = [];
}
