using HybridControl.Numerics;

namespace HybridControl.Symbolics;

/// <summary>A program as expressions again, over states and data slots that are named by their numbers.</summary>
/// <remarks>What can be done to expressions can so be done to anything that was compiled, wherever it came from.</remarks>
internal sealed class RaisedProgram
{
    private readonly Expr[] _nodes;

    public RaisedProgram(ExprProgram program, int states)
    {
        ReadOnlySpan<GraphNode> instructions = program.Instructions;
        int data = 0;
        foreach (GraphNode node in instructions)
        {
            data = node.Op == OpCode.Data ? Math.Max(data, node.A + 1) : data;
        }

        Expr[] variables = Variables(VariableKind.State, states);
        Expr[] slots = Variables(VariableKind.Parameter, data);
        States = variables;
        _nodes = new Expr[instructions.Length];
        for (int i = 0; i < _nodes.Length; i++)
        {
            GraphNode node = instructions[i];
            _nodes[i] = node.Op switch
            {
                OpCode.Constant => Expr.Constant(node.Value),
                OpCode.Time => Expr.Time,
                OpCode.State => variables[node.A],
                OpCode.Data => slots[node.A],
                OpCode.Lookup => Expr.Lookup((LookupCurve)program.Tables[node.B], _nodes[node.A]),
                OpCode.LookupSlope => Expr.LookupSlope((LookupCurve)program.Tables[node.B], _nodes[node.A]),
                OpCode.Surface => Expr.Lookup((LookupSurface)program.Tables[node.C], _nodes[node.A], _nodes[node.B]),
                OpCode.Select => Expr.Select(_nodes[node.A] >= 0.0, _nodes[node.B], _nodes[node.C]),
                OpCode.Square => Expr.Square(_nodes[node.A]),
                _ => Expr.Node(
                    node.Op.ToOperation(),
                    node.OperandCount == 1 ? [_nodes[node.A]] : [_nodes[node.A], _nodes[node.B]]),
            };
        }

        Expr[] outputs = new Expr[program.OutputCount];
        for (int i = 0; i < outputs.Length; i++)
        {
            outputs[i] = _nodes[program.Outputs[i]];
        }

        Outputs = outputs;
    }

    /// <summary>Where the variables live: the same numbers as in the program.</summary>
    public SlotMap Slots { get; } = new();

    /// <summary>The states.</summary>
    public IReadOnlyList<Expr> States { get; }

    /// <summary>The outputs of the program.</summary>
    public IReadOnlyList<Expr> Outputs { get; }

    private Expr[] Variables(VariableKind kind, int count)
    {
        var variables = new Expr[count];
        for (int i = 0; i < count; i++)
        {
            string name = FormattableString.Invariant($"{(kind == VariableKind.State ? 'x' : 'd')}{i}");
            Slots.Add(kind, name);
            variables[i] = Expr.Variable(kind, name);
        }

        return variables;
    }
}
