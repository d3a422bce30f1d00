using HybridControl.Dynamics;

namespace HybridControl.Automata;

/// <summary>A mode as compiled functions.</summary>
/// <param name="Number">Its number in the table of modes.</param>
/// <param name="Source">The declaration, or what those of all active locations are together.</param>
/// <param name="Ode">Its right-hand side.</param>
/// <param name="Guards">Everything that is watched while the mode is active, in the order of semantics 5.</param>
/// <param name="Atoms">Comparisons folded out of its guards, numbers in the automaton's list.</param>
/// <param name="Branches">Choices that its flow and guards make, numbers in the automaton's list.</param>
internal sealed record CompiledMode(
    int Number,
    Mode Source,
    OdeFunction Ode,
    CompiledGuard[] Guards,
    int[] Atoms,
    int[] Branches)
{
    /// <summary>The active location of each region.</summary>
    public required int[] Locations { get; init; }
}
