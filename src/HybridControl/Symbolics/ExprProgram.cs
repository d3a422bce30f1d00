using HybridControl.Numerics;

namespace HybridControl.Symbolics;

/// <summary>Expressions as flat register bytecode: the obvious evaluator, and the oracle that every fast one is tested against.</summary>
/// <remarks>
/// One instruction for each node that an output needs, one register for each instruction. Runs on any number type:
/// values, enclosures, jets. Immutable and thread-safe; an evaluation allocates nothing.
/// </remarks>
public sealed class ExprProgram
{
    private readonly GraphNode[] _instructions;
    private readonly int[] _outputs;
    private readonly LookupTable[] _tables;

    /// <summary>Compiles the nodes <paramref name="outputs"/> of <paramref name="graph"/>.</summary>
    public ExprProgram(ExprGraph graph, ReadOnlySpan<int> outputs)
    {
        (_instructions, _outputs) = Extract(graph, outputs);
        _tables = [.. graph.Tables];
    }

    /// <summary>The number of registers that an evaluation needs.</summary>
    public int RegisterCount => _instructions.Length;

    /// <summary>The number of values that an evaluation writes.</summary>
    public int OutputCount => _outputs.Length;

    /// <summary>The instructions: node i writes register i and reads registers below i.</summary>
    public ReadOnlySpan<GraphNode> Instructions => _instructions;

    /// <summary>The register of each output.</summary>
    public ReadOnlySpan<int> Outputs => _outputs;

    /// <summary>The tables that lookups refer to by number.</summary>
    public ReadOnlySpan<LookupTable> Tables => _tables;

    /// <summary>The slots of the data block that the expressions read, each once.</summary>
    public IEnumerable<int> DataSlots => _instructions.Where(node => node.Op == OpCode.Data).Select(node => node.A).Distinct();

    /// <summary>Compiles expressions in one call.</summary>
    public static ExprProgram Compile(SlotMap slots, params ReadOnlySpan<Expr> expressions)
    {
        var graph = new ExprGraph(slots);
        int[] outputs = new int[expressions.Length];
        for (int i = 0; i < outputs.Length; i++)
        {
            outputs[i] = graph.Add(expressions[i]);
        }

        return new ExprProgram(graph, outputs);
    }

    /// <summary>Evaluates every output.</summary>
    /// <param name="time">Time.</param>
    /// <param name="states">The n states.</param>
    /// <param name="data">The data block.</param>
    /// <param name="registers">Work space of <see cref="RegisterCount"/> numbers.</param>
    /// <param name="outputs">Receives <see cref="OutputCount"/> values.</param>
    public void Evaluate<T>(
        T time, ReadOnlySpan<T> states, ReadOnlySpan<double> data, Span<T> registers, Span<T> outputs)
        where T : struct, IReal<T>
    {
        GraphNode[] instructions = _instructions;
        for (int i = 0; i < instructions.Length; i++)
        {
            GraphNode node = instructions[i];
            registers[i] = node.Op switch
            {
                OpCode.Constant => T.Constant(node.Value),
                OpCode.Time => time,
                OpCode.State => states[node.A],
                OpCode.Data => T.Constant(data[node.A]),
                OpCode.Lookup or OpCode.LookupSlope =>
                    NodeEvaluator.Evaluate(node.Op, registers[node.A], default, default, _tables[node.B]),
                OpCode.Surface =>
                    NodeEvaluator.Evaluate(node.Op, registers[node.A], registers[node.B], default, _tables[node.C]),
                _ => NodeEvaluator.Evaluate(
                    node.Op,
                    registers[node.A],
                    node.OperandCount > 1 ? registers[node.B] : default,
                    node.OperandCount > 2 ? registers[node.C] : default,
                    null),
            };
        }

        for (int i = 0; i < _outputs.Length; i++)
        {
            outputs[i] = registers[_outputs[i]];
        }
    }

    /// <summary>Evaluates one output on doubles; allocates its registers, so not for a hot path.</summary>
    public double EvaluateScalar(double time, ReadOnlySpan<double> states, ReadOnlySpan<double> data)
    {
        Span<Real64> registers = new Real64[RegisterCount];
        Span<Real64> outputs = new Real64[OutputCount];
        ReadOnlySpan<Real64> x = System.Runtime.InteropServices.MemoryMarshal.Cast<double, Real64>(states);
        Evaluate(new Real64(time), x, data, registers, outputs);
        return outputs[0].Value;
    }

    private static (GraphNode[] Instructions, int[] Outputs) Extract(ExprGraph graph, ReadOnlySpan<int> outputs)
    {
        bool[] needed = new bool[graph.Nodes.Count];
        foreach (int output in outputs)
        {
            needed[output] = true;
        }

        for (int i = needed.Length - 1; i >= 0; i--)
        {
            GraphNode node = graph.Nodes[i];
            int count = needed[i] ? node.OperandCount : 0;
            if (count > 0)
            {
                needed[node.A] = true;
            }

            if (count > 1)
            {
                needed[node.B] = true;
            }

            if (count > 2)
            {
                needed[node.C] = true;
            }
        }

        int[] register = new int[needed.Length];
        var instructions = new List<GraphNode>();
        for (int i = 0; i < needed.Length; i++)
        {
            if (!needed[i])
            {
                continue;
            }

            GraphNode node = graph.Nodes[i];
            int count = node.OperandCount;
            register[i] = instructions.Count;
            instructions.Add(node with
            {
                A = count > 0 ? register[node.A] : node.A,
                B = count > 1 ? register[node.B] : node.B,
                C = count > 2 ? register[node.C] : node.C,
            });
        }

        int[] mapped = new int[outputs.Length];
        for (int i = 0; i < mapped.Length; i++)
        {
            mapped[i] = register[outputs[i]];
        }

        return ([.. instructions], mapped);
    }
}
