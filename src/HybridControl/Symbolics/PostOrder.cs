namespace HybridControl.Symbolics;

/// <summary>Walks a graph of expressions and conditions, parts before wholes, without recursion.</summary>
internal static class PostOrder
{
    /// <summary>Calls <paramref name="visit"/> once for each node that is not done, after its parts.</summary>
    /// <param name="root">An <see cref="Expr"/> or a <see cref="Condition"/>.</param>
    /// <param name="isDone">Whether a node needs no visit (nor its parts for its sake).</param>
    /// <param name="visit">Handles a node; both kinds of node come by.</param>
    public static void Visit(object root, Func<object, bool> isDone, Action<object> visit)
    {
        var pending = new Stack<(object Node, bool PartsDone)>();
        var visited = new HashSet<object>(ReferenceEqualityComparer.Instance);
        pending.Push((root, false));
        while (pending.TryPop(out (object Node, bool PartsDone) item))
        {
            if (item.PartsDone)
            {
                visit(item.Node);
                continue;
            }

            if (isDone(item.Node) || !visited.Add(item.Node))
            {
                continue;
            }

            pending.Push((item.Node, true));
            PushParts(item.Node, pending);
        }
    }

    private static void PushParts(object node, Stack<(object Node, bool PartsDone)> pending)
    {
        if (node is Expr expression)
        {
            Push(expression.Condition, pending);
            for (int i = expression.Operands.Length - 1; i >= 0; i--)
            {
                Push(expression.Operands[i], pending);
            }

            return;
        }

        var condition = (Condition)node;
        Push(condition.Second, pending);
        Push(condition.First, pending);
        Push(condition.Right, pending);
        Push(condition.Left, pending);
    }

    private static void Push(object? part, Stack<(object Node, bool PartsDone)> pending)
    {
        if (part is not null)
        {
            pending.Push((part, false));
        }
    }
}
