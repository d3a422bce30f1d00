using HybridControl.Symbolics;

namespace HybridControl.Automata;

/// <summary>A discrete variable that is true or false, as a condition.</summary>
/// <param name="Variable">The variable as a number: 1 for true, 0 for false.</param>
public sealed record BooleanVariable(Expr Variable)
{
    private const double Half = 0.5;

    /// <summary>True while the variable is.</summary>
    public Condition Holds => Variable >= Half;

    /// <summary>The variable as a condition.</summary>
    public static implicit operator Condition(BooleanVariable variable)
    {
        ArgumentNullException.ThrowIfNull(variable);
        return variable.Holds;
    }

    /// <summary>The opposite.</summary>
    public static Condition operator !(BooleanVariable variable) => !(Condition)variable;

    /// <summary>Both.</summary>
    public static Condition operator &(BooleanVariable a, Condition b) => (Condition)a & b;

    /// <summary>At least one.</summary>
    public static Condition operator |(BooleanVariable a, Condition b) => (Condition)a | b;

    /// <summary>A condition as the number that a boolean variable holds.</summary>
    public static Expr ValueOf(Condition condition)
    {
        ArgumentNullException.ThrowIfNull(condition);
        return condition.Kind == ConditionKind.Literal
            ? condition.Holds ? Expr.One : Expr.Zero
            : Expr.Select(condition, Expr.One, Expr.Zero);
    }

    /// <summary>The variable of a condition that is a boolean variable; null for any other condition.</summary>
    internal static Expr? VariableOf(Condition condition) =>
        condition is { Kind: ConditionKind.Comparison, Relation: Relation.GreaterOrEqual, Right: { IsConstant: true, Value: Half } } &&
        condition.Left is { Operation: Operation.Variable, Kind: VariableKind.Discrete } variable
            ? variable
            : null;

    /// <summary>The condition of a value that a boolean variable may take; null for a number of another form.</summary>
    internal static Condition? ConditionOf(Expr value) => value switch
    {
        { IsConstant: true, Value: 0.0 } => Condition.False,
        { IsConstant: true, Value: 1.0 } => Condition.True,
        { Operation: Operation.Select } when value.Operands[0].Equals(Expr.One) && value.Operands[1].Equals(Expr.Zero) => value.Condition,
        _ => null,
    };
}
