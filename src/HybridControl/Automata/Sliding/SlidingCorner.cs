using System.Collections.Immutable;
using HybridControl.Symbolics;

namespace HybridControl.Automata.Sliding;

/// <summary>Sliding along the intersection of two surfaces, between four modes.</summary>
/// <remarks>
/// <para>
/// A, B, C, D lie where (s1, s2) have the signs (+, +), (-, +), (+, -), (-, -). Among the convex combinations of the four flows that keep
/// both functions, which are infinitely many, this one is bilinear: (1 - a)(1 - b) f_A + a (1 - b) f_B + (1 - a) b f_C + a b f_D. With
/// A_k(b) = (1 - b) L_A s_k + b L_C s_k and B_k(b) = (1 - b) L_B s_k + b L_D s_k, both conditions read (1 - a) A_k + a B_k = 0, so
/// that q(b) = A_1 B_2 - A_2 B_1, a quadratic, is zero, and a = A_1/(A_1 - B_1).
/// </para>
/// <para>
/// It is entered where all four flows point at the first surface and sliding along it leads to the corner from both sides:
/// then q(0) is positive and q(1) negative, so that one root lies between. It is left along the first surface where q(0) or
/// q(1) passes through zero, along the second where a leaves [0, 1].
/// </para>
/// <para>L. Dieci and L. Lopez, Sliding motion on discontinuity surfaces of high co-dimension, Numer. Math. 117 (2011).</para>
/// </remarks>
internal sealed class SlidingCorner
{
    private readonly Mode _like;
    private readonly string[] _modes;
    private readonly ExprFlow[] _flows;
    private readonly SlidingSurface _first;
    private readonly SlidingSurface _second;
    private readonly Expr[] _firstRates;
    private readonly Expr _atZero;
    private readonly Expr _atOne;
    private readonly Expr _a;
    private readonly Expr _b;
    private readonly Expr _right;
    private readonly Expr _left;

    public SlidingCorner(HybridAutomaton automaton, string[] modes, SlidingSurface first, SlidingSurface second, double pull)
    {
        _like = automaton.Mode(modes[0]);
        _modes = modes;
        _first = first;
        _second = second;
        _flows = [.. modes.Select(mode => (ExprFlow)automaton.Mode(mode).Flow)];
        _firstRates = [.. _flows.Select(first.Rate)];
        Expr[] p = _firstRates;
        Expr[] q = [.. _flows.Select(second.Rate)];
        _atZero = Simple((p[0] * q[1]) - (q[0] * p[1]));
        _atOne = Simple((p[2] * q[3]) - (q[2] * p[3]));
        Expr linear = (p[0] * (q[3] - q[1])) + ((p[2] - p[0]) * q[1]) - (q[0] * (p[3] - p[1])) - ((q[2] - q[0]) * p[1]);
        Expr square = ((p[2] - p[0]) * (q[3] - q[1])) - ((q[2] - q[0]) * (p[3] - p[1]));
        Expr root = Expr.Sqrt(Expr.Max(Expr.Square(linear) - (4.0 * _atZero * square), 0.0));
        _b = Simple(2.0 * _atZero / (root - linear)); // of the two forms the one that does not cancel
        _right = Simple(p[0] + (_b * (p[2] - p[0])));
        _left = Simple(p[1] + (_b * (p[3] - p[1])));
        _a = Simple(_right / (_right - _left));
        (_a, _b) = (Pulled(_a, first, pull), Pulled(_b, second, pull));
    }

    /// <summary>Name of the sliding mode.</summary>
    public string Name => $"slide({string.Join(",", _modes)})";

    /// <summary>The sliding mode.</summary>
    public Mode Mode(ImmutableArray<Invariant> invariants) => _like with
    {
        Name = Name,
        Flow = SlidingPair.Mix(_b, SlidingPair.Mix(_a, _flows[0], _flows[1]), SlidingPair.Mix(_a, _flows[2], _flows[3])),
        Invariants = invariants,
    };

    /// <summary>Into the corner from the modes that slide along the surfaces and from the four, out of it, and across it.</summary>
    public IEnumerable<Transition> Transitions()
    {
        string top = SlidingPair.NameOf(_modes[0], _modes[1]);
        string bottom = SlidingPair.NameOf(_modes[2], _modes[3]);
        string right = SlidingPair.NameOf(_modes[0], _modes[2]);
        string left = SlidingPair.NameOf(_modes[1], _modes[3]);
        Condition attracts = Slides(0) & Slides(2) & _atZero > 0.0 & _atOne < 0.0;
        Condition isHere = At(_first) & At(_second);
        foreach ((string from, Condition arrives) in new[]
        {
            (top, Below(_second)), (bottom, Above(_second)), (right, Below(_first)), (left, Above(_first)),
            (_modes[0], Below(_first) & Below(_second)), (_modes[1], Above(_first) & Below(_second)),
            (_modes[2], Below(_first) & Above(_second)), (_modes[3], Above(_first) & Above(_second)),
        })
        {
            yield return Jump(from, Name, arrives & isHere & attracts, 3.0) with { Resets = SlidingSurface.Projection(_first, _second) };
        }

        yield return Jump(top, bottom, Below(_second) & At(_second) & Slides(2) & _atOne >= 0.0, 2.0);
        yield return Jump(bottom, top, Above(_second) & At(_second) & Slides(0) & _atZero <= 0.0, 2.0);
        yield return Jump(Name, top, _atZero <= 0.0 | _second.Function >= _second.Width, 0.0) with { Resets = _second.ProjectionBeyond(1.0) };
        yield return Jump(Name, bottom, _atOne >= 0.0 | _second.Function <= -_second.Width, 0.0) with { Resets = _second.ProjectionBeyond(-1.0) };
        yield return Jump(Name, right, _right >= 0.0 | _first.Function >= _first.Width, 0.0) with { Resets = _first.ProjectionBeyond(1.0) };
        yield return Jump(Name, left, _left <= 0.0 | _first.Function <= -_first.Width, 0.0) with { Resets = _first.ProjectionBeyond(-1.0) };
    }

    private Condition Slides(int mode) => _firstRates[mode] < 0.0 & _firstRates[mode + 1] > 0.0;

    private static Condition At(SlidingSurface surface) =>
        surface.Function >= -surface.Width & surface.Function <= surface.Width;

    private static Condition Below(SlidingSurface surface) => surface.Function <= 0.0;

    private static Condition Above(SlidingSurface surface) => surface.Function >= 0.0;

    private static Transition Jump(string from, string to, Condition guard, double priority) => new()
    {
        Name = $"{from}->{to}",
        From = from,
        To = to,
        Guard = Simplifier.Simplify(guard, keepAliases: true),
        Priority = priority,
    };

    private static Expr Pulled(Expr share, SlidingSurface surface, double pull) =>
        surface.IsCurved ? share - (pull * surface.Function) : share;

    private static Expr Simple(Expr e) => Simplifier.Simplify(e, keepAliases: true);
}
