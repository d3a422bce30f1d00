using HybridControl.Diagnostics;
using HybridControl.Numerics;
using HybridControl.Symbolics;

namespace HybridControl.Automata;

/// <summary>Checks modes, their flows and invariants.</summary>
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
    }

    private void CheckMode(string where, Mode mode)
    {
        if (mode.Flow is ExprFlow flow)
        {
            AssignmentCheck.Check(
                $"{where}.flow", flow.Derivatives, "the flow", [VariableKind.State], _declarations, _expressions, _findings);
        }

        if (mode.Flow is DelegateFlow { Pattern: { } pattern } && pattern.Size != _automaton.States.Length)
        {
            _findings.Error($"{where}.flow", $"a pattern of {pattern.Size} rows for {_automaton.States.Length} states", "Give one row and column for each state.");
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
}
