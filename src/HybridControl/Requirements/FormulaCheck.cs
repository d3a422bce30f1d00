using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Numerics;

namespace HybridControl.Requirements;

/// <summary>Checks formulas against the names of a model.</summary>
internal static class FormulaCheck
{
    private static readonly ExpressionRules Lasting = new(NoCrosses: "it is asked at every time, and a crossing lasts none");

    /// <summary>Reports everything that is wrong with a formula.</summary>
    public static void Check(string where, Formula formula, HybridAutomaton model, ExpressionCheck expressions, FindingList findings)
    {
        switch (formula.Kind)
        {
            case FormulaKind.Condition:
                expressions.Check(where, formula.Condition!, Lasting);
                break;
            case FormulaKind.Mode:
                CheckName(where, "mode", formula.Name, model.Modes.Select(mode => mode.Name), findings);
                break;
            case FormulaKind.Fires:
                CheckName(where, "transition", formula.Name, Firings(model), findings);
                break;
        }

        foreach (Formula operand in formula.Operands)
        {
            Check(where, operand, model, expressions, findings);
        }
    }

    /// <summary>What can fire: transitions, and labels by which several fire together.</summary>
    public static IEnumerable<string> Firings(HybridAutomaton model) =>
        model.Transitions.Select(transition => transition.Name).Concat(model.Transitions.Select(transition => transition.Label).OfType<string>()).Distinct();

    /// <summary>Throws if a formula does not fit a model.</summary>
    /// <exception cref="ModelException">It does not; every finding at once.</exception>
    public static void ThrowIfUnfit(string where, Formula formula, HybridAutomaton model)
    {
        var findings = new FindingList();
        Check(where, formula, model, new ExpressionCheck(model, new Declarations(model, new FindingList()), findings), findings);
        if (findings.Count > 0)
        {
            throw new ModelException(findings.ToImmutable());
        }
    }

    private static void CheckName(string where, string what, string name, IEnumerable<string> known, FindingList findings)
    {
        if (!known.Contains(name, StringComparer.Ordinal))
        {
            findings.Error(where, $"no {what} is called '{name}'", Suggestions.For(name, known));
        }
    }
}
