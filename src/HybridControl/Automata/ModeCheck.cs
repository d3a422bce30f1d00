using HybridControl.Diagnostics;
using HybridControl.Numerics;
using HybridControl.Symbolics;

namespace HybridControl.Automata;

/// <summary>Checks modes, their flows and invariants, and whether each can be reached.</summary>
internal sealed class ModeCheck
{
    private readonly HybridAutomaton _automaton;
    private readonly Declarations _declarations;
    private readonly ExpressionCheck _expressions;
    private readonly FindingList _findings;

    public ModeCheck(
        HybridAutomaton automaton, Declarations declarations, ExpressionCheck expressions, FindingList findings)
    {
        _automaton = automaton;
        _declarations = declarations;
        _expressions = expressions;
        _findings = findings;
    }

    public void Run()
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (Mode mode in _automaton.Modes)
        {
            string where = $"modes.{mode.Name}";
            if (Declarations.FaultOf(mode.Name) is { } fault)
            {
                _findings.Error(where, fault.What, fault.Mend);
            }

            if (!names.Add(mode.Name))
            {
                _findings.Error(where, $"the mode '{mode.Name}' is declared twice", "Rename one of the two.");
            }

            CheckMode(where, mode);
        }

        CheckStart(names);
    }

    private void CheckMode(string where, Mode mode)
    {
        if (mode.Flow is ExprFlow flow)
        {
            AssignmentCheck.Check(
                $"{where}.flow", flow.Derivatives, "the flow", [VariableKind.State], _declarations, _expressions, _findings);
        }

        for (int i = 0; i < mode.Invariants.Length; i++)
        {
            string place = mode.Invariants.Length == 1
                ? $"{where}.invariant"
                : FormattableString.Invariant($"{where}.invariant[{i}]");
            _expressions.Check(place, mode.Invariants[i].Condition,
                new ExpressionRules(NoCrosses: "an invariant must hold over time, not at an instant"));
        }
    }

    private void CheckStart(HashSet<string> names)
    {
        if (_automaton.Modes.IsEmpty)
        {
            _findings.Error("modes", "the model has no modes", "Add at least one; a mode without a flow lets every state rest.");
            return;
        }

        if (!names.Contains(_automaton.InitialMode))
        {
            _findings.Error("initialMode", $"unknown mode '{_automaton.InitialMode}'", Suggestions.For(_automaton.InitialMode, names));
            return;
        }

        var reached = new HashSet<string>(StringComparer.Ordinal) { _automaton.InitialMode };
        if (_automaton.Zeno?.Mode is { } limit)
        {
            reached.Add(limit);
        }

        var pending = new Queue<string>(reached);
        while (pending.TryDequeue(out string? from))
        {
            foreach (Transition transition in _automaton.Transitions)
            {
                // A surviving timer fires in whatever mode is active.
                bool leaves = transition.From == from || transition.Rule is AfterRule { Survives: true } && reached.Contains(transition.From);
                if (leaves && transition.Guard is not { Kind: ConditionKind.Literal, Holds: false } && reached.Add(transition.To))
                {
                    pending.Enqueue(transition.To);
                }
            }
        }

        foreach (string name in names.Where(name => !reached.Contains(name)))
        {
            _findings.Warn($"modes.{name}", $"no chain of transitions leads from '{_automaton.InitialMode}' to the mode '{name}'",
                "Add a transition to it, or remove it.");
        }
    }
}
