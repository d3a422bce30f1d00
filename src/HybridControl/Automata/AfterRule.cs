using HybridControl.Symbolics;

namespace HybridControl.Automata;

/// <summary>Fires a delay after the mode was entered or, with a guard, after the guard became enabled.</summary>
/// <param name="Delay">Delay in seconds, an expression evaluated when the timer starts; not negative.</param>
/// <param name="Survives">
/// Whether the timer runs on when its mode is left or its guard drops out. A surviving timer fires in whatever mode is
/// then active; where the transition is a self-loop, that mode stays.
/// </param>
public sealed record AfterRule(Expr Delay, bool Survives = false) : FiringRule;
