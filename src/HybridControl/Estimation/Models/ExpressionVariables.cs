using HybridControl.Symbolics;

namespace HybridControl.Estimation;

/// <summary>The variables that occur in expressions.</summary>
internal static class ExpressionVariables
{
    /// <summary>The distinct variables, those of conditions and definitions included.</summary>
    public static IEnumerable<Expr> Of(IEnumerable<Expr> expressions)
    {
        var seen = new HashSet<Expr>(ReferenceEqualityComparer.Instance);
        var variables = new HashSet<Expr>();
        var pending = new Stack<Expr>(expressions);
        while (pending.TryPop(out Expr? e))
        {
            if (!seen.Add(e))
            {
                continue;
            }

            if (e.Operation == Operation.Variable)
            {
                variables.Add(e);
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

        return variables;
    }
}
