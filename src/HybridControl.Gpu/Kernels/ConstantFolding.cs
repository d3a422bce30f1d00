using HybridControl.Numerics;
using HybridControl.Symbolics;

namespace HybridControl.Gpu.Kernels;

/// <summary>A program in which arithmetic on constants is done.</summary>
/// <remarks>Registers that never change are constants only here, and a constant that lies in memory is none to the kernel compiler.</remarks>
internal static class ConstantFolding
{
    /// <summary>Folds a program.</summary>
    /// <param name="program">The program; it has no tables.</param>
    /// <param name="constantOf">What a register holds that never changes; null for one that does.</param>
    /// <param name="computes">Whether arithmetic on constants is done; without it only registers become constants.</param>
    public static ExprProgram Of(ExprProgram program, Func<int, double?> constantOf, bool computes)
    {
        var graph = new ExprGraph(new SlotMap());
        ReadOnlySpan<GraphNode> nodes = program.Instructions;
        int[] moved = new int[nodes.Length];
        for (int i = 0; i < nodes.Length; i++)
        {
            GraphNode node = nodes[i];
            int count = node.OperandCount;
            if (count == 0)
            {
                moved[i] = node.Op == OpCode.Data && constantOf(node.A) is { } value ? graph.Constant(value) : graph.Intern(node);
                continue;
            }

            node = node with
            {
                A = moved[node.A],
                B = count > 1 ? moved[node.B] : node.B,
                C = count > 2 ? moved[node.C] : node.C,
            };
            moved[i] = computes && IsArithmetic(node.Op) && IsConstant(node.A) && (count < 2 || IsConstant(node.B))
                ? graph.Constant(NodeEvaluator.Evaluate(node.Op, ValueOf(node.A), count > 1 ? ValueOf(node.B) : default, default, null).Value)
                : graph.Intern(node);
        }

        int[] outputs = program.Outputs.ToArray();
        return new(graph, Array.ConvertAll(outputs, output => moved[output]));

        bool IsConstant(int node) => graph.Nodes[node].Op == OpCode.Constant;

        Real64 ValueOf(int node) => new(graph.Nodes[node].Value);
    }

    private static bool IsArithmetic(OpCode op) =>
        op is OpCode.Negate or OpCode.Add or OpCode.Subtract or OpCode.Multiply or OpCode.Divide or OpCode.Square;
}
