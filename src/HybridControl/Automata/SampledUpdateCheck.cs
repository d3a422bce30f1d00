using HybridControl.Diagnostics;
using HybridControl.Symbolics;

namespace HybridControl.Automata;

/// <summary>Checks sampled updates: their clocks and what they write.</summary>
internal sealed class SampledUpdateCheck
{
    private readonly HybridAutomaton _automaton;
    private readonly Declarations _declarations;
    private readonly ExpressionCheck _expressions;
    private readonly FindingList _findings;

    public SampledUpdateCheck(
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
        foreach (SampledUpdate update in _automaton.SampledUpdates)
        {
            string where = $"sampled.{update.Name}";
            if (Declarations.FaultOf(update.Name) is { } fault)
            {
                _findings.Error(where, fault.What, fault.Mend);
            }

            if (!names.Add(update.Name))
            {
                _findings.Error(where, $"two sampled updates are called '{update.Name}'", "Rename one of them.");
            }

            CheckTime($"{where}.period", update.Period, "a period", value => value > 0.0, "A period must be positive.");
            CheckTime($"{where}.offset", update.Offset, "an offset", value => value >= 0.0, "An offset cannot be negative.");
            AssignmentCheck.Check($"{where}.set", update.Assignments, "the update", [VariableKind.Discrete],
                _declarations, _expressions, _findings);
        }
    }

    private void CheckTime(string where, Expr time, string word, Func<double, bool> good, string mend)
    {
        if (_expressions.Check(where, time, new ExpressionRules(ParametersOnly: word)) &&
            _expressions.ValueOf(time) is { } value && !(double.IsFinite(value) && good(value)))
        {
            _findings.Error(where, FormattableString.Invariant($"the value is {value} s at the default parameters"), mend);
        }
    }
}
