using System.Collections.Immutable;
using HybridControl.Diagnostics;
using HybridControl.Numerics;
using HybridControl.Symbolics;

namespace HybridControl.Automata;

/// <summary>Checks algebraic variables, their equations and mass matrices, each mode for itself; then <see cref="IndexCheck"/> what is active together.</summary>
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

        CheckOwners();
        int first = automaton.States.IndexOf(_variables.FirstOrDefault()!);
        if (_variables.Length > 0 && automaton.States.Skip(first).FirstOrDefault(state => !state.IsAlgebraic) is { } late)
        {
            findings.Error($"states.{late.Name}", $"the state stands after the algebraic variable '{_variables[0].Name}'",
                "Declare all states before the algebraic variables.");
        }

        var sound = new HashSet<Mode>(ReferenceEqualityComparer.Instance);
        foreach (Mode mode in automaton.Modes)
        {
            string where = $"modes.{mode.Name}";
            int before = findings.Count;
            CheckFlow(where, mode);
            CheckEquations(where, mode);
            CheckMass(where, mode);
            if (findings.Count == before)
            {
                sound.Add(mode);
            }
        }

        new IndexCheck(automaton, sound, findings).Run();
    }

    // Of several regions, one has the equations of a variable and the mass of a state: in each of its modes.
    private void CheckOwners()
    {
        foreach (StateVariable state in automaton.States)
        {
            Mode[] modes = [.. automaton.Modes.Where(mode =>
                mode.Equations.Any(equation => equation.Variable == state.Name) || mode.Mass.Any(entry => entry.Row == state.Name))];
            if (modes.FirstOrDefault(mode => mode.Region != modes[0].Region) is { } other)
            {
                findings.Error($"modes.{other.Name}.{(state.IsAlgebraic ? "equations" : "mass")}.{state.Name}",
                    $"'{state.Name}' is equated by the regions '{modes[0].Region}' and '{other.Region}'", "Let one region do that, in each of its modes.");
            }
            else if (state.IsAlgebraic && modes.Length == 0 && automaton.IsNetwork)
            {
                findings.Error($"algebraic.{state.Name}", $"no region has equations for the algebraic variable '{state.Name}'",
                    $"Let the modes of one region have them; '{state.Name}' = 0 switches it off.");
            }
        }
    }

    private bool IsOf(Mode mode, StateVariable variable) => mode.Has(variable.Name) && (!automaton.IsNetwork ||
        automaton.Modes.Any(other => other.Region == mode.Region && other.Equations.Any(equation => equation.Variable == variable.Name)));

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

        foreach (StateVariable variable in _variables.Where(variable => IsOf(mode, variable) && !written.Contains(variable.Name)))
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
}
