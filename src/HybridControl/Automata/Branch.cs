using HybridControl.Symbolics;

namespace HybridControl.Automata;

/// <summary>A choice that is frozen during a step: a branch of a <c>select</c>, the side of a kink, or a whole number.</summary>
/// <param name="Slot">Its slot in the data block.</param>
/// <param name="Name">The condition or argument as text, for logs.</param>
/// <param name="Value">What the slot holds: 1 or -1 for a condition, a whole number for a floor.</param>
/// <param name="Surface">At least zero while the choice stands.</param>
/// <param name="IsFloor">Whether the slot holds a whole number.</param>
internal sealed record Branch(int Slot, string Name, Expr Value, Expr Surface, bool IsFloor);
