using HybridControl.Numerics;

namespace HybridControl.Symbolics;

/// <summary>The rate of each operation, given the rates of its operands: the chain rule, one entry for each operation.</summary>
/// <remarks>
/// Where the textbook form overflows, cancels or gives a number outside the function's domain, another form of
/// the same derivative stands here.
/// </remarks>
internal static class DerivativeRules
{
    /// <summary>The rate of <paramref name="e"/>, to be simplified by the caller; null if it rests.</summary>
    public static Expr? Rate(Expr e, Func<int, Expr> rate)
    {
        switch (e.Operation)
        {
            case Operation.Constant or Operation.Variable:
            case Operation.Sign or Operation.Floor:
            case Operation.LookupSlope when ((LookupCurve)e.Table!).Degree < 2:
                return null;
            case Operation.LinearForm:
                return LinearForm(e, rate);
            case Operation.Alias:
                return rate(0);
        }

        Expr a = e.Operands[0];
        return e.Operands.Length == 1 ? Unary(e, a, rate(0)) : Binary(e, a, e.Operands[1], rate(0), rate(1));
    }

    private static Expr Unary(Expr e, Expr a, Expr da) => e.Operation switch
    {
        Operation.Negate => -da,
        Operation.Sqrt => da / (2.0 * e),
        Operation.Cbrt => da / (3.0 * Expr.Square(e)),
        Operation.Exp => e * da,
        Operation.Log => da / a,
        Operation.Sin => Expr.Cos(a) * da,
        Operation.Cos => -Expr.Sin(a) * da,
        Operation.Tan => (1.0 + Expr.Square(e)) * da,
        Operation.Asin => da / Expr.Sqrt((1.0 - a) * (1.0 + a)), // 1 - a^2 cancels near 1
        Operation.Acos => -da / Expr.Sqrt((1.0 - a) * (1.0 + a)),
        Operation.Atan => da / (1.0 + Expr.Square(a)),
        Operation.Sinh => Expr.Cosh(a) * da,
        Operation.Cosh => Expr.Sinh(a) * da,
        Operation.Tanh => da / Expr.Square(Expr.Cosh(a)), // 1 - tanh^2 cancels for large a
        Operation.Asinh => da / Expr.Hypot(1.0, a), // a^2 overflows for large a
        Operation.Acosh => da / (Expr.Sqrt(a - 1.0) * Expr.Sqrt(a + 1.0)), // NaN below 1, as acosh itself
        Operation.Atanh => da / ((1.0 - a) * (1.0 + a)),
        Operation.Abs => Expr.Select(a >= 0.0, da, -da),
        Operation.Lookup => Expr.LookupSlope((LookupCurve)e.Table!, a) * da,
        Operation.LookupSlope => Expr.LookupSlope(((LookupCurve)e.Table!).Slope, a) * da,
        _ => throw new NotSupportedException($"{e.Operation} has no derivative. Add its rule to {nameof(DerivativeRules)}."),
    };

    private static Expr Binary(Expr e, Expr a, Expr b, Expr da, Expr db) => e.Operation switch
    {
        Operation.Add => da + db,
        Operation.Subtract => da - db,
        Operation.Multiply => (da * b) + (a * db),
        Operation.Divide => (da - (e * db)) / b,
        Operation.Power => Power(e, a, b, da, db),
        Operation.Atan2 => Angle(a, b, da, db),
        Operation.Hypot => (a / e * da) + (b / e * db),
        Operation.Min => Expr.Select(a <= b, da, db),
        Operation.Max => Expr.Select(a >= b, da, db),
        Operation.Modulo => da - (Expr.Floor(a / b) * db),
        Operation.Select => Expr.Select(e.Condition!, da, db),
        Operation.Surface => Surface((LookupSurface)e.Table!, a, b, da, db),
        _ => throw new NotSupportedException($"{e.Operation} has no derivative. Add its rule to {nameof(DerivativeRules)}."),
    };

    // a^b log(a) tends to 0 with a for b > 0, but is computed as 0 * -infinity: at a = 0 the logarithm is left out.
    private static Expr Power(Expr e, Expr a, Expr b, Expr da, Expr db)
    {
        while (b.Operation == Operation.Alias && b.Operands[0].Operation is Operation.Alias or Operation.Constant)
        {
            b = b.Operands[0];
        }

        Expr lower = Expr.Power(a, b.IsConstant ? Expr.Constant(b.Value - 1.0) : b - 1.0);
        Expr throughBase = b * lower * da;
        if (ReferenceEquals(db, Expr.Zero))
        {
            return throughBase;
        }

        Expr logarithm = Expr.Select(Expr.Abs(a) > 0.0, Expr.Log(a), 0.0);
        return throughBase + (e * logarithm * db);
    }

    // (x dy - y dx) / (x^2 + y^2), with the squares kept from overflow.
    private static Expr Angle(Expr y, Expr x, Expr dy, Expr dx)
    {
        var radius = Expr.Hypot(x, y);
        return ((x / radius * dy) - (y / radius * dx)) / radius;
    }

    private static Expr Surface(LookupSurface surface, Expr a, Expr b, Expr da, Expr db)
    {
        Expr alongX = surface.SlopeX is { } first ? Expr.Lookup(first, a, b) * da : Expr.Zero;
        return surface.SlopeY is { } second ? alongX + (Expr.Lookup(second, a, b) * db) : alongX;
    }

    private static Expr? LinearForm(Expr e, Func<int, Expr> rate)
    {
        var coefficients = new List<double>();
        var terms = new List<Expr>();
        for (int i = 0; i < e.Operands.Length; i++)
        {
            Expr term = rate(i);
            if (!ReferenceEquals(term, Expr.Zero) && e.Coefficients[i] != 0.0)
            {
                coefficients.Add(e.Coefficients[i]);
                terms.Add(term);
            }
        }

        return terms.Count == 0 ? null : Expr.LinearForm(coefficients.ToArray(), terms.ToArray());
    }
}
