using HybridControl.Symbolics;

namespace HybridControl.Automata;

/// <summary>A mode whose expressions are rewritten and wait for their code.</summary>
internal sealed record ModeSource(
    int Number, Mode Source, Expr[]? Derivatives, WatchSource[] Watches, int[] Atoms, int[] Branches);

/// <summary>A watched function that waits for its code.</summary>
internal sealed record WatchSource(GuardRole Role, int Owner, string Name, Expr Function);
