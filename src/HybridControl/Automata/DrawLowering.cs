using HybridControl.Symbolics;

namespace HybridControl.Automata;

/// <summary>Writes random draws out as formulas of uniform numbers, each place with numbers of its own.</summary>
/// <remarks>
/// uniform(a, b) = a + (b - a) u; exponential(r) = -log(u) / r; normal(m, s) = m + s sqrt(-2 log u) cos(2 pi v), the first of
/// the two numbers of G. E. P. Box and M. E. Muller, Ann. Math. Stat. 29 (1958). So every back-end computes a draw with the
/// operations that it has.
/// </remarks>
internal sealed class DrawLowering
{
    /// <summary>How many draws one formula may hold.</summary>
    public const int Most = 1000;

    /// <summary>The number of draws so far.</summary>
    public int Count { get; private set; }

    /// <summary>How often a formula draws: a node that is used twice draws twice.</summary>
    public static long CountOf(object root)
    {
        var counts = Counts(root);
        return counts.GetValueOrDefault(root);
    }

    /// <summary>A formula without draws.</summary>
    public Expr Lower(Expr expression)
    {
        Dictionary<object, long> counts = Counts(expression);
        return counts.ContainsKey(expression) ? Rewrite(expression, counts) : expression;
    }

    // Nodes that hold draws, with their number.
    private static Dictionary<object, long> Counts(object root)
    {
        var counts = new Dictionary<object, long>(ReferenceEqualityComparer.Instance);
        PostOrder.Visit(root, _ => false, node =>
        {
            long count = 0;
            if (node is Expr e)
            {
                count += e.Operation.IsDraw() ? 1 : 0;
                count += e.Condition is null ? 0 : counts.GetValueOrDefault(e.Condition);
                foreach (Expr operand in e.Operands)
                {
                    count += counts.GetValueOrDefault(operand);
                }
            }
            else if (node is Condition c)
            {
                foreach (object? part in new object?[] { c.Left, c.Right, c.First, c.Second })
                {
                    count += part is null ? 0 : counts.GetValueOrDefault(part);
                }
            }

            if (count > 0)
            {
                counts[node] = Math.Min(count, long.MaxValue / 4);
            }
        });
        return counts;
    }

    // A tree walk with a stack of its own, only into parts that draw: a shared node is visited once for each place.
    private Expr Rewrite(Expr root, Dictionary<object, long> counts)
    {
        var pending = new Stack<(Expr Node, bool PartsDone)>([(root, false)]);
        var values = new Stack<Expr>();
        while (pending.TryPop(out (Expr Node, bool PartsDone) item))
        {
            if (item.PartsDone)
            {
                var operands = new Expr[item.Node.Operands.Length];
                for (int i = operands.Length - 1; i >= 0; i--)
                {
                    operands[i] = values.Pop();
                }

                values.Push(Over(item.Node, operands, counts));
            }
            else if (!counts.ContainsKey(item.Node))
            {
                values.Push(item.Node);
            }
            else
            {
                pending.Push((item.Node, true));
                for (int i = item.Node.Operands.Length - 1; i >= 0; i--)
                {
                    pending.Push((item.Node.Operands[i], false));
                }
            }
        }

        return values.Pop();
    }

    private Expr Over(Expr node, Expr[] operands, Dictionary<object, long> counts)
    {
        switch (node.Operation)
        {
            case Operation.Uniform:
                return operands[0] + ((operands[1] - operands[0]) * Next());
            case Operation.Exponential:
                return -Expr.Log(Next()) / operands[0];
            case Operation.Normal:
                var radius = Expr.Sqrt(-2.0 * Expr.Log(Next()));
                return operands[0] + (operands[1] * radius * Expr.Cos(2.0 * Math.PI * Next()));
            case Operation.Alias:
                return operands[0];
            default:
                return node.With(operands, node.Condition is null ? null : Rewrite(node.Condition, counts));
        }
    }

    private Condition Rewrite(Condition condition, Dictionary<object, long> counts)
    {
        if (!counts.ContainsKey(condition))
        {
            return condition;
        }

        return condition.Kind switch
        {
            ConditionKind.Comparison => Condition.Compare(
                Rewrite(condition.Left!, counts), condition.Relation, Rewrite(condition.Right!, counts)),
            ConditionKind.And => Rewrite(condition.First!, counts) & Rewrite(condition.Second!, counts),
            ConditionKind.Or => Rewrite(condition.First!, counts) | Rewrite(condition.Second!, counts),
            ConditionKind.Not => !Rewrite(condition.First!, counts),
            _ => condition,
        };
    }

    private Expr Next() => Expr.Variable(VariableKind.Discrete, LoweredModel.DrawName(Count++));
}
