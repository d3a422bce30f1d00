using HybridControl.Diagnostics;
using HybridControl.Numerics;
using HybridControl.Symbolics;

namespace HybridControl.Automata;

/// <summary>Checks transitions: their ends, names, guards, rules, resets and priorities.</summary>
internal sealed class TransitionCheck
{
    private readonly HybridAutomaton _automaton;
    private readonly Declarations _declarations;
    private readonly ExpressionCheck _expressions;
    private readonly FindingList _findings;
    private readonly FindingPlaces _places;
    private readonly HashSet<string> _modes;

    public TransitionCheck(
        HybridAutomaton automaton,
        Declarations declarations,
        ExpressionCheck expressions,
        FindingList findings,
        FindingPlaces places)
    {
        _automaton = automaton;
        _declarations = declarations;
        _expressions = expressions;
        _findings = findings;
        _places = places;
        _modes = new(automaton.Modes.Select(mode => mode.Name), StringComparer.Ordinal);
    }

    public void Run()
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        var rules = new FiringRuleCheck(_automaton, _expressions, _findings);
        for (int i = 0; i < _automaton.Transitions.Length; i++)
        {
            Transition transition = _automaton.Transitions[i];
            string where = _places.Transition(i);
            CheckName(where, transition, names);
            CheckEnd($"{where}.from", transition.From);
            CheckEnd($"{where}.to", transition.To);
            CheckGuard(where, transition);
            rules.Check(where, transition);
            AssignmentCheck.Check($"{where}.reset", transition.Resets, "the reset", [VariableKind.State, VariableKind.Discrete],
                _declarations, _expressions, _findings, draws: true);
            _expressions.Check($"{where}.priority", transition.Priority);
        }
    }

    private void CheckName(string where, Transition transition, HashSet<string> names)
    {
        if (Declarations.FaultOf(transition.Name) is { } fault)
        {
            _findings.Error(where, fault.What, fault.Mend);
        }

        if (names.Add(transition.Name))
        {
            return;
        }

        string what = $"two transitions are called '{transition.Name}'";
        if (transition.Name == DefaultName(transition))
        {
            _findings.Warn(where, what, "Name them, so that an event list can tell them apart.");
        }
        else
        {
            _findings.Error(where, what, "Rename one of them.");
        }
    }

    /// <summary>The name of a transition that was given none.</summary>
    internal static string DefaultName(Transition transition) => $"{transition.From}->{transition.To}";

    private void CheckEnd(string where, string mode)
    {
        if (!_modes.Contains(mode))
        {
            _findings.Error(where, $"unknown mode '{mode}'", Suggestions.For(mode, _modes));
        }
    }

    private void CheckGuard(string where, Transition transition)
    {
        string? noCrosses = transition.Rule is EdgeRule ? null : "the transition is not an edge transition";
        _expressions.Check($"{where}.guard", transition.Guard, new ExpressionRules(NoCrosses: noCrosses));
        if (transition.Rule is UrgentRule && transition.From == transition.To &&
            transition.Guard is { Kind: ConditionKind.Literal, Holds: true })
        {
            _findings.Warn($"{where}.guard", $"the transition is always enabled and leads back to '{transition.From}', so time stands still there",
                "Give it a guard, a delay or a command.");
        }
    }
}
