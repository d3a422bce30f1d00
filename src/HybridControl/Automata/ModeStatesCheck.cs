using System.Collections.Immutable;
using HybridControl.Diagnostics;
using HybridControl.Numerics;
using HybridControl.Symbolics;

namespace HybridControl.Automata;

/// <summary>Checks modes with states of their own: nothing reads or writes an absent state, and what is entered gets its values.</summary>
internal sealed class ModeStatesCheck
{
    private readonly HybridAutomaton _automaton;
    private readonly FindingList _findings;
    private readonly FindingPlaces _places;
    private readonly Dictionary<string, Mode> _modes;
    private readonly string[] _states;

    public ModeStatesCheck(HybridAutomaton automaton, FindingList findings, FindingPlaces places)
    {
        _automaton = automaton;
        _findings = findings;
        _places = places;
        _modes = automaton.Modes.DistinctBy(mode => mode.Name).ToDictionary(mode => mode.Name, StringComparer.Ordinal);
        _states = [.. automaton.States.Select(state => state.Name)];
    }

    public void Run()
    {
        if (_automaton.Modes.All(mode => mode.States is null))
        {
            return;
        }

        if (_automaton.IsNetwork)
        {
            Mode own = _automaton.Modes.First(mode => mode.States is not null);
            _findings.Error($"modes.{own.Name}.states", "the modes of a network share all states", "Let every state exist in every mode.");
            return;
        }

        foreach (Mode mode in _automaton.Modes)
        {
            CheckMode($"modes.{mode.Name}", mode);
        }

        for (int i = 0; i < _automaton.Transitions.Length; i++)
        {
            CheckTransition(_places.Transition(i), _automaton.Transitions[i]);
        }

        foreach (SampledUpdate update in _automaton.SampledUpdates)
        {
            foreach (Assignment assignment in update.Assignments)
            {
                Read($"sampled.{update.Name}.set.{assignment.Target}", assignment.Value, _automaton.Modes, "an update runs in every mode");
            }
        }

        if (_automaton.Zeno is { Mode: { } limit } policy && _modes.TryGetValue(limit, out Mode? entered))
        {
            CheckEntry("zeno.reset", entered, policy.Resets, _automaton.Modes);
        }
    }

    private void CheckMode(string where, Mode mode)
    {
        var own = new HashSet<string>(StringComparer.Ordinal);
        foreach (string state in mode.States ?? [])
        {
            if (!_states.Contains(state))
            {
                _findings.Error($"{where}.states", $"'{state}' is no state of the model", Suggestions.For(state, _states));
            }
            else if (!own.Add(state))
            {
                _findings.Error($"{where}.states", $"'{state}' stands twice", "Remove one of the two.");
            }
        }

        Mode[] here = [mode];
        if (mode.Flow is ExprFlow flow)
        {
            foreach (Assignment derivative in flow.Derivatives)
            {
                string place = $"{where}.flow.{derivative.Target}";
                Write(place, derivative.Target, mode);
                Read(place, derivative.Value, here, "");
            }
        }
        else if (mode.States is not null)
        {
            _findings.Error($"{where}.flow", "a delegate flow sees every state, also those that do not exist in this mode", "Write the flow with Expr.");
        }

        foreach (AlgebraicEquation equation in mode.Equations)
        {
            Write($"{where}.equations.{equation.Variable}", equation.Variable, mode);
            Read($"{where}.equations.{equation.Variable}", equation.Residual, here, "");
        }

        foreach (MassEntry entry in mode.Mass)
        {
            Write($"{where}.mass.{entry.Row}", entry.Row, mode);
            Write($"{where}.mass.{entry.Row}.{entry.Column}", entry.Column, mode);
        }

        foreach (DiffusionTerm term in mode.Diffusion)
        {
            Write($"{where}.diffusion.{term.State}", term.State, mode);
            Read($"{where}.diffusion.{term.State}", term.Value, here, "");
        }

        foreach (Invariant invariant in mode.Invariants)
        {
            Read($"{where}.invariant", invariant.Condition.ToGuardFunction(), here, "");
        }
    }

    private void CheckTransition(string where, Transition transition)
    {
        if (!_modes.TryGetValue(transition.From, out Mode? from) || !_modes.TryGetValue(transition.To, out Mode? to))
        {
            return;
        }

        Mode[] here = [from];
        bool survives = transition.Rule is AfterRule { Survives: true };
        IReadOnlyList<Mode> sources = survives ? _automaton.Modes : here;
        Read($"{where}.guard", transition.Guard.ToGuardFunction(), here, "");
        (string name, Expr formula) = transition.Rule switch
        {
            AfterRule after => ("after", after.Delay),
            RateRule rate => ("rate", rate.Rate),
            SampledRule sampled => ("every", sampled.Period + sampled.Offset),
            PermissiveRule { Mean: { } mean } => ("mean", mean),
            _ => ("rule", Expr.Zero),
        };
        Read($"{where}.{name}", formula, here, "");
        Read($"{where}.priority", transition.Priority, sources, "a surviving timer fires in every mode");
        CheckEntry($"{where}.reset", to, transition.Resets, sources);
    }

    private void CheckEntry(string where, Mode to, ImmutableArray<Assignment> resets, IReadOnlyList<Mode> sources)
    {
        foreach (Assignment reset in resets)
        {
            Write($"{where}.{reset.Target}", reset.Target, to);
            Read($"{where}.{reset.Target}", reset.Value, sources, "it may leave any mode");
        }

        foreach (string state in _states.Where(to.Has))
        {
            if (resets.All(reset => reset.Target != state) && sources.FirstOrDefault(source => !source.Has(state)) is { } source)
            {
                _findings.Error(where, $"the state '{state}' begins to exist in mode '{to.Name}' and gets no value: mode '{source.Name}' has none",
                    $"Reset '{state}'.");
            }
        }
    }

    private void Write(string where, string target, Mode mode)
    {
        if (_states.Contains(target) && !mode.Has(target))
        {
            _findings.Error(where, $"the state '{target}' does not exist in mode '{mode.Name}'", $"Remove this, or add '{target}' to the states of the mode.");
        }
    }

    // why: said where several modes are meant.
    private void Read(string where, Expr expression, IReadOnlyList<Mode> modes, string why)
    {
        foreach (string state in StatesOf(expression))
        {
            if (modes.FirstOrDefault(mode => !mode.Has(state)) is { } mode && _states.Contains(state))
            {
                string because = modes.Count > 1 ? $", and {why}" : "";
                _findings.Error(where, $"reads the state '{state}', which does not exist in mode '{mode.Name}'{because}",
                    $"Read a state that exists there, or add '{state}' to the states of the mode.");
            }
        }
    }

    /// <summary>A state that a condition reads and that some mode lacks; null if there is none.</summary>
    public static string? FirstAbsent(HybridAutomaton automaton, Condition condition) =>
        StatesOf(condition.ToGuardFunction()).FirstOrDefault(state => automaton.Modes.Any(mode => !mode.Has(state)));

    /// <summary>The states that an expression reads, definitions and conditions included.</summary>
    public static IReadOnlySet<string> StatesOf(Expr expression)
    {
        var states = new SortedSet<string>(StringComparer.Ordinal);
        var seen = new HashSet<object>(ReferenceEqualityComparer.Instance);
        PostOrder.Visit(expression, seen.Contains, node =>
        {
            seen.Add(node);
            if (node is Expr { Operation: Operation.Variable, Kind: VariableKind.State, Name: { } name })
            {
                states.Add(name);
            }
        });
        return states;
    }
}
