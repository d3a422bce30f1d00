using HybridControl.Symbolics;

namespace HybridControl.Ensembles.Machine;

/// <summary>What rounding can leave behind in an expression, as an expression: E of semantics 6, to first order.</summary>
/// <remarks>Every operation adds 8 eps of its result and carries the bounds of its operands along with its derivatives.</remarks>
internal sealed class RoundingBound
{
    private const double Unit = 8.0 * 2.220446049250313e-16;

    private readonly Dictionary<object, Expr> _done = new(ReferenceEqualityComparer.Instance);

    /// <summary>The bound; zero for variables and numbers.</summary>
    public Expr Of(Expr expression)
    {
        PostOrder.Visit(expression, _done.ContainsKey, node =>
        {
            if (node is Expr e)
            {
                _done[e] = Bound(e);
            }
            else
            {
                _done[node] = Expr.Zero;
            }
        });
        return _done[expression];
    }

    private Expr Bound(Expr e)
    {
        switch (e.Operation)
        {
            case Operation.Constant or Operation.Variable:
                return Expr.Zero;
            case Operation.Alias or Operation.Negate or Operation.Abs:
                return _done[e.Operands[0]];
            case Operation.Min or Operation.Max:
                return Larger(_done[e.Operands[0]], _done[e.Operands[1]]);
            case Operation.Select:
                Expr yes = _done[e.Operands[0]];
                Expr no = _done[e.Operands[1]];
                return yes.Equals(no) ? yes : Expr.Select(e.Condition!, yes, no);
            case Operation.Sign or Operation.Floor:
                return Expr.Zero;
        }

        Expr own = Unit * Expr.Abs(e);
        for (int i = 0; i < e.Operands.Length; i++)
        {
            Expr inner = _done[e.Operands[i]];
            if (inner.IsConstant && inner.Value == 0.0)
            {
                continue;
            }

            int moving = i;
            Expr? slope = DerivativeRules.Rate(e, operand => operand == moving ? Expr.One : Expr.Zero);
            own = slope is null ? own : own + (Expr.Abs(slope) * inner);
        }

        return own;
    }

    private static Expr Larger(Expr a, Expr b) =>
        a.IsConstant && a.Value == 0.0 ? b : b.IsConstant && b.Value == 0.0 || a.Equals(b) ? a : Expr.Max(a, b);
}
