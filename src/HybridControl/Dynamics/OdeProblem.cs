using System.Collections.Immutable;
using HybridControl.Numerics;
using HybridControl.Symbolics;

namespace HybridControl.Dynamics;

/// <summary>An initial value problem x' = f(t, x), x(t0) = x0, with conditions whose changes are wanted.</summary>
/// <remarks>
/// A description only: immutable, thread-safe, equality structural. Whoever needs modes, resets or inputs wants a hybrid
/// automaton; this is the short way where there is one flow, of expressions or of a C# method. It may be solved towards later or
/// earlier times. Matrices and vectors of MathNet.Numerics come in by <see cref="Linear"/>, <see cref="WithMass"/>,
/// <see cref="StartingAt"/> and <see cref="Jacobian"/>.
/// </remarks>
/// <example><code>
/// var (y, v) = (OdeProblem.State("y"), OdeProblem.State("v"));
/// var fall = new OdeProblem
/// {
///     States = [new("y", v, 10.0), new("v", -9.81, 0.0)],
///     Watches = [new("ground", y &lt;= 0.0) { IsTerminal = true }],
/// };
/// double impact = fall.Solve(0.0, 2.0).Roots[0].Time;
/// </code></example>
public sealed partial record OdeProblem
{
    /// <summary>The states: names, derivatives and values at the initial time, in the order of all results.</summary>
    public required ImmutableArray<OdeState> States { get; init; }

    /// <summary>The derivatives of all states as one C# method; null, the default, for those that the states bring.</summary>
    /// <remarks>
    /// Opaque: events are located all the same, but Jacobians are differences unless <see cref="Jacobian"/> is given, and neither algebraic
    /// variables nor sensitivities go with it.
    /// </remarks>
    public OdeRightSide? Function { get; init; }

    /// <summary>df/dx of <see cref="Function"/>, for implicit methods; null, the default, for differences.</summary>
    public OdeJacobian? Jacobian { get; init; }

    /// <summary>Where df/dx of <see cref="Function"/> may differ from zero, n by n; null, the default, for everywhere.</summary>
    /// <remarks>Differences and factors of a band or of few entries cost less; an entry that is left out is taken as zero,
    /// whatever <see cref="Jacobian"/> writes there.</remarks>
    public SparsityPattern? Pattern { get; init; }

    /// <summary>Numbers with names, which solutions can be differentiated by; none by default.</summary>
    public ImmutableArray<OdeParameter> Parameters { get; init; } = [];

    /// <summary>Algebraic variables and their equations, for a DAE of index 1; results give them after the states.</summary>
    /// <remarks>Needs a method that solves such equations, such as <c>Rodas5P</c>.</remarks>
    public ImmutableArray<OdeAlgebraic> Algebraic { get; init; } = [];

    /// <summary>Entries of the mass matrix where the derivatives of states are coupled; empty for the identity.</summary>
    public ImmutableArray<OdeMass> Mass { get; init; } = [];

    /// <summary>Conditions whose changes are located.</summary>
    public ImmutableArray<OdeWatch> Watches { get; init; } = [];

    /// <summary>The state or algebraic variable of that name, to write derivatives and conditions with.</summary>
    public static Expr State(string name) => Expr.Variable(VariableKind.State, name);

    /// <summary>The parameter of that name, to write derivatives and conditions with.</summary>
    public static Expr Parameter(string name) => Expr.Variable(VariableKind.Parameter, name);

    /// <inheritdoc/>
    public bool Equals(OdeProblem? other) =>
        other is not null && States.AsSpan().SequenceEqual(other.States.AsSpan()) &&
        Function == other.Function && Jacobian == other.Jacobian && ReferenceEquals(Pattern, other.Pattern) &&
        Parameters.AsSpan().SequenceEqual(other.Parameters.AsSpan()) &&
        Algebraic.AsSpan().SequenceEqual(other.Algebraic.AsSpan()) && Mass.AsSpan().SequenceEqual(other.Mass.AsSpan()) &&
        Watches.AsSpan().SequenceEqual(other.Watches.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(States.Length, Watches.Length);
}
