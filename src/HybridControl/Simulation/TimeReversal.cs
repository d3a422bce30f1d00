using HybridControl.Symbolics;

namespace HybridControl.Simulation;

/// <summary>Replaces time by its negative in expressions and conditions; what is shared stays shared.</summary>
internal sealed class TimeReversal
{
    private readonly Dictionary<object, object> _done = new(ReferenceEqualityComparer.Instance);
    private readonly Expr _reversed = -Expr.Time;

    public Expr Rewrite(Expr expression) => (Expr)Run(expression);

    public Condition Rewrite(Condition condition) => (Condition)Run(condition);

    private object Run(object root)
    {
        PostOrder.Visit(root, _done.ContainsKey, node => _done[node] = node is Expr e ? Rebuild(e) : Rebuild((Condition)node));
        return _done[root];
    }

    private Expr Rebuild(Expr e)
    {
        if (e.Operation == Operation.Variable)
        {
            return e.Kind == VariableKind.Time ? _reversed : e;
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
