using System.Runtime.CompilerServices;

namespace HybridControl.Symbolics;

/// <summary>Equality of expression and condition graphs without recursion, so that no depth exhausts the stack.</summary>
/// <remarks>Each pair of nodes is compared once, so shared subexpressions cost no more than they do in memory.</remarks>
internal static class StructuralEquality
{
    private const int StepsWithoutMemory = 64;

    /// <summary>Whether two nodes, each an <see cref="Expr"/> or a <see cref="Condition"/>, have the same structure.</summary>
    public static bool AreEqual(object a, object b)
    {
        if (ReferenceEquals(a, b))
        {
            return true;
        }

        if (!LooksEqual(a, b))
        {
            return false;
        }

        if (a is Expr { Operands.Length: 0 })
        {
            return true;
        }

        var pending = new Stack<(object A, object B)>();
        HashSet<(object A, object B)>? seen = null;
        pending.Push((a, b));
        for (int steps = 0; pending.TryPop(out (object A, object B) pair); steps++)
        {
            if (steps > StepsWithoutMemory && !(seen ??= new(new PairComparer())).Add(pair))
            {
                continue;
            }

            if (!PushParts(pair.A, pair.B, pending))
            {
                return false;
            }
        }

        return true;
    }

    private static bool PushParts(object a, object b, Stack<(object A, object B)> pending)
    {
        if (a is Expr left && b is Expr right)
        {
            for (int i = 0; i < left.Operands.Length; i++)
            {
                if (!Push(left.Operands[i], right.Operands[i], pending))
                {
                    return false;
                }
            }

            return Push(left.Condition, right.Condition, pending);
        }

        var (first, second) = ((Condition)a, (Condition)b);
        return Push(first.Left, second.Left, pending) && Push(first.Right, second.Right, pending) &&
            Push(first.First, second.First, pending) && Push(first.Second, second.Second, pending);
    }

    private static bool Push(object? a, object? b, Stack<(object A, object B)> pending)
    {
        if (ReferenceEquals(a, b))
        {
            return true;
        }

        if (a is null || b is null || !LooksEqual(a, b))
        {
            return false;
        }

        if (a is not Expr { Operands.Length: 0 })
        {
            pending.Push((a, b));
        }

        return true;
    }

    // Everything but the parts.
    private static bool LooksEqual(object a, object b) => (a, b) switch
    {
        (Expr x, Expr y) => x.GetHashCode() == y.GetHashCode() && x.Operation == y.Operation && x.Kind == y.Kind &&
            x.Name == y.Name && x.Value.Equals(y.Value) && x.Operands.Length == y.Operands.Length &&
            Equals(x.Table, y.Table) && x.Coefficients.AsSpan().SequenceEqual(y.Coefficients.AsSpan()),
        (Condition x, Condition y) => x.GetHashCode() == y.GetHashCode() && x.Kind == y.Kind && x.Holds == y.Holds &&
            x.Relation == y.Relation,
        _ => false,
    };

    private sealed class PairComparer : IEqualityComparer<(object A, object B)>
    {
        public bool Equals((object A, object B) x, (object A, object B) y) =>
            ReferenceEquals(x.A, y.A) && ReferenceEquals(x.B, y.B);

        public int GetHashCode((object A, object B) pair) =>
            HashCode.Combine(RuntimeHelpers.GetHashCode(pair.A), RuntimeHelpers.GetHashCode(pair.B));
    }
}
