using HybridControl.Ensembles.Machine;
using HybridControl.Symbolics;

namespace HybridControl.Ensembles.Lanes;

/// <summary>The nodes of a machine program as lanes compute them: with fused multiply-adds, and with names for what is kept.</summary>
/// <remarks>
/// <para>A product joins the sums that use it if all its uses are sums: fewer instructions and shorter chains, never more
/// work. Which products join depends on the program alone, so every width rounds the same.</para>
/// <para>A node is named (kept in a local variable) if it is used more than once, is an output, or ends a long chain;
/// the others are computed where they are used. In a repeated program, what depends on no assigned register is
/// computed before the loop.</para>
/// </remarks>
internal sealed class LaneGraph
{
    private const int LongestInline = 24;
    private const int LongestWithLate = 300;

    private readonly LaneNode[] _nodes;
    private readonly int[] _uses;
    private readonly int[] _depth;
    private readonly bool[] _invariant;
    private readonly bool[] _late;

    /// <summary>Prepares a program, with or without fused multiply-adds.</summary>
    /// <exception cref="NotSupportedException">The program reads time or states; a machine has registers only.</exception>
    public LaneGraph(MachineProgram program, bool contract)
    {
        Outputs = program.Code.Outputs.ToArray();
        Repeats = program.Repeats;
        ReadOnlySpan<GraphNode> code = program.Code.Instructions;
        _nodes = new LaneNode[code.Length];
        _uses = new int[code.Length];
        _depth = new int[code.Length];
        _invariant = new bool[code.Length];
        for (int i = 0; i < code.Length; i++)
        {
            if (code[i].Op is OpCode.Time or OpCode.State)
            {
                throw new NotSupportedException(
                    $"Program '{program.Name}' reads {(code[i].Op == OpCode.Time ? "time" : "a state")}, "
                    + "which a trajectory machine keeps in a register. Lower it to OpCode.Data.");
            }

            double value = code[i].Op == OpCode.Constant ? code[i].Value : 0.0;
            _nodes[i] = new LaneNode(code[i].Op, code[i].A, code[i].B, code[i].C, value, Contraction.None);
        }

        FindInvariants(program);
        if (contract)
        {
            Contract();
        }

        CountUses();
        _late = new bool[_nodes.Length];
        FindLate(program);
        Named = new bool[_nodes.Length];
        FindNames();
    }

    /// <summary>The nodes, operands before users; some are used by nothing.</summary>
    public ReadOnlySpan<LaneNode> Nodes => _nodes;

    /// <summary>The node of each output.</summary>
    public int[] Outputs { get; }

    /// <summary>Whether the program is a loop.</summary>
    public bool Repeats { get; }

    /// <summary>The nodes that are kept in local variables.</summary>
    public bool[] Named { get; }

    /// <summary>Whether a node has a user or is an output.</summary>
    public bool IsUsed(int node) => _uses[node] > 0;

    /// <summary>Whether a node is the same in every pass of the loop.</summary>
    public bool IsInvariant(int node) => _invariant[node];

    /// <summary>Whether a node serves only targets that the loop does not read: its value counts when the loop is left.</summary>
    public bool IsLate(int node) => _late[node];

    /// <summary>The registers that the program reads, in ascending order.</summary>
    public int[] Reads() =>
        [.. Enumerable.Range(0, _nodes.Length).Where(i => _nodes[i].Op == OpCode.Data && _uses[i] > 0)
            .Select(i => _nodes[i].A).Distinct().Order()];

    /// <summary>The operations of one pass, a measure of the size of the code.</summary>
    public int OperationCount() => Enumerable.Range(0, _nodes.Length).Count(i => _uses[i] > 0 && _nodes[i].OperandCount > 0);

    private void FindInvariants(MachineProgram program)
    {
        if (!program.Repeats)
        {
            return;
        }

        var assigned = program.Targets.ToHashSet();
        for (int i = 0; i < _nodes.Length; i++)
        {
            LaneNode node = _nodes[i];
            _invariant[i] = node.Op != OpCode.Data || !assigned.Contains(node.A);
            for (int k = 0; k < node.OperandCount; k++)
            {
                _invariant[i] &= _invariant[node.Operand(k)];
            }
        }
    }

    // Operands come before their users, so from the end on all users of a node are known. A node that reads a target must be
    // computed before the targets are assigned, and in a long program locals are reused: neither can be late.
    private void FindLate(MachineProgram program)
    {
        if (!program.Repeats || OperationCount() > LongestWithLate)
        {
            return;
        }

        var assigned = program.Targets.ToHashSet();
        var read = Reads().ToHashSet();
        bool[] isNeeded = new bool[_nodes.Length];
        for (int k = 0; k < Outputs.Length; k++)
        {
            isNeeded[Outputs[k]] |= k >= program.Targets.Length || read.Contains(program.Targets[k]);
        }

        for (int i = _nodes.Length - 1; i >= 0; i--)
        {
            LaneNode node = _nodes[i];
            bool late = _uses[i] > 0 && node.OperandCount > 0 && !isNeeded[i] && !_invariant[i];
            for (int k = 0; k < node.OperandCount && late; k++)
            {
                LaneNode operand = _nodes[node.Operand(k)];
                late = operand.Op != OpCode.Data || !assigned.Contains(operand.A);
            }

            _late[i] = late;
            for (int k = 0; k < node.OperandCount && !late; k++)
            {
                isNeeded[node.Operand(k)] = true;
            }
        }
    }

    private void Contract()
    {
        bool[] joins = new bool[_nodes.Length];
        for (int i = 0; i < _nodes.Length; i++)
        {
            joins[i] = _nodes[i].Op is OpCode.Multiply or OpCode.Square;
        }

        foreach (int output in Outputs)
        {
            joins[output] = false;
        }

        for (int i = 0; i < _nodes.Length; i++)
        {
            LaneNode node = _nodes[i];
            bool sum = node.Op is OpCode.Add or OpCode.Subtract;
            for (int k = 0; k < node.OperandCount; k++)
            {
                // A product that never changes is better kept than its two factors.
                int operand = node.Operand(k);
                joins[operand] &= sum && (!_invariant[operand] || _invariant[i]);
            }

            SetDepth(i);
        }

        for (int i = 0; i < _nodes.Length; i++)
        {
            if (_nodes[i].Op is OpCode.Add or OpCode.Subtract)
            {
                Join(i, joins);
            }

            SetDepth(i);
        }
    }

    // Of two products, the one that is ready later joins.
    private void Join(int index, bool[] joins)
    {
        LaneNode node = _nodes[index];
        bool first = joins[node.A] && (!joins[node.B] || _depth[node.A] > _depth[node.B]);
        if (!first && !joins[node.B])
        {
            return;
        }

        LaneNode product = _nodes[first ? node.A : node.B];
        int right = product.Op == OpCode.Square ? product.A : product.B;
        int rest = first ? node.B : node.A;
        Contraction contraction = node.Op == OpCode.Add ? Contraction.Sum
            : first ? Contraction.Difference : Contraction.Negated;
        _nodes[index] = node with { A = product.A, B = right, C = rest, Contraction = contraction };
    }

    private void SetDepth(int index)
    {
        LaneNode node = _nodes[index];
        _depth[index] = 0;
        for (int k = 0; k < node.OperandCount; k++)
        {
            _depth[index] = Math.Max(_depth[index], _depth[node.Operand(k)] + 1);
        }
    }

    private void CountUses()
    {
        foreach (int output in Outputs)
        {
            _uses[output]++;
        }

        for (int i = _nodes.Length - 1; i >= 0; i--)
        {
            for (int k = 0; k < _nodes[i].OperandCount && _uses[i] > 0; k++)
            {
                _uses[_nodes[i].Operand(k)]++;
            }
        }
    }

    private void FindNames()
    {
        foreach (int output in Outputs)
        {
            Named[output] = true;
        }

        bool[] feedsLoop = new bool[_nodes.Length];
        for (int i = 0; i < _nodes.Length; i++)
        {
            for (int k = 0; k < _nodes[i].OperandCount && !_invariant[i] && _uses[i] > 0; k++)
            {
                feedsLoop[_nodes[i].Operand(k)] = true;
            }

            for (int k = 0; k < _nodes[i].OperandCount && _late[i]; k++)
            {
                Named[_nodes[i].Operand(k)] |= !_late[_nodes[i].Operand(k)]; // its operands change before it is used
            }
        }

        int[] chain = new int[_nodes.Length];
        for (int i = 0; i < _nodes.Length; i++)
        {
            LaneNode node = _nodes[i];
            for (int k = 0; k < node.OperandCount; k++)
            {
                chain[i] = Math.Max(chain[i], chain[node.Operand(k)] + 1);
            }

            Named[i] |= _uses[i] > 1 || chain[i] > LongestInline || (_invariant[i] && feedsLoop[i]);
            Named[i] &= node.OperandCount > 0 && _uses[i] > 0;
            chain[i] = Named[i] ? 0 : chain[i];
        }
    }
}
