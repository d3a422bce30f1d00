namespace HybridControl.Automata;

/// <summary>The differential equation of a mode: x' = f(t, x, d, p, u).</summary>
/// <remarks>An <see cref="ExprFlow"/> runs everywhere; a <see cref="DelegateFlow"/> runs on the CPU only.</remarks>
public abstract record Flow;
