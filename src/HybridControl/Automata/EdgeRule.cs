using HybridControl.Symbolics;

namespace HybridControl.Automata;

/// <summary>Fires when the guard changes from disabled to enabled (or back), not while it stays enabled.</summary>
/// <param name="Direction">Which change fires.</param>
/// <param name="FlowOnly">Whether a change caused by another jump does not count.</param>
/// <param name="InitialValue">Guard value just before the start; null for its value at the start, so that it does not fire there.</param>
public sealed record EdgeRule(EdgeDirection Direction = EdgeDirection.Up, bool FlowOnly = false, double? InitialValue = null)
    : FiringRule
{
    /// <summary>The direction that a guard implies: either for <c>crosses(expr)</c>, up for all others.</summary>
    public static EdgeDirection DirectionFor(Condition guard)
    {
        ArgumentNullException.ThrowIfNull(guard);
        return guard.Kind == ConditionKind.Crosses ? EdgeDirection.Both : EdgeDirection.Up;
    }
}
