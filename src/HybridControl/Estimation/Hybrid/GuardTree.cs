using HybridControl.Symbolics;

namespace HybridControl.Estimation;

/// <summary>A guard function taken apart at its min and max: smooth leaves, one of which is in force at a point.</summary>
/// <remarks>
/// And is min, or is max, not is a change of sign (semantics, section 2). Which leaf is in force may be asked by the values
/// of the leaves, as at a located event, or by their distances in standard deviations, as of a belief. Immutable.
/// </remarks>
internal sealed class GuardTree
{
    private const int MinimumOf = -1;
    private const int MaximumOf = -2;

    private readonly int[] _program;

    /// <summary>Takes a guard function apart.</summary>
    public GuardTree(Expr guard)
    {
        var leaves = new List<Expr>();
        var program = new List<int>();
        Split(guard, positive: true, leaves, program);
        Leaves = [.. leaves];
        _program = [.. program];
    }

    /// <summary>The leaves.</summary>
    public Expr[] Leaves { get; }

    /// <summary>The number of the leaf in force.</summary>
    /// <param name="scores">One number for each leaf, to compare.</param>
    public int Choose(ReadOnlySpan<double> scores)
    {
        Span<int> stack = stackalloc int[_program.Length];
        int top = 0;
        foreach (int step in _program)
        {
            if (step >= 0)
            {
                stack[top++] = step;
                continue;
            }

            int b = stack[--top];
            int a = stack[top - 1];
            bool first = step == MinimumOf ? !(scores[b] < scores[a]) : !(scores[b] > scores[a]);
            stack[top - 1] = first ? a : b;
        }

        return stack[0];
    }

    private static void Split(Expr e, bool positive, List<Expr> leaves, List<int> program)
    {
        switch (e.Operation)
        {
            case Operation.Alias:
                Split(e.Operands[0], positive, leaves, program);
                break;
            case Operation.Negate:
                Split(e.Operands[0], !positive, leaves, program);
                break;
            case Operation.Min or Operation.Max:
                Split(e.Operands[0], positive, leaves, program);
                Split(e.Operands[1], positive, leaves, program);
                program.Add(e.Operation == Operation.Min == positive ? MinimumOf : MaximumOf);
                break;
            default:
                program.Add(leaves.Count);
                leaves.Add(positive ? e : -e);
                break;
        }
    }
}
