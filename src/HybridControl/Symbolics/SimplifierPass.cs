using System.Collections.Immutable;

namespace HybridControl.Symbolics;

/// <summary>A simplification with memory: expressions that share nodes share the work and the result.</summary>
internal sealed class SimplifierPass
{
    private readonly Dictionary<object, object> _done = new(ReferenceEqualityComparer.Instance);
    private readonly bool _keepAliases;

    public SimplifierPass(bool keepAliases) => _keepAliases = keepAliases;

    public Expr Simplify(Expr expression) => (Expr)Run(expression);

    public Condition Simplify(Condition condition) => (Condition)Run(condition);

    private object Run(object root)
    {
        PostOrder.Visit(root, _done.ContainsKey, node => _done[node] = node is Expr e ? Rebuild(e) : Rebuild((Condition)node));
        return _done[root];
    }

    private Expr Rebuild(Expr e)
    {
        if (e.Operation == Operation.Alias && !_keepAliases)
        {
            return (Expr)_done[e.Operands[0]];
        }

        bool changed = false;
        ImmutableArray<Expr>.Builder operands = ImmutableArray.CreateBuilder<Expr>(e.Operands.Length);
        foreach (Expr operand in e.Operands)
        {
            var simple = (Expr)_done[operand];
            operands.Add(simple);
            changed |= !ReferenceEquals(simple, operand);
        }

        Condition? condition = e.Condition is null ? null : (Condition)_done[e.Condition];
        changed |= !ReferenceEquals(condition, e.Condition);
        return SimplificationRules.Apply(changed ? e.With(operands.ToArray(), condition) : e);
    }

    private Condition Rebuild(Condition c)
    {
        switch (c.Kind)
        {
            case ConditionKind.Comparison:
                return SimplificationRules.Compare(c, (Expr)_done[c.Left!], (Expr)_done[c.Right!]);
            case ConditionKind.Crosses:
                var inner = (Expr)_done[c.Left!];
                return ReferenceEquals(inner, c.Left) ? c : Condition.Crosses(inner);
            case ConditionKind.And:
            case ConditionKind.Or:
                return SimplificationRules.Join(c, (Condition)_done[c.First!], (Condition)_done[c.Second!]);
            case ConditionKind.Not:
                return SimplificationRules.Not(c, (Condition)_done[c.First!]);
            default:
                return c;
        }
    }
}
