namespace HybridControl.Symbolics;

/// <summary>Replaces variables and named parts of expressions; what is shared stays shared, and nothing is simplified.</summary>
internal sealed class Replacement
{
    private readonly Func<Expr, Expr?> _replace;
    private readonly Dictionary<object, object> _done = new(ReferenceEqualityComparer.Instance);

    /// <summary>Creates a replacement.</summary>
    /// <param name="replace">What stands for a variable or an alias; null to keep it, an alias with its definition replaced.</param>
    public Replacement(Func<Expr, Expr?> replace) => _replace = replace;

    /// <summary>The expression with its variables replaced.</summary>
    public Expr Of(Expr expression) => (Expr)Run(expression);

    /// <summary>The condition with its variables replaced.</summary>
    public Condition Of(Condition condition) => (Condition)Run(condition);

    private object Run(object root)
    {
        PostOrder.Visit(root, _done.ContainsKey, node => _done[node] = node is Expr e ? Rebuild(e) : Rebuild((Condition)node));
        return _done[root];
    }

    private Expr Rebuild(Expr e)
    {
        if (e.Operation is Operation.Variable or Operation.Alias && _replace(e) is { } replaced)
        {
            return replaced;
        }

        return e.Operands.IsEmpty
            ? e
            : e.With([.. e.Operands.Select(operand => (Expr)_done[operand])], e.Condition is null ? null : (Condition)_done[e.Condition]);
    }

    private Condition Rebuild(Condition c) => c.Kind switch
    {
        ConditionKind.Comparison => Condition.Compare((Expr)_done[c.Left!], c.Relation, (Expr)_done[c.Right!]),
        ConditionKind.Crosses => Condition.Crosses((Expr)_done[c.Left!]),
        ConditionKind.And => (Condition)_done[c.First!] & (Condition)_done[c.Second!],
        ConditionKind.Or => (Condition)_done[c.First!] | (Condition)_done[c.Second!],
        ConditionKind.Not => !(Condition)_done[c.First!],
        _ => c,
    };
}
