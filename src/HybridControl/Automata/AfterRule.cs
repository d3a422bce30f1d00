using HybridControl.Symbolics;

namespace HybridControl.Automata;

/// <summary>Fires a delay after the mode was entered or, with a guard, after the guard became enabled.</summary>
/// <param name="Delay">Delay in seconds, an expression evaluated when the timer starts; not negative. It may draw random numbers.</param>
/// <param name="Survives">
/// Whether the timer runs on when its mode is left or its guard drops out. A surviving timer fires in whatever mode is
/// then active; where the transition is a self-loop, that mode stays.
/// </param>
/// <param name="Instances">
/// How many timers of this transition may run at once; more than one only if they survive. Each enabling starts a timer of
/// its own, which fires once; an enabling that finds all of them running starts none.
/// </param>
public sealed record AfterRule(Expr Delay, bool Survives = false, int Instances = 1) : FiringRule;
