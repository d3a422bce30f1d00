using System.Reflection.Emit;
using HybridControl.Symbolics;
using OpCode = HybridControl.Symbolics.OpCode;

namespace HybridControl.Ensembles.Lanes;

/// <summary>The walk over a <see cref="LaneGraph"/>: every named node once for each vector in flight, the vectors in turn.</summary>
/// <remarks>
/// Each vector alone is a chain of dependent operations; the processor overlaps the runs of both. Local variables are given back after their last use only where there would be more of them
/// than the JIT compiler keeps in registers at all (it follows 1024).
/// </remarks>
internal sealed class LaneWriter
{
    private const int MostLocals = 700;
    private const int Run = 32;

    private readonly ILGenerator _il;
    private readonly LaneTarget _target;
    private readonly LaneGraph _graph;
    private readonly IReadOnlyDictionary<int, LocalBuilder[]> _registers;
    private readonly LocalBuilder[]?[] _values;
    private readonly int[] _lastUser;
    private readonly Stack<LocalBuilder[]> _free = [];
    private readonly bool _share;

    /// <summary>Prepares a walk.</summary>
    /// <param name="target">How operations are spelled.</param>
    /// <param name="graph">The nodes.</param>
    /// <param name="registers">The local variables of each register that is read, one for each vector in flight.</param>
    public LaneWriter(LaneTarget target, LaneGraph graph, IReadOnlyDictionary<int, LocalBuilder[]> registers)
    {
        (_il, _target, _graph, _registers) = (target.IL, target, graph, registers);
        _values = new LocalBuilder[graph.Nodes.Length][];
        _lastUser = LastUsers(graph);
        _share = graph.Named.Count(named => named) * target.Parts > MostLocals;
    }

    /// <summary>Computes the named nodes that never change in a loop.</summary>
    public void WriteInvariants() => Write(invariant: true, i => _graph.IsInvariant(i));

    /// <summary>Computes the named nodes of one pass.</summary>
    /// <param name="withLate">Whether to compute those too that count only when the loop is left.</param>
    public void WritePass(bool withLate = true) =>
        Write(invariant: false, i => !_graph.IsInvariant(i) && (withLate || !_graph.IsLate(i)));

    /// <summary>Computes the named nodes of the last pass that count only when the loop is left.</summary>
    public void WriteLate() => Write(invariant: false, _graph.IsLate);

    /// <summary>Forgets the values of a pass: the next code computes them anew.</summary>
    public void Forget()
    {
        for (int i = 0; i < _values.Length; i++)
        {
            if (!_graph.IsInvariant(i) && _values[i] is { } locals)
            {
                if (!_free.Contains(locals))
                {
                    _free.Push(locals);
                }

                _values[i] = null;
            }
        }
    }

    /// <summary>Pushes the value of a node that is named, a register or a constant.</summary>
    public void Push(int index, int part)
    {
        LaneNode node = _graph.Nodes[index];
        if (node.Op == OpCode.Constant)
        {
            _target.LoadConstant(node.Value);
        }
        else if (node.Op == OpCode.Data)
        {
            _il.Emit(OpCodes.Ldloc, _registers[node.A][part]);
        }
        else if (_values[index] is { } locals)
        {
            _il.Emit(OpCodes.Ldloc, locals[part]);
        }
        else
        {
            PushNew(node, part);
        }
    }

    private static int[] LastUsers(LaneGraph graph)
    {
        // An unnamed node is computed where its one user is, so a use there counts for that user's place.
        int[] place = new int[graph.Nodes.Length];
        int[] last = new int[graph.Nodes.Length];
        foreach (int output in graph.Outputs)
        {
            last[output] = int.MaxValue;
        }

        for (int i = graph.Nodes.Length - 1; i >= 0; i--)
        {
            LaneNode node = graph.Nodes[i];
            place[i] = graph.Named[i] ? i : place[i];
            for (int k = 0; k < node.OperandCount && graph.IsUsed(i); k++)
            {
                int operand = node.Operand(k);
                place[operand] = place[i];
                last[operand] = Math.Max(last[operand], graph.IsInvariant(operand) ? int.MaxValue : place[i]);
            }
        }

        return last;
    }

    // Vectors take turns after a run of nodes: long enough to keep the live values of one vector in registers, short
    // enough for the processor to overlap the runs of both.
    private void Write(bool invariant, Func<int, bool> isWanted)
    {
        int[] nodes = [.. Enumerable.Range(0, _values.Length).Where(i => _graph.Named[i] && isWanted(i))];
        foreach (int[] run in nodes.Chunk(Run))
        {
            foreach (int node in run)
            {
                _values[node] = _free.Count > 0 ? _free.Pop() : Declare();
            }

            for (int part = 0; part < _target.Parts; part++)
            {
                foreach (int node in run)
                {
                    PushNew(_graph.Nodes[node], part);
                    _il.Emit(OpCodes.Stloc, _values[node]![part]);
                }
            }

            foreach (int node in run)
            {
                if (_share && !invariant)
                {
                    Release(node);
                }
            }
        }
    }

    private void Release(int user)
    {
        var pending = new Stack<int>([user]);
        while (pending.TryPop(out int index))
        {
            LaneNode node = _graph.Nodes[index];
            for (int k = 0; k < node.OperandCount; k++)
            {
                int operand = node.Operand(k);
                if (!_graph.Named[operand])
                {
                    pending.Push(operand);
                }
                else if (_lastUser[operand] == user && _values[operand] is { } locals)
                {
                    _free.Push(locals);
                    _values[operand] = null;
                }
            }
        }
    }

    private LocalBuilder[] Declare()
    {
        var locals = new LocalBuilder[_target.Parts];
        for (int part = 0; part < locals.Length; part++)
        {
            locals[part] = _il.DeclareLocal(_target.Number);
        }

        return locals;
    }

    private void PushNew(LaneNode node, int part)
    {
        if (node.Contraction != Contraction.None)
        {
            Push(node.A, part);
            _target.BeginContracted(node.Contraction);
            Push(node.B, part);
            Push(node.C, part);
            _target.EndContracted(node.Contraction);
            return;
        }

        switch (node.Op)
        {
            case OpCode.Lookup or OpCode.LookupSlope:
                _target.LoadTable(node.B);
                Push(node.A, part);
                _target.ApplyTable(node.Op);
                break;
            case OpCode.Surface:
                _target.LoadTable(node.C);
                Push(node.A, part);
                Push(node.B, part);
                _target.ApplyTable(node.Op);
                break;
            case OpCode.Select:
                Push(node.A, part);
                _target.BeginSelect();
                Push(node.B, part);
                Push(node.C, part);
                _target.EndSelect();
                break;
            default:
                for (int k = 0; k < node.OperandCount; k++)
                {
                    Push(node.Operand(k), part);
                }

                _target.Apply(node.Op);
                break;
        }
    }
}
