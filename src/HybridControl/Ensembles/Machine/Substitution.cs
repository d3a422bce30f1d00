using HybridControl.Symbolics;

namespace HybridControl.Ensembles.Machine;

/// <summary>Replaces the variables of expressions; what is shared stays shared, and results are simplified.</summary>
internal sealed class Substitution
{
    private readonly Func<VariableKind, string, Expr?> _value;
    private readonly Dictionary<object, object> _done = new(ReferenceEqualityComparer.Instance);

    /// <summary>Creates a substitution.</summary>
    /// <param name="value">What stands for a variable; null to leave it.</param>
    public Substitution(Func<VariableKind, string, Expr?> value) => _value = value;

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
        if (e.Operation == Operation.Variable)
        {
            return _value(e.Kind, e.Name!) ?? e;
        }

        if (e.Operands.IsEmpty)
        {
            return e;
        }

        Expr[] operands = [.. e.Operands.Select(operand => (Expr)_done[operand])];
        Condition? condition = e.Condition is null ? null : (Condition)_done[e.Condition];
        return e.Operation == Operation.Alias ? operands[0] : SimplificationRules.Apply(e.With(operands, condition));
    }

    private Condition Rebuild(Condition c) => c.Kind switch
    {
        ConditionKind.Comparison => SimplificationRules.Compare(c, (Expr)_done[c.Left!], (Expr)_done[c.Right!]),
        ConditionKind.Crosses => Condition.Crosses((Expr)_done[c.Left!]),
        ConditionKind.And or ConditionKind.Or =>
            SimplificationRules.Join(c, (Condition)_done[c.First!], (Condition)_done[c.Second!]),
        ConditionKind.Not => SimplificationRules.Not(c, (Condition)_done[c.First!]),
        _ => c,
    };
}
