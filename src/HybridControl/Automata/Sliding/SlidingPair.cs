using System.Collections.Immutable;
using HybridControl.Symbolics;

namespace HybridControl.Automata.Sliding;

/// <summary>Sliding along the surface between two modes.</summary>
/// <remarks>
/// With s positive in the first mode, A, and negative in the second, B: both flows point at the surface where L_A s is negative and
/// L_B s positive. Then f = (1 - alpha) f_A + alpha f_B with alpha = L_A s/(L_A s - L_B s) keeps s. A. F. Filippov (1988), chapter 2.
/// </remarks>
internal sealed class SlidingPair
{
    private readonly Mode _like;
    private readonly ExprFlow _first;
    private readonly ExprFlow _second;
    private readonly Handover _handover;
    private readonly double _pull;
    private readonly Expr _firstRate;
    private readonly Expr _secondRate;

    public SlidingPair(HybridAutomaton automaton, Handover handover, double pull)
    {
        _handover = handover;
        _like = automaton.Mode(handover.First);
        _first = (ExprFlow)_like.Flow;
        _second = (ExprFlow)automaton.Mode(handover.Second).Flow;
        _pull = pull;
        _firstRate = handover.Surface.Rate(_first);
        _secondRate = handover.Surface.Rate(_second);
    }

    /// <summary>Name of the sliding mode.</summary>
    public string Name => NameOf(_handover.First, _handover.Second);

    private SlidingSurface Surface => _handover.Surface;

    private Condition IsBelow => Surface.Function <= -Surface.Width;

    private Condition IsAbove => Surface.Function >= Surface.Width;

    /// <summary>Name of the mode that slides between two.</summary>
    public static string NameOf(string first, string second) => $"slide({first},{second})";

    /// <summary>The sliding mode.</summary>
    public Mode Mode(ImmutableArray<Invariant> invariants)
    {
        Expr alpha = _firstRate / (_firstRate - _secondRate);
        if (Surface.IsCurved)
        {
            alpha -= _pull * Surface.Function;
        }

        return _like with { Name = Name, Flow = Mix(alpha, _first, _second), Invariants = invariants };
    }

    /// <summary>(1 - alpha) a + alpha b; what both share is not mixed.</summary>
    public static ExprFlow Mix(Expr alpha, ExprFlow a, ExprFlow b)
    {
        string[] moving = [.. a.Derivatives.Concat(b.Derivatives).Select(derivative => derivative.Target).Distinct()];
        return new(
        [
            .. moving.Select(state =>
            {
                (Expr from, Expr to) = (a.DerivativeOf(state), b.DerivativeOf(state));
                return new Assignment(state, from.Equals(to) ? from : Simplifier.Simplify(from + (alpha * (to - from)), keepAliases: true));
            }),
        ]);
    }

    /// <summary>The handover from the first mode: on the surface it waits for a flow that leads across.</summary>
    public Transition Forth() => _handover.Forth with { Guard = Simple(_handover.Forth.Guard & (_firstRate < 0.0 | IsBelow)) };

    /// <summary>The handover from the second mode.</summary>
    public Transition Back() => _handover.Back with { Guard = Simple(_handover.Back.Guard & (_secondRate > 0.0 | IsAbove)) };

    /// <summary>Into the sliding mode before any handover, and out of it to the mode whose flow no longer points at the surface.</summary>
    public IEnumerable<Transition> Transitions()
    {
        Condition attracts = _firstRate < 0.0 & _secondRate > 0.0;
        yield return Entry(_handover.Forth, attracts & Surface.Function >= -Surface.Width);
        yield return Entry(_handover.Back, attracts & Surface.Function <= Surface.Width);
        yield return Exit(_handover.First, _firstRate >= 0.0 | IsAbove, 1.0);
        yield return Exit(_handover.Second, _secondRate <= 0.0 | IsBelow, -1.0);
    }

    private Transition Entry(Transition handover, Condition condition) => new()
    {
        Name = $"{handover.From}->{Name}",
        From = handover.From,
        To = Name,
        Guard = Simple(handover.Guard & condition),
        Priority = Simplifier.Simplify(handover.Priority + 1.0),
        Resets = Surface.Projection(),
    };

    private Transition Exit(string to, Condition condition, double sign) => new()
    {
        Name = $"{Name}->{to}",
        From = Name,
        To = to,
        Guard = Simple(condition),
        Resets = Surface.ProjectionBeyond(sign),
    };

    private static Condition Simple(Condition condition) => Simplifier.Simplify(condition, keepAliases: true);
}
