using System.Collections.Immutable;
using HybridControl.Diagnostics;
using HybridControl.Symbolics;
using MathNet.Numerics.LinearAlgebra;

namespace HybridControl.Dynamics;

/// <content>Problems from C# methods, numbers, and matrices and vectors of MathNet.Numerics; states without names are x0, x1, ...</content>
public sealed partial record OdeProblem
{
    /// <summary>The problem of a C# method with states x0, x1, ...</summary>
    /// <param name="function">Writes the n derivatives.</param>
    /// <param name="initial">The n initial values.</param>
    /// <example><code>
    /// var swing = OdeProblem.Of((t, x, dx) => (dx[0], dx[1]) = (x[1], -Math.Sin(x[0])), 2.0, 0.0);
    /// </code></example>
    public static OdeProblem Of(OdeRightSide function, params ReadOnlySpan<double> initial)
    {
        ArgumentNullException.ThrowIfNull(function);
        return new() { States = [.. Numbered(initial)], Function = function };
    }

    /// <summary>x' = A x + b, as expressions: derivatives are exact, and the closed form applies.</summary>
    /// <param name="a">A, n by n, in 1/s.</param>
    /// <param name="initial">The n initial values of x0, x1, ...</param>
    /// <param name="input">b, n numbers; null for zero.</param>
    /// <exception cref="ModelException">The sizes differ.</exception>
    public static OdeProblem Linear(Matrix<double> a, Vector<double> initial, Vector<double>? input = null)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(initial);
        int n = initial.Count;
        if (a.RowCount != n || a.ColumnCount != n || (input is not null && input.Count != n))
        {
            string b = input is null ? "" : FormattableString.Invariant($" and b of {input.Count}");
            throw new ModelException(
                "OdeProblem.Linear", FormattableString.Invariant($"A of {a.RowCount} by {a.ColumnCount}{b} for {n} initial values"),
                "Give A one row and column, and b one number, for each initial value.");
        }

        ImmutableArray<OdeState> states = [.. Numbered(initial.ToArray())];
        ILookup<int, (int, int Column, double Value)> rows = a.EnumerateIndexed(Zeros.AllowSkip).Where(entry => entry.Item3 != 0.0).ToLookup(entry => entry.Item1);
        Expr RowOf(int i) => Expr.LinearForm(
            [.. rows[i].Select(entry => entry.Value)], [.. rows[i].Select(entry => State(states[entry.Column].Name))], input?[i] ?? 0.0);
        return new() { States = [.. states.Select((state, i) => state with { Derivative = RowOf(i) })] };
    }

    /// <summary>The same problem with M x' = f in place of x' = f.</summary>
    /// <param name="mass">M, n by n over the states, regular.</param>
    /// <returns>A problem for methods that solve with a mass matrix; for the identity any method does.</returns>
    /// <exception cref="ModelException">The size is another, or a row is zero: then its state is an algebraic variable.</exception>
    public OdeProblem WithMass(Matrix<double> mass)
    {
        ArgumentNullException.ThrowIfNull(mass);
        int n = States.Length;
        if (mass.RowCount != n || mass.ColumnCount != n)
        {
            throw new ModelException(
                "OdeProblem.WithMass", FormattableString.Invariant($"a mass matrix of {mass.RowCount} by {mass.ColumnCount} for {n} states"),
                "Give one row and one column for each state.");
        }

        var rows = mass.EnumerateIndexed(Zeros.AllowSkip).Where(entry => entry.Item3 != 0.0).ToLookup(entry => entry.Item1);
        if (States.Where((_, i) => !rows.Contains(i)).Select(state => state.Name).ToArray() is { Length: > 0 } empty)
        {
            throw new ModelException(
                "OdeProblem.WithMass", $"the row of '{string.Join("', '", empty)}' in the mass matrix is zero",
                "Its right-hand side is an equation: move it to Algebraic as an expression.");
        }

        return this with
        {
            Mass =
            [
                .. rows.Where(row => row.Count() > 1 || row.Single() != (row.Key, row.Key, 1.0)).SelectMany(row => row)
                    .Select(entry => new OdeMass(States[entry.Item1].Name, States[entry.Item2].Name, entry.Item3)),
            ],
        };
    }

    /// <summary>The same problem from other initial values.</summary>
    /// <param name="initial">
    /// One value for each state; more are guesses of the algebraic variables. A vector, an array, or what a solution gives at a time.
    /// </param>
    /// <exception cref="ModelException">There are too few or too many.</exception>
    public OdeProblem StartingAt(IEnumerable<double> initial)
    {
        double[] values = [.. initial];
        int n = States.Length;
        if (values.Length != n && values.Length != n + Algebraic.Length)
        {
            throw new ModelException(
                "OdeProblem.StartingAt", FormattableString.Invariant($"{values.Length} values for {n} states"),
                "Give one value for each state, or for each state and algebraic variable.");
        }

        return this with
        {
            States = [.. States.Select((state, i) => state with { Initial = values[i] })],
            Algebraic = values.Length == n ? Algebraic : [.. Algebraic.Select((variable, i) => variable with { Start = values[n + i] })],
        };
    }

    private static OdeState[] Numbered(ReadOnlySpan<double> initial)
    {
        var states = new OdeState[initial.Length];
        for (int i = 0; i < states.Length; i++)
        {
            states[i] = new(FormattableString.Invariant($"x{i}"), initial[i]);
        }

        return states;
    }
}
