using HybridControl.Symbolics;

namespace HybridControl.Automata;

/// <summary>When an enabled transition fires.</summary>
public abstract record FiringRule
{
    /// <summary>As soon as the guard is enabled, also on entry to the mode and at the start. The default.</summary>
    public static FiringRule Urgent { get; } = new UrgentRule();
}

/// <summary>Fires as soon as the guard is enabled, also on entry to the mode and at the start.</summary>
public sealed record UrgentRule : FiringRule;

/// <summary>Fires when the guard changes from disabled to enabled (or back), not while it stays enabled.</summary>
/// <param name="Direction">Which change fires.</param>
/// <param name="FlowOnly">Whether a change caused by another jump does not count.</param>
/// <param name="InitialValue">Guard value just before the start; null for its value at the start, so that it does not fire there.</param>
public sealed record EdgeRule(EdgeDirection Direction = EdgeDirection.Up, bool FlowOnly = false, double? InitialValue = null)
    : FiringRule;

/// <summary>Fires a delay after the mode was entered or, with a guard, after the guard became enabled.</summary>
/// <param name="Delay">Delay in seconds, an expression evaluated when the timer starts; not negative.</param>
/// <param name="Survives">
/// Whether the timer runs on when its mode is left or its guard drops out. A surviving timer fires in whatever mode is
/// then active; where the transition is a self-loop, that mode stays.
/// </param>
public sealed record AfterRule(Expr Delay, bool Survives = false) : FiringRule;

/// <summary>Fires on a command of a scenario or a harness, if the guard is then enabled.</summary>
/// <param name="Label">The command.</param>
public sealed record CommandRule(string Label) : FiringRule;
