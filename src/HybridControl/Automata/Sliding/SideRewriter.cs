using HybridControl.Symbolics;

namespace HybridControl.Automata.Sliding;

/// <summary>Decides the choices of a flow for one side of their surfaces.</summary>
/// <remarks>A sign is the choice between 1 and -1. Named parts are written out, because they may hold choices.</remarks>
internal sealed class SideRewriter
{
    private readonly Func<Condition, bool?> _truth;
    private readonly Dictionary<object, object> _done = new(ReferenceEqualityComparer.Instance);

    /// <summary>Creates a rewriter.</summary>
    /// <param name="truth">Whether a comparison holds on the side; null to leave it.</param>
    public SideRewriter(Func<Condition, bool?> truth) => _truth = truth;

    /// <summary>The comparisons by which expressions choose, in order of appearance.</summary>
    public static List<Condition> ChoicesOf(IEnumerable<Expr> expressions)
    {
        var choices = new List<Condition>();
        var seen = new HashSet<object>(ReferenceEqualityComparer.Instance);
        foreach (Expr expression in expressions)
        {
            PostOrder.Visit(expression, seen.Contains, node =>
            {
                seen.Add(node);
                if (node is Condition { Kind: ConditionKind.Comparison } comparison)
                {
                    choices.Add(comparison);
                }
                else if (node is Expr { Operation: Operation.Sign } sign)
                {
                    choices.Add(sign.Operands[0] > 0.0);
                }
            });
        }

        return choices;
    }

    /// <summary>The expression on the side.</summary>
    public Expr Rewrite(Expr root)
    {
        PostOrder.Visit(root, _done.ContainsKey, node => _done[node] = node is Expr e ? Rebuild(e) : Rebuild((Condition)node));
        return (Expr)_done[root];
    }

    private Expr Rebuild(Expr e)
    {
        if (e.Operands.IsEmpty)
        {
            return e;
        }

        if (e.Operation == Operation.Sign && _truth(e.Operands[0] > 0.0) is { } positive)
        {
            return positive ? 1.0 : -1.0;
        }

        Expr[] operands = [.. e.Operands.Select(operand => (Expr)_done[operand])];
        Condition? condition = e.Condition is null ? null : (Condition)_done[e.Condition];
        return e.Operation == Operation.Alias ? operands[0] : SimplificationRules.Apply(e.With(operands, condition));
    }

    private Condition Rebuild(Condition c) => c.Kind switch
    {
        ConditionKind.Comparison when _truth(c) is { } holds => holds ? Condition.True : Condition.False,
        ConditionKind.Comparison => SimplificationRules.Compare(c, (Expr)_done[c.Left!], (Expr)_done[c.Right!]),
        ConditionKind.And or ConditionKind.Or => SimplificationRules.Join(c, (Condition)_done[c.First!], (Condition)_done[c.Second!]),
        ConditionKind.Not => SimplificationRules.Not(c, (Condition)_done[c.First!]),
        _ => c,
    };
}
