using HybridControl.Symbolics;

namespace HybridControl.Automata;

/// <summary>A comparison that changes at instants only, folded out of a guard: its slot holds a huge number of its sign.</summary>
/// <param name="Slot">Its slot in the data block.</param>
/// <param name="Condition">The comparison.</param>
/// <param name="Value">Plus <see cref="Magnitude"/> where it holds, minus where not: neutral in min and max.</param>
internal sealed record StaticAtom(int Slot, Condition Condition, ExprProgram Value)
{
    /// <summary>Beyond any guard, yet finite: an infinite guard is an error of the model, a folded comparison is not.</summary>
    public const double Magnitude = 1e200;
}
