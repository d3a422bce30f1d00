using System.Reflection.Emit;
using System.Runtime.Intrinsics.X86;

namespace HybridControl.Symbolics.Emission;

/// <summary>The one walk over an expression graph that every emitter shares.</summary>
/// <remarks>
/// A node used once is emitted where it is used; a node used more often goes through a local variable, computed once.
/// A long chain is cut by locals too, so that neither this walk nor the compiler behind it recurses deeply.
/// </remarks>
public sealed class GraphWriter
{
    private const int LongestInline = 24;
    private static readonly bool CanFuse = Fma.IsSupported; // asked once: code compiled ahead of time leaves out what asks

    private readonly GraphNode[] _nodes;
    private readonly EmitTarget _target;
    private readonly bool[] _named;
    private readonly bool[] _varies;
    private readonly bool _fuses;
    private readonly Dictionary<int, LocalBuilder> _values = [];
    private readonly Stack<LocalBuilder> _free = [];

    /// <summary>Prepares to emit a program.</summary>
    /// <param name="program">The nodes and outputs.</param>
    /// <param name="target">How leaves and operations are spelled.</param>
    /// <param name="fuses">
    /// Whether a product that only one sum needs is computed with it, in one rounding, where the processor can; doubles only.
    /// </param>
    public GraphWriter(ExprProgram program, EmitTarget target, bool fuses = false)
    {
        ArgumentNullException.ThrowIfNull(program);
        ArgumentNullException.ThrowIfNull(target);
        _fuses = fuses && CanFuse && target.Number == typeof(double);
        _nodes = program.Instructions.ToArray();
        _target = target;
        _named = new bool[_nodes.Length];
        _varies = new bool[_nodes.Length];
        int[] uses = new int[_nodes.Length];
        int[] depth = new int[_nodes.Length];
        foreach (int output in program.Outputs)
        {
            uses[output]++;
        }

        for (int i = 0; i < _nodes.Length; i++)
        {
            foreach (int operand in OperandsOf(_nodes[i]))
            {
                uses[operand]++;
            }
        }

        for (int i = 0; i < _nodes.Length; i++)
        {
            GraphNode node = _nodes[i];
            _varies[i] = node.Op is OpCode.Time or OpCode.State;
            foreach (int operand in OperandsOf(node))
            {
                _varies[i] |= _varies[operand];
                depth[i] = Math.Max(depth[i], depth[operand] + 1);
            }

            _named[i] = node.Op != OpCode.Constant && (uses[i] > 1 || depth[i] > LongestInline);
            depth[i] = _named[i] ? 0 : depth[i];
        }
    }

    /// <summary>Emits code that leaves the value of <paramref name="node"/> on the stack.</summary>
    public void Push(int node)
    {
        Prepare(node);
        PushKnown(node);
    }

    /// <summary>Computes square roots and quotients that do not depend on each other four at a time, where there are enough of them.</summary>
    /// <remarks>
    /// A processor divides four pairs of numbers in little more time than one, and it is what a right-hand side with many of
    /// them waits for. Each result is the same as alone. For programs on doubles.
    /// </remarks>
    public void PushQuartets()
    {
        foreach (int[] quartet in Quartets.Of(_nodes, node => !_values.ContainsKey(node)))
        {
            foreach (int operand in quartet.SelectMany(node => OperandsOf(_nodes[node])))
            {
                Prepare(operand);
            }

            LocalBuilder four = Quartets.Emit(_target.IL, _nodes, quartet, PushKnown);
            for (int lane = 0; lane < quartet.Length; lane++)
            {
                LocalBuilder local = NewLocal();
                Quartets.PushLane(_target.IL, four, lane);
                _target.IL.Emit(OpCodes.Stloc, local);
                _values.Add(quartet[lane], local);
            }
        }
    }

    /// <summary>Computes every node below, and itself, that goes through a local variable.</summary>
    private void Prepare(int node)
    {
        foreach (int needed in NamedNodesBelow(node))
        {
            LocalBuilder local = NewLocal();
            PushNew(needed);
            _target.IL.Emit(OpCodes.Stloc, local);
            _values.Add(needed, local);
        }
    }

    private LocalBuilder NewLocal() => _free.Count > 0 ? _free.Pop() : _target.IL.DeclareLocal(_target.Number);

    /// <summary>Computes every node that does not depend on time or state, so that later code only reads it.</summary>
    public void PushInvariants()
    {
        for (int i = 0; i < _nodes.Length; i++)
        {
            if (!_varies[i] && _nodes[i].Op != OpCode.Constant && UsedByVarying(i) && !_values.ContainsKey(i))
            {
                _named[i] = true;
                Push(i);
                _target.IL.Emit(OpCodes.Pop);
            }
        }
    }

    /// <summary>Forgets what depends on time and state: the next values belong to another point.</summary>
    public void Forget()
    {
        foreach (int node in _values.Keys.Where(node => _varies[node]).ToArray())
        {
            _free.Push(_values[node]);
            _values.Remove(node);
        }
    }

    internal static IEnumerable<int> OperandsOf(GraphNode node)
    {
        int count = node.OperandCount;
        if (count > 0)
        {
            yield return node.A;
        }

        if (count > 1)
        {
            yield return node.B;
        }

        if (count > 2)
        {
            yield return node.C;
        }
    }

    private bool UsedByVarying(int node)
    {
        for (int i = node + 1; i < _nodes.Length; i++)
        {
            if (_varies[i] && OperandsOf(_nodes[i]).Contains(node))
            {
                return true;
            }
        }

        return false;
    }

    private List<int> NamedNodesBelow(int root)
    {
        var found = new SortedSet<int>();
        var seen = new HashSet<int>();
        var pending = new Stack<int>();
        pending.Push(root);
        while (pending.TryPop(out int node))
        {
            if (_values.ContainsKey(node) || !seen.Add(node))
            {
                continue;
            }

            if (_named[node])
            {
                found.Add(node);
            }

            foreach (int operand in OperandsOf(_nodes[node]))
            {
                pending.Push(operand);
            }
        }

        return [.. found];
    }

    private void PushKnown(int node)
    {
        if (_values.TryGetValue(node, out LocalBuilder? local))
        {
            _target.IL.Emit(OpCodes.Ldloc, local);
        }
        else
        {
            PushNew(node);
        }
    }

    private void PushNew(int index)
    {
        GraphNode node = _nodes[index];
        switch (node.Op)
        {
            case OpCode.Constant:
                _target.LoadConstant(node.Value);
                break;
            case OpCode.Time:
                _target.LoadTime();
                break;
            case OpCode.State:
                _target.LoadState(node.A);
                break;
            case OpCode.Data:
                _target.LoadData(node.A);
                break;
            case OpCode.Lookup or OpCode.LookupSlope:
                _target.LoadTable(node.B);
                PushKnown(node.A);
                _target.ApplyTable(node.Op);
                break;
            case OpCode.Surface:
                _target.LoadTable(node.C);
                PushKnown(node.A);
                PushKnown(node.B);
                _target.ApplyTable(node.Op);
                break;
            case OpCode.Add when IsProduct(node.A):
                PushFused(node.A, node.B, false, false);
                break;
            case OpCode.Add when IsProduct(node.B):
                PushFused(node.B, node.A, false, false);
                break;
            case OpCode.Subtract when IsProduct(node.B):
                PushFused(node.B, node.A, true, false);
                break;
            case OpCode.Subtract when IsProduct(node.A):
                PushFused(node.A, node.B, false, true);
                break;
            default:
                foreach (int operand in OperandsOf(node))
                {
                    PushKnown(operand);
                }

                _target.Apply(node.Op, index);
                break;
        }
    }

    // A product that nothing else waits for.
    private bool IsProduct(int node) =>
        _fuses && _nodes[node].Op == OpCode.Multiply && !_named[node] && !_values.ContainsKey(node);

    private void PushFused(int product, int other, bool negateProduct, bool negateOther)
    {
        PushKnown(_nodes[product].A);
        if (negateProduct)
        {
            _target.IL.Emit(OpCodes.Neg);
        }

        PushKnown(_nodes[product].B);
        PushKnown(other);
        if (negateOther)
        {
            _target.IL.Emit(OpCodes.Neg);
        }

        _target.IL.Emit(OpCodes.Call, typeof(Math).GetMethod(nameof(Math.FusedMultiplyAdd))!);
    }
}
