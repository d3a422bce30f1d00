using HybridControl.Numerics;
using HybridControl.Symbolics;

namespace HybridControl.Simulation;

/// <summary>A guard that is affine in time and states: c0 + ct t + sum of ci xi, with coefficients that depend on data only.</summary>
/// <remarks>
/// The coefficients are evaluated on balls whenever data change, so their rounding is known; equal states cancel
/// exactly, whatever the formula looks like.
/// </remarks>
internal sealed class AffineForm
{
    private const int ConstantTerm = -1;
    private const int TimeTerm = -2;

    private readonly int[] _states;
    private readonly Ball[]? _constants;

    private AffineForm(ExprProgram coefficients, int[] states)
    {
        Coefficients = coefficients;
        _states = states;
        foreach (GraphNode node in coefficients.Instructions)
        {
            if (node.Op == OpCode.Data)
            {
                return;
            }
        }

        _constants = new Ball[coefficients.OutputCount];
        coefficients.Evaluate(default, [], [], new Ball[coefficients.RegisterCount], _constants.AsSpan());
    }

    /// <summary>Outputs c0, ct, and ci for each of <see cref="States"/>.</summary>
    public ExprProgram Coefficients { get; }

    /// <summary>The states with a coefficient.</summary>
    public ReadOnlySpan<int> States => _states;

    /// <summary>The affine form of a node; null where it is not affine, or depends on data only and may not.</summary>
    /// <remarks>Adds nodes for the coefficients to the graph. Linear in the size of the graph times the number of states.</remarks>
    public static AffineForm? TryExtract(ExprGraph graph, int node, bool mayRest = false)
    {
        int count = node + 1;
        var forms = new Dictionary<int, int>?[count];
        bool[] needed = Needed(graph, node);
        for (int i = 0; i < count; i++)
        {
            forms[i] = needed[i] ? FormOf(graph, i, forms) : null;
        }

        Dictionary<int, int>? form = forms[node];
        if (form is null || (!mayRest && form.Keys.All(key => key == ConstantTerm)))
        {
            return null;
        }

        int[] states = [.. form.Keys.Where(key => key >= 0).Order()];
        int zero = graph.Constant(0.0);
        int[] outputs =
        [
            form.GetValueOrDefault(ConstantTerm, zero),
            form.GetValueOrDefault(TimeTerm, zero),
            .. states.Select(state => form[state]),
        ];
        return new(new ExprProgram(graph, outputs), states);
    }

    /// <summary>Evaluates c0, ct, c1, ... on balls.</summary>
    public void Evaluate(ReadOnlySpan<double> data, Span<Ball> registers, Span<Ball> coefficients)
    {
        if (_constants is not null)
        {
            _constants.CopyTo(coefficients);
        }
        else
        {
            Coefficients.Evaluate(default, [], data, registers, coefficients);
        }
    }

    private static bool[] Needed(ExprGraph graph, int node)
    {
        bool[] needed = new bool[node + 1];
        needed[node] = true;
        for (int i = node; i >= 0; i--)
        {
            if (!needed[i])
            {
                continue;
            }

            GraphNode current = graph.Nodes[i];
            int operands = current.OperandCount;
            if (operands > 0)
            {
                needed[current.A] = true;
            }

            if (operands > 1)
            {
                needed[current.B] = true;
            }

            if (operands > 2)
            {
                needed[current.C] = true;
            }
        }

        return needed;
    }

    private static Dictionary<int, int>? FormOf(ExprGraph graph, int index, Dictionary<int, int>?[] forms)
    {
        GraphNode node = graph.Nodes[index];
        switch (node.Op)
        {
            case OpCode.Constant:
            case OpCode.Data:
                return new() { [ConstantTerm] = index };
            case OpCode.Time:
                return new() { [TimeTerm] = graph.Constant(1.0) };
            case OpCode.State:
                return new() { [node.A] = graph.Constant(1.0) };
            default:
                break;
        }

        Dictionary<int, int>? a = forms[node.A];
        Dictionary<int, int>? b = node.OperandCount > 1 ? forms[node.B] : null;
        Dictionary<int, int>? c = node.OperandCount > 2 ? forms[node.C] : null;
        if (IsData(a) && (node.OperandCount < 2 || IsData(b)) && (node.OperandCount < 3 || IsData(c)))
        {
            return new() { [ConstantTerm] = index };
        }

        return node.Op switch
        {
            OpCode.Negate when a is not null => Map(a, term => Negate(graph, term)),
            OpCode.Add when a is not null && b is not null => Combine(graph, OpCode.Add, a, b),
            OpCode.Subtract when a is not null && b is not null => Combine(graph, OpCode.Subtract, a, b),
            OpCode.Multiply when IsData(a) && b is not null => Map(b, term => Scale(graph, OpCode.Multiply, term, node.A)),
            OpCode.Multiply when IsData(b) && a is not null => Map(a, term => Scale(graph, OpCode.Multiply, term, node.B)),
            OpCode.Divide when IsData(b) && a is not null => Map(a, term => Scale(graph, OpCode.Divide, term, node.B)),
            _ => null,
        };
    }

    private static bool IsData(Dictionary<int, int>? form) => form is { Count: 1 } && form.ContainsKey(ConstantTerm);

    private static Dictionary<int, int> Map(Dictionary<int, int> form, Func<int, int> change) =>
        form.ToDictionary(term => term.Key, term => change(term.Value));

    private static Dictionary<int, int> Combine(
        ExprGraph graph, OpCode op, Dictionary<int, int> a, Dictionary<int, int> b)
    {
        var sum = new Dictionary<int, int>(a);
        foreach ((int key, int term) in b)
        {
            if (a.TryGetValue(key, out int other))
            {
                sum[key] = graph.Intern(new(op, other, term));
            }
            else
            {
                sum[key] = op == OpCode.Add ? term : Negate(graph, term);
            }
        }

        return sum;
    }

    private static int Negate(ExprGraph graph, int term) => graph.Nodes[term].Op == OpCode.Constant
        ? graph.Constant(-graph.Nodes[term].Value)
        : graph.Intern(new(OpCode.Negate, term));

    private static int Scale(ExprGraph graph, OpCode op, int term, int by)
    {
        bool one = graph.Nodes[term].Op == OpCode.Constant && graph.Nodes[term].Value == 1.0;
        return one && op == OpCode.Multiply ? by : graph.Intern(new(op, term, by));
    }
}
