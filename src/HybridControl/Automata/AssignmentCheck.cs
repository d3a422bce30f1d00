using System.Collections.Immutable;
using HybridControl.Diagnostics;
using HybridControl.Numerics;
using HybridControl.Symbolics;

namespace HybridControl.Automata;

/// <summary>Checks lists of assignments: known targets of the right kind, each written once, by a sound expression.</summary>
internal static class AssignmentCheck
{
    /// <summary>What is wrong with a value of a typed variable as a formula; null if nothing is, or only a run can tell.</summary>
    public static (string What, string Mend)? FaultOf(DiscreteVariable variable, Expr value)
    {
        if (value.IsConstant)
        {
            return TypedValues.FaultOf(variable, value.Value);
        }

        return variable.Type == DiscreteType.Boolean && BooleanVariable.ConditionOf(value) is null
            ? ($"a number for the boolean '{variable.Name}'", "Give a condition, for instance x > 2.")
            : null;
    }

    // where: place of the list, to which a target's name is appended; writer: what does the writing, such as "the flow".
    public static void Check(
        string where,
        ImmutableArray<Assignment> assignments,
        string writer,
        ImmutableArray<VariableKind> kinds,
        Declarations declarations,
        ExpressionCheck expressions,
        FindingList findings,
        bool draws = false)
    {
        var written = new HashSet<string>(StringComparer.Ordinal);
        foreach (Assignment assignment in assignments)
        {
            string target = assignment.Target;
            string place = $"{where}.{target}";
            string words = string.Join(" and ", kinds.Select(kind => kind == VariableKind.State ? "states" : "discrete variables"));
            Declarations.Declaration? found = declarations.Find(target);
            if (found is null)
            {
                findings.Error(place, $"{writer} writes '{target}', which is not declared",
                    Suggestions.For(target, declarations.NamesOf(kinds.AsSpan())));
            }
            else if (found.Kind is not { } kind || !kinds.Contains(kind))
            {
                findings.Error(place, $"{writer} writes '{target}', which is {Declarations.Article(found.Word)}", $"Only {words} can be written here.");
            }
            else if (!written.Add(target))
            {
                findings.Error(place, $"{writer} writes '{target}' twice", "Remove one of the two.");
            }

            expressions.Check(place, assignment.Value, new ExpressionRules(Draws: draws));
            if (found?.Discrete is { } discrete && FaultOf(discrete, assignment.Value) is { } fault)
            {
                findings.Error(place, $"{writer} gives {fault.What}", fault.Mend);
            }
        }
    }
}
