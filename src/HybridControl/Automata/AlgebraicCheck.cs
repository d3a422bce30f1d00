using System.Collections.Immutable;
using HybridControl.Diagnostics;
using HybridControl.Numerics;
using HybridControl.Symbolics;

namespace HybridControl.Automata;

/// <summary>Checks algebraic variables, their equations and mass matrices: every mode must be of index 1 by its structure.</summary>
/// <remarks>
/// The equations of a mode are matched to its algebraic variables along the derivatives that are not identically zero, the
/// rows of the mass matrix to its states along its entries. What no matching reaches has an index above 1, whatever the numbers.
/// </remarks>
internal sealed class AlgebraicCheck(
    HybridAutomaton automaton, Declarations declarations, ExpressionCheck expressions, FindingList findings)
{
    private readonly StateVariable[] _variables = [.. automaton.States.Where(state => state.IsAlgebraic)];

    public void Run()
    {
        if (_variables.Length == 0 && automaton.Modes.All(mode => mode.Equations.IsEmpty && mode.Mass.IsEmpty))
        {
            return;
        }

        if (automaton.IsNetwork)
        {
            findings.Error("modes", "the modes form several regions, and algebraic equations and mass matrices belong to automata of one",
                "Make one automaton of the product of the regions.");
            return;
        }

        int first = automaton.States.IndexOf(_variables.FirstOrDefault()!);
        if (_variables.Length > 0 && automaton.States.Skip(first).FirstOrDefault(state => !state.IsAlgebraic) is { } late)
        {
            findings.Error($"states.{late.Name}", $"the state stands after the algebraic variable '{_variables[0].Name}'",
                "Declare all states before the algebraic variables.");
        }

        foreach (Mode mode in automaton.Modes)
        {
            string where = $"modes.{mode.Name}";
            int before = findings.Count;
            CheckFlow(where, mode);
            CheckEquations(where, mode);
            CheckMass(where, mode);
            if (findings.Count == before)
            {
                CheckIndex(where, mode);
                CheckRank(where, mode);
            }
        }
    }

    private StateVariable? Find(string name) => automaton.States.FirstOrDefault(state => state.Name == name);

    private void CheckFlow(string where, Mode mode)
    {
        if (mode.Flow is not ExprFlow && _variables.Length > 0)
        {
            findings.Error($"{where}.flow", "a delegate flow cannot be solved together with algebraic equations", "Write the flow with Expr.");
            return;
        }

        ImmutableArray<Assignment> derivatives = (mode.Flow as ExprFlow)?.Derivatives ?? [];
        foreach (Assignment derivative in derivatives.Where(derivative => Find(derivative.Target) is { IsAlgebraic: true }))
        {
            findings.Error($"{where}.flow.{derivative.Target}", $"'{derivative.Target}' is an algebraic variable, which has no derivative",
                $"Give it an equation, or declare '{derivative.Target}' as a state.");
        }

        foreach (DiffusionTerm term in mode.Diffusion)
        {
            findings.Error($"{where}.diffusion.{term.State}", "noise cannot drive a mode of a model with algebraic equations or a mass matrix",
                "Write the flow as explicit derivatives, or remove the diffusion.");
        }
    }

    private void CheckEquations(string where, Mode mode)
    {
        var written = new HashSet<string>(StringComparer.Ordinal);
        foreach (AlgebraicEquation equation in mode.Equations)
        {
            string place = $"{where}.equations.{equation.Variable}";
            Declarations.Declaration? found = declarations.Find(equation.Variable);
            if (Find(equation.Variable) is not { IsAlgebraic: true })
            {
                findings.Error(
                    place,
                    found is null
                        ? $"an equation for '{equation.Variable}', which is not declared"
                        : $"an equation for '{equation.Variable}', which is {Declarations.Article(found.Word)}",
                    found?.Kind == VariableKind.State
                        ? $"A state has a flow; declare '{equation.Variable}' as algebraic to give it an equation."
                        : Suggestions.For(equation.Variable, _variables.Select(variable => variable.Name)));
            }
            else if (!written.Add(equation.Variable))
            {
                findings.Error(place, $"'{equation.Variable}' has two equations in this mode", "Remove one, or give it to another algebraic variable.");
            }

            expressions.Check(place, equation.Left);
            expressions.Check(place, equation.Right);
        }

        foreach (StateVariable variable in _variables.Where(variable => mode.Has(variable.Name) && !written.Contains(variable.Name)))
        {
            findings.Error($"{where}.equations.{variable.Name}", $"the algebraic variable '{variable.Name}' has no equation in mode '{mode.Name}'",
                $"Give it one; '{variable.Name}' = 0 switches it off.");
        }
    }

    private void CheckMass(string where, Mode mode)
    {
        var written = new HashSet<(string, string)>();
        foreach (MassEntry entry in mode.Mass)
        {
            string place = $"{where}.mass.{entry.Row}.{entry.Column}";
            foreach (string name in new[] { entry.Row, entry.Column }.Distinct())
            {
                if (Find(name) is not { IsAlgebraic: false })
                {
                    findings.Error(
                        place,
                        declarations.Find(name) is { } found
                            ? $"'{name}' is {Declarations.Article(found.Word)}, and a mass matrix multiplies derivatives of states"
                            : $"unknown state '{name}'",
                        Suggestions.For(name, automaton.States.Where(state => !state.IsAlgebraic).Select(state => state.Name)));
                }
            }

            if (!written.Add((entry.Row, entry.Column)))
            {
                findings.Error(place, "the entry is given twice", "Add the two up.");
            }

            if (expressions.Check(place, entry.Value) && MovingIn(entry.Value) is { } moving)
            {
                findings.Error(place, $"a mass depends on parameters and discrete variables only, but uses {moving}",
                    "Divide the flow by it where it is a factor of the row, or make the derivative an algebraic variable with an equation of its own.");
            }
        }
    }

    private static string? MovingIn(Expr expression)
    {
        string? moving = null;
        var seen = new HashSet<object>(ReferenceEqualityComparer.Instance);
        PostOrder.Visit(expression, seen.Contains, node =>
        {
            seen.Add(node);
            if (node is Expr { Operation: Operation.Variable, Kind: not (VariableKind.Parameter or VariableKind.Discrete) } variable)
            {
                moving ??= variable.Kind == VariableKind.Time ? "time" : $"'{variable.Name}'";
            }
        });
        return moving;
    }

    private void CheckIndex(string where, Mode mode)
    {
        string[] names = [.. _variables.Where(variable => mode.Has(variable.Name)).Select(variable => variable.Name)];
        AlgebraicEquation[] equations = [.. names.Select(name => mode.Equations.First(equation => equation.Variable == name))];
        Expr[,] jacobian = Differentiator.Jacobian(
            [.. equations.Select(equation => equation.Residual)], [.. names.Select(name => Expr.Variable(VariableKind.State, name))]);
        int[][] columns = [.. equations.Select((_, row) => Enumerable.Range(0, names.Length).Where(column => !IsZero(jacobian[row, column])).ToArray())];
        var matching = new BipartiteMatching(columns, names.Length);
        string[] loose = [.. matching.Underdetermined.Select(column => names[column])];
        foreach (int row in matching.UnmatchedRows)
        {
            (int[] rows, int[] shared) = matching.Overdetermined(row);
            string place = $"{where}.equations.{names[row]}";
            if (shared.Length == 0)
            {
                findings.Error(place, $"the equation '{equations[row]}' contains no algebraic variable: it binds states to each other, and the index is above 1",
                    "Differentiate it by time until an algebraic variable appears (a position twice, where forces are unknown), or remove a state.");
                continue;
            }

            findings.Error(place,
                $"the equations of {Quoted(rows.Select(k => names[k]))} determine only {Quoted(shared.Select(k => names[k]))}, and too few are left for {Quoted(loose)}: " +
                    "the index is above 1",
                $"Let one of these equations contain {Quoted(loose)}: differentiate the one that binds states by time, or remove what is said twice.");
        }
    }

    private void CheckRank(string where, Mode mode)
    {
        string[] names = [.. automaton.States.Where(state => !state.IsAlgebraic && mode.Has(state.Name)).Select(state => state.Name)];
        ILookup<string, MassEntry> rows = mode.Mass.Where(entry => !(entry.Value.IsConstant && entry.Value.Value == 0.0)).ToLookup(entry => entry.Row);
        HashSet<string> given = [.. mode.Mass.Select(entry => entry.Row)];
        int[][] columns = [.. names.Select((name, i) => given.Contains(name)
            ? rows[name].Select(entry => Array.IndexOf(names, entry.Column)).ToArray()
            : [i])];
        var matching = new BipartiteMatching(columns, names.Length);
        foreach (int row in matching.UnmatchedRows)
        {
            (int[] all, int[] shared) = matching.Overdetermined(row);
            findings.Error($"{where}.mass.{names[row]}",
                shared.Length == 0
                    ? $"the row of '{names[row]}' in the mass matrix is zero"
                    : $"the mass matrix is singular: the rows of {Quoted(all.Select(k => names[k]))} hold the derivatives of {Quoted(shared.Select(k => names[k]))} only",
                $"Declare {Quoted(matching.UnmatchedColumns.Select(column => names[column]))} as algebraic with an equation, or give the missing entries.");
        }
    }

    private static bool IsZero(Expr expression) => expression.IsConstant && expression.Value == 0.0;

    private static string Quoted(IEnumerable<string> names) => string.Join(", ", names.Select(name => $"'{name}'"));
}
