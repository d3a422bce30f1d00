using System.Collections.Immutable;
using HybridControl.Symbolics;

namespace HybridControl.Automata.Sliding;

/// <summary>A surface between modes: its function, which side is which, and how to come back to it.</summary>
internal sealed class SlidingSurface
{
    private const double FlatWidth = 1e-9;
    private const double CurvedWidth = 1e-4;
    private const double Offset = 1e-12;

    private readonly Expr _scale;
    private readonly ImmutableArray<(string State, Expr Gradient)> _gradient;

    private SlidingSurface(Condition comparison, Expr function, ImmutableArray<(string State, Expr Gradient)> gradient)
    {
        Function = function;
        _gradient = gradient;
        _scale = 1.0 + Expr.Abs(comparison.Left!) + Expr.Abs(comparison.Right!);
        IsCurved = gradient.Any(entry => Moves(entry.Gradient)) || Moves(Differentiator.Derivative(function, Expr.Time));
    }

    /// <summary>s: positive on the first side.</summary>
    public Expr Function { get; }

    /// <summary>Whether the gradient changes along the flow, so that integration leaves the surface by more than rounding.</summary>
    public bool IsCurved { get; }

    /// <summary>How far from zero s counts as on the surface.</summary>
    public Expr Width => (IsCurved ? CurvedWidth : FlatWidth) * _scale;

    /// <summary>The surface of a comparison that holds on the first side; null if no state occurs in it.</summary>
    public static SlidingSurface? Of(Condition comparison, HybridAutomaton automaton)
    {
        Expr function = Simplifier.Simplify(comparison.ToGuardFunction(), keepAliases: true);
        Expr[] states = [.. automaton.States.Select(state => Expr.Variable(VariableKind.State, state.Name))];
        Expr[] gradient = Differentiator.Gradient(function, states);
        ImmutableArray<(string, Expr)> entries =
        [
            .. states.Select((state, i) => (state.Name!, gradient[i])).Where(entry => !IsZero(entry.Item2)),
        ];
        return entries.IsEmpty ? null : new(comparison, function, entries);
    }

    /// <summary>The rate of s along a flow.</summary>
    public Expr Rate(ExprFlow flow) => Differentiator.AlongFlow(
        Function, flow.Derivatives.ToDictionary(derivative => derivative.Target, derivative => derivative.Value));

    /// <summary>The inputs that s reads.</summary>
    public IEnumerable<string> Inputs => Variables(Function).Where(e => e.Kind == VariableKind.Input).Select(e => e.Name!);

    /// <summary>One step of Newton's method to the surface, the shortest.</summary>
    public ImmutableArray<Assignment> Projection() => Shift(Function);

    /// <summary>To the surface and a rounding error beyond it; nothing where integration has not left it.</summary>
    /// <param name="sign">1 to end on the first side, -1 on the second.</param>
    public ImmutableArray<Assignment> ProjectionBeyond(double sign) => IsCurved ? Shift(Function - (sign * Offset * _scale)) : [];

    /// <summary>The common step to two surfaces.</summary>
    public static ImmutableArray<Assignment> Projection(SlidingSurface first, SlidingSurface second)
    {
        Expr a = Product(first, first);
        Expr b = Product(first, second);
        Expr c = Product(second, second);
        Expr determinant = (a * c) - Expr.Square(b);
        Expr p = ((c * first.Function) - (b * second.Function)) / determinant;
        Expr q = ((a * second.Function) - (b * first.Function)) / determinant;
        string[] states = [.. first._gradient.Concat(second._gradient).Select(entry => entry.State).Distinct()];
        return
        [
            .. states.Select(state => Move(state, (p * first.GradientOf(state)) + (q * second.GradientOf(state)))),
        ];
    }

    private ImmutableArray<Assignment> Shift(Expr distance)
    {
        Expr step = distance / Product(this, this);
        return [.. _gradient.Select(entry => Move(entry.State, step * entry.Gradient))];
    }

    private static Assignment Move(string state, Expr by) =>
        new(state, Simplifier.Simplify(Expr.Variable(VariableKind.State, state) - by, keepAliases: true));

    private static Expr Product(SlidingSurface a, SlidingSurface b) => a._gradient
        .Select(entry => entry.Gradient * b.GradientOf(entry.State)).Aggregate((sum, term) => sum + term);

    private Expr GradientOf(string state) =>
        _gradient.FirstOrDefault(entry => entry.State == state).Gradient ?? Expr.Zero;

    private static bool Moves(Expr e) => Variables(e).Any(variable => variable.Kind is VariableKind.State or VariableKind.Time);

    private static bool IsZero(Expr e) => e.IsConstant && e.Value == 0.0;

    private static List<Expr> Variables(Expr root)
    {
        var variables = new List<Expr>();
        PostOrder.Visit(root, _ => false, node =>
        {
            if (node is Expr { Operation: Operation.Variable } variable)
            {
                variables.Add(variable);
            }
        });
        return variables;
    }
}
