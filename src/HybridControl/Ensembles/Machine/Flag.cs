using HybridControl.Symbolics;

namespace HybridControl.Ensembles.Machine;

/// <summary>Truth as a number in a register: 1 where it holds, -1 where not.</summary>
/// <remarks>And is the smaller, or the larger, not the negative: one operation each, and a choice reads the sign.</remarks>
internal static class Flag
{
    /// <summary>Holds always.</summary>
    public static Expr Yes { get; } = Expr.One;

    /// <summary>Holds never.</summary>
    public static Expr No { get; } = Expr.Constant(-1.0);

    /// <summary>The flag of a comparison; one with NaN does not hold.</summary>
    public static Expr Of(Condition condition) =>
        condition.Kind == ConditionKind.Comparison && condition.Relation is Relation.Less or Relation.Greater
            ? OfStrict(condition)
            : Expr.Select(condition, Yes, No);

    /// <summary>Both.</summary>
    public static Expr And(Expr a, Expr b) => IsYes(a) ? b : IsYes(b) ? a : IsNo(a) || IsNo(b) ? No : Expr.Min(a, b);

    /// <summary>At least one.</summary>
    public static Expr Or(Expr a, Expr b) => IsNo(a) ? b : IsNo(b) ? a : IsYes(a) || IsYes(b) ? Yes : Expr.Max(a, b);

    /// <summary>The opposite.</summary>
    public static Expr Not(Expr a) =>
        IsComparison(a) ? Expr.Select(a.Condition!, a.Operands[1], a.Operands[0]) : -a;

    /// <summary>One of two values.</summary>
    public static Expr Choose(Expr flag, Expr whenSet, Expr whenClear)
    {
        if (flag.IsConstant)
        {
            return IsYes(flag) ? whenSet : whenClear;
        }

        // A comparison decides by itself, without a number between.
        return IsComparison(flag)
            ? Expr.Select(
                flag.Condition!, IsYes(flag.Operands[0]) ? whenSet : whenClear, IsYes(flag.Operands[1]) ? whenSet : whenClear)
            : Expr.Select(flag >= 0.0, whenSet, whenClear);
    }

    /// <summary>Whether the flag is the constant that holds.</summary>
    public static bool IsYes(Expr flag) => flag.IsConstant && flag.Value >= 0.0;

    /// <summary>Whether the flag is the constant that does not hold.</summary>
    public static bool IsNo(Expr flag) => flag.IsConstant && flag.Value < 0.0;

    private static bool IsComparison(Expr flag) =>
        flag.Operation == Operation.Select && flag.Condition!.Kind == ConditionKind.Comparison &&
        flag.Operands[0].IsConstant && flag.Operands[1].IsConstant && IsYes(flag.Operands[0]) != IsYes(flag.Operands[1]);

    // A strict comparison lowers to its closed opposite, which NaN does not satisfy either: the branches are swapped twice.
    private static Expr OfStrict(Condition c)
    {
        Expr difference = c.Relation == Relation.Less ? c.Right! - c.Left! : c.Left! - c.Right!;
        return Expr.Select(Condition.Compare(difference, Relation.GreaterOrEqual, double.Epsilon), Yes, No);
    }
}
