using HybridControl.Symbolics;

namespace HybridControl.Gpu.Kernels;

/// <summary>What can be said of the numbers of a program before it runs: which are truth values, and which are never NaN.</summary>
/// <remarks>
/// A comparison of doubles takes the time of an addition on a device, and the smaller of two numbers, NaN if either is, takes
/// three. A truth value is 1 or -1, so that bits do the same.
/// </remarks>
internal sealed class NodeFacts
{
    private readonly GraphNode[] _nodes;
    private readonly bool[] _truth;
    private readonly bool[] _number;

    /// <summary>Goes through a program.</summary>
    public NodeFacts(ExprProgram program)
    {
        _nodes = program.Instructions.ToArray();
        _truth = new bool[_nodes.Length];
        _number = new bool[_nodes.Length];
        for (int i = 0; i < _nodes.Length; i++)
        {
            GraphNode node = _nodes[i];
            _truth[i] = node.Op switch
            {
                OpCode.Constant => node.Value is 1.0 or -1.0,
                OpCode.Negate => _truth[node.A],
                OpCode.Min or OpCode.Max => _truth[node.A] && _truth[node.B],
                OpCode.Select => _truth[node.B] && _truth[node.C],
                _ => false,
            };
            _number[i] = _truth[i] || node.Op switch
            {
                OpCode.Constant => !double.IsNaN(node.Value),
                OpCode.Negate or OpCode.Abs => _number[node.A],
                OpCode.Min or OpCode.Max => _number[node.A] && _number[node.B],
                OpCode.Select => _number[node.B] && _number[node.C],
                _ => false,
            };
        }
    }

    /// <summary>The name of a function of <see cref="KernelMath"/> that gives the same at a node for less; null if there is none.</summary>
    public string? Shorter(int node)
    {
        (OpCode op, int a, int b) = (_nodes[node].Op, _nodes[node].A, _nodes[node].B);
        return op switch
        {
            OpCode.Select when _truth[a] => nameof(KernelMath.Choose),
            OpCode.Min when _truth[a] && _truth[b] => nameof(KernelMath.Both),
            OpCode.Max when _truth[a] && _truth[b] => nameof(KernelMath.Either),
            OpCode.Max when _nodes[a].Op == OpCode.Abs && _nodes[b].Op == OpCode.Abs => nameof(KernelMath.LargerSize),
            OpCode.Min when _number[b] => nameof(KernelMath.AtMost),
            OpCode.Min when _number[a] => nameof(KernelMath.MostOf),
            OpCode.Max when _number[b] => nameof(KernelMath.AtLeast),
            OpCode.Max when _number[a] => nameof(KernelMath.LeastOf),
            _ => null,
        };
    }
}
