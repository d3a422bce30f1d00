using HybridControl.Automata;
using HybridControl.Numerics;
using HybridControl.Symbolics;

namespace HybridControl.Simulation;

/// <summary>Finds the lookup tables that a run has left, or is about to leave, when something is not finite.</summary>
internal static class TableDiagnosis
{
    /// <summary>A sentence about each table whose argument is at or beyond its last breakpoints; empty if there is none.</summary>
    /// <param name="model">The model.</param>
    /// <param name="mode">The active mode.</param>
    /// <param name="evaluate">The value of an expression at the present point.</param>
    public static string Describe(HybridAutomaton model, Mode mode, Func<Expr, double> evaluate)
    {
        if (!model.Tables.Any(table => table.Extrapolation == Extrapolation.Error))
        {
            return "";
        }

        var sentences = new SortedSet<string>(StringComparer.Ordinal);
        foreach (Expr lookup in LookupsOf(ExpressionsOf(model, mode)))
        {
            LookupTable table = lookup.Table!;
            for (int i = 0; i < table.Arguments; i++)
            {
                double argument = evaluate(lookup.Operands[i]);
                ReadOnlySpan<double> breakpoints = table.BreakpointsOf(i);
                (double first, double last) = (breakpoints[0], breakpoints[^1]);
                double margin = 1e-6 * (last - first);
                if (!(argument > first + margin && argument < last - margin))
                {
                    string which = table.Arguments == 1 ? "argument" : i == 0 ? "first argument" : "second argument";
                    sentences.Add(FormattableString.Invariant(
                        $" Table '{table.Name}' was left: its {which} is {argument:G9}, its breakpoints go from {first:G9} to {last:G9}."));
                }
            }
        }

        return string.Concat(sentences);
    }

    private static IEnumerable<Expr> ExpressionsOf(HybridAutomaton model, Mode mode)
    {
        IEnumerable<Expr> flow = mode.Flow is ExprFlow { Derivatives: var rows } ? rows.Select(row => row.Value) : [];
        Transition[] exits = [.. model.Transitions.Where(transition => transition.From == mode.Name)];
        return flow
            .Concat(mode.Invariants.Select(invariant => invariant.Condition.ToGuardFunction()))
            .Concat(exits.Select(exit => exit.Guard.ToGuardFunction()))
            .Concat(exits.SelectMany(exit => exit.Resets).Select(reset => reset.Value))
            .Concat(model.SampledUpdates.SelectMany(update => update.Assignments).Select(assignment => assignment.Value));
    }

    private static IEnumerable<Expr> LookupsOf(IEnumerable<Expr> roots)
    {
        var seen = new HashSet<Expr>(ReferenceEqualityComparer.Instance);
        var pending = new Stack<Expr>(roots);
        while (pending.TryPop(out Expr? e))
        {
            if (!seen.Add(e))
            {
                continue;
            }

            if (e.Operation is Operation.Lookup or Operation.Surface && e.Table!.Extrapolation == Extrapolation.Error)
            {
                yield return e;
            }

            foreach (Expr operand in e.Operands)
            {
                pending.Push(operand);
            }

            if (e.Condition is not null)
            {
                pending.Push(e.Condition.ToGuardFunction());
            }
        }
    }
}
