namespace HybridControl.Symbolics;

/// <summary>Makes expressions and conditions smaller without changing their finite values.</summary>
/// <remarks>
/// <para>
/// Folds constants, drops neutral elements (x + 0, 1 * x, x^1, a - (-b), ...), resolves choices between equals or under
/// a literal condition, and writes x * x as x^2. Sums and products are never regrouped and only signs move, so
/// wherever the original is finite the result is the same double, but for what hangs on the sign of a zero. Where
/// the original is infinite or NaN the result may be finite: 0 * x is 0, x - x is 0 and x / x is 1.
/// </para>
/// <para>Iterative, and linear in the number of distinct nodes. A node that cannot be simplified is kept as it is.</para>
/// </remarks>
public static class Simplifier
{
    /// <summary>A simpler expression of the same value.</summary>
    /// <param name="expression">The expression.</param>
    /// <param name="keepAliases">Whether named parts keep their names; else each becomes its definition.</param>
    public static Expr Simplify(Expr expression, bool keepAliases = false) =>
        new SimplifierPass(keepAliases).Simplify(expression);

    /// <summary>A simpler condition of the same truth.</summary>
    /// <param name="condition">The condition.</param>
    /// <param name="keepAliases">Whether named parts keep their names; else each becomes its definition.</param>
    public static Condition Simplify(Condition condition, bool keepAliases = false) =>
        new SimplifierPass(keepAliases).Simplify(condition);
}
