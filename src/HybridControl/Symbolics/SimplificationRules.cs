namespace HybridControl.Symbolics;

/// <summary>The rules of <see cref="Simplifier"/> for one node whose parts are simple already.</summary>
/// <remarks>A rule may call the rules of what it makes; each such call removes a node, so they end.</remarks>
internal static class SimplificationRules
{
    private static readonly SlotMap NoSlots = new();

    public static Expr Apply(Expr e)
    {
        if (TryFold(e, out Expr folded))
        {
            return folded;
        }

        switch (e.Operation)
        {
            case Operation.Negate:
                return Negate(e.Operands[0], e);
            case Operation.Add:
                return Add(e.Operands[0], e.Operands[1], e);
            case Operation.Subtract:
                return Subtract(e.Operands[0], e.Operands[1], e);
            case Operation.Multiply:
                return Multiply(e.Operands[0], e.Operands[1], e);
            case Operation.Divide:
                return Divide(e.Operands[0], e.Operands[1], e);
            case Operation.Power:
                return Power(e.Operands[0], e.Operands[1], e);
            case Operation.Min or Operation.Max:
                return e.Operands[0].Equals(e.Operands[1]) ? e.Operands[0] : e;
            case Operation.Abs:
                Expr inside = e.Operands[0];
                return inside.Operation == Operation.Abs ? inside
                    : inside.Operation == Operation.Negate ? Apply(Expr.Abs(inside.Operands[0])) : e;
            case Operation.Select:
                return Select(e);
            case Operation.LinearForm:
                return LinearForm(e);
            default:
                return e;
        }
    }

    public static Condition Compare(Condition c, Expr left, Expr right)
    {
        bool known = left.IsConstant && right.IsConstant && !double.IsNaN(left.Value) && !double.IsNaN(right.Value);
        if (known)
        {
            bool holds = c.Relation switch
            {
                Relation.Less => left.Value < right.Value,
                Relation.LessOrEqual => left.Value <= right.Value,
                Relation.Greater => left.Value > right.Value,
                _ => left.Value >= right.Value,
            };
            return holds ? Condition.True : Condition.False;
        }

        bool same = ReferenceEquals(left, c.Left) && ReferenceEquals(right, c.Right);
        return same ? c : Condition.Compare(left, c.Relation, right);
    }

    public static Condition Join(Condition c, Condition first, Condition second)
    {
        bool isAnd = c.Kind == ConditionKind.And;
        if (first.Kind == ConditionKind.Literal)
        {
            return first.Holds == isAnd ? second : first;
        }

        if (second.Kind == ConditionKind.Literal)
        {
            return second.Holds == isAnd ? first : second;
        }

        if (first.Equals(second))
        {
            return first;
        }

        bool same = ReferenceEquals(first, c.First) && ReferenceEquals(second, c.Second);
        return same ? c : isAnd ? first & second : first | second;
    }

    public static Condition Not(Condition c, Condition operand) => operand.Kind switch
    {
        ConditionKind.Literal => operand.Holds ? Condition.False : Condition.True,
        ConditionKind.Not => operand.First!,
        _ => ReferenceEquals(operand, c.First) ? c : !operand,
    };

    private static bool Is(Expr e, double value) => e.IsConstant && e.Value == value;

    private static bool IsNegation(Expr e) => e.Operation == Operation.Negate;

    // The graph folds functions, so that a folded value and a computed one are the same double. What is not finite stays as
    // written: a message can then name the operation where it began.
    private static bool TryFold(Expr e, out Expr folded)
    {
        folded = e;
        if (e.Operation is Operation.Variable or Operation.Constant or Operation.Alias or Operation.Select)
        {
            return false;
        }

        foreach (Expr operand in e.Operands)
        {
            if (!operand.IsConstant)
            {
                return false;
            }
        }

        double a = e.Operands.Length > 0 ? e.Operands[0].Value : 0.0;
        double value = e.Operation switch
        {
            Operation.Negate => -a,
            Operation.Add => a + e.Operands[1].Value,
            Operation.Subtract => a - e.Operands[1].Value,
            Operation.Multiply => a * e.Operands[1].Value,
            Operation.Divide => a / e.Operands[1].Value,
            _ => ExprProgram.Compile(NoSlots, e).EvaluateScalar(0.0, [], []),
        };
        folded = Expr.Constant(value);
        return double.IsFinite(value);
    }

    private static Expr Negate(Expr a, Expr? whole = null) => a.Operation switch
    {
        Operation.Constant => Expr.Constant(-a.Value),
        Operation.Negate => a.Operands[0],
        Operation.Subtract => Subtract(a.Operands[1], a.Operands[0]),
        Operation.Multiply when a.Operands[0].IsConstant => Multiply(-a.Operands[0].Value, a.Operands[1]),
        Operation.Divide when a.Operands[0].IsConstant => Divide(-a.Operands[0].Value, a.Operands[1]),
        _ => whole ?? -a,
    };

    private static Expr Add(Expr a, Expr b, Expr? whole = null)
    {
        if (Is(a, 0.0))
        {
            return b;
        }

        if (Is(b, 0.0))
        {
            return a;
        }

        if (IsNegation(b))
        {
            return Subtract(a, b.Operands[0]);
        }

        if (IsNegation(a))
        {
            return Subtract(b, a.Operands[0]);
        }

        return b.IsConstant && b.Value < 0.0 ? Subtract(a, -b.Value) : whole ?? a + b;
    }

    private static Expr Subtract(Expr a, Expr b, Expr? whole = null)
    {
        if (Is(b, 0.0))
        {
            return a;
        }

        if (Is(a, 0.0))
        {
            return Negate(b);
        }

        if (IsNegation(b))
        {
            return Add(a, b.Operands[0]);
        }

        if (a.Equals(b))
        {
            return Expr.Zero;
        }

        return b.IsConstant && b.Value < 0.0 ? Add(a, -b.Value) : whole ?? a - b;
    }

    private static Expr Multiply(Expr a, Expr b, Expr? whole = null)
    {
        if (Is(a, 0.0) || Is(b, 0.0))
        {
            return Expr.Zero;
        }

        if (b.IsConstant && !a.IsConstant)
        {
            return Multiply(b, a);
        }

        if (Is(a, 1.0))
        {
            return b;
        }

        if (Is(a, -1.0))
        {
            return Negate(b);
        }

        if (a.IsConstant && IsNegation(b))
        {
            return Multiply(-a.Value, b.Operands[0]);
        }

        if (IsNegation(a) || IsNegation(b))
        {
            Expr product = Multiply(IsNegation(a) ? a.Operands[0] : a, IsNegation(b) ? b.Operands[0] : b);
            return IsNegation(a) == IsNegation(b) ? product : Negate(product);
        }

        return !a.IsConstant && a.Equals(b) ? Expr.Square(a) : whole ?? a * b;
    }

    private static Expr Divide(Expr a, Expr b, Expr? whole = null)
    {
        if (Is(a, 0.0) && !Is(b, 0.0))
        {
            return Expr.Zero;
        }

        if (Is(b, 1.0))
        {
            return a;
        }

        if (Is(b, -1.0))
        {
            return Negate(a);
        }

        if (IsNegation(a) || IsNegation(b))
        {
            Expr quotient = Divide(IsNegation(a) ? a.Operands[0] : a, IsNegation(b) ? b.Operands[0] : b);
            return IsNegation(a) == IsNegation(b) ? quotient : Negate(quotient);
        }

        return !a.IsConstant && a.Equals(b) ? Expr.One : whole ?? a / b;
    }

    private static Expr Power(Expr a, Expr b, Expr whole)
    {
        if (Is(b, 1.0))
        {
            return a;
        }

        if (Is(b, 0.0) || Is(a, 1.0))
        {
            return Expr.One;
        }

        bool even = b.IsConstant && Math.Abs(b.Value) <= 16.0 && Math.IEEERemainder(b.Value, 2.0) == 0.0;
        return even && IsNegation(a) ? Expr.Power(a.Operands[0], b) : whole;
    }

    private static Expr Select(Expr e)
    {
        Condition condition = e.Condition!;
        if (condition.Kind == ConditionKind.Literal)
        {
            return e.Operands[condition.Holds ? 0 : 1];
        }

        return e.Operands[0].Equals(e.Operands[1]) ? e.Operands[0] : e;
    }

    private static Expr LinearForm(Expr e)
    {
        int terms = 0;
        int last = 0;
        for (int i = 0; i < e.Operands.Length; i++)
        {
            if (e.Coefficients[i] != 0.0)
            {
                (terms, last) = (terms + 1, i);
            }
        }

        if (terms == 0)
        {
            return Expr.Constant(e.Value);
        }

        if (terms == 1)
        {
            return Apply(Apply(e.Coefficients[last] * e.Operands[last]) + e.Value);
        }

        if (terms == e.Operands.Length)
        {
            return e;
        }

        var coefficients = new List<double>(terms);
        var operands = new List<Expr>(terms);
        for (int i = 0; i < e.Operands.Length; i++)
        {
            if (e.Coefficients[i] != 0.0)
            {
                coefficients.Add(e.Coefficients[i]);
                operands.Add(e.Operands[i]);
            }
        }

        return Apply(Expr.LinearForm(coefficients.ToArray(), operands.ToArray(), e.Value));
    }
}
