using HybridControl.Symbolics;

namespace HybridControl.Automata;

/// <summary>A comparison that changes at instants only, folded out of a guard: its slot holds plus or minus infinity.</summary>
/// <param name="Slot">Its slot in the data block.</param>
/// <param name="Value">Plus infinity where it holds, minus infinity where not: the neutral elements of min and max.</param>
internal sealed record StaticAtom(int Slot, ExprProgram Value);
