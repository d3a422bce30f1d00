using HybridControl.Symbolics;

namespace HybridControl.Automata;

/// <summary>What must hold while a mode is active; leaving it without an enabled exit is an error of the model.</summary>
/// <param name="Condition">The condition.</param>
public sealed record Invariant(Condition Condition);
