using HybridControl.Numerics;
using HybridControl.Symbolics;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Numerics;

/// <summary>An operation of a graph, and what it means in exact arithmetic; null outside its domain or beyond what doubles reach.</summary>
public sealed class ExactFunction
{
    private const double LargestExponent = 900.0;

    private ExactFunction(OpCode op, Func<BigReal, BigReal, BigReal?> exact, Func<BigReal, BigReal>? first = null, Func<BigReal, BigReal>? second = null)
    {
        Op = op;
        ExactOf = exact;
        First = first is null ? null : u => Derivative(first, u);
        Second = second is null ? null : u => Derivative(second, u);
    }

    /// <summary>The operation.</summary>
    public OpCode Op { get; }

    /// <summary>Whether it has two operands.</summary>
    public bool IsBinary => new GraphNode(Op).OperandCount == 2;

    internal static IEnumerable<ExactFunction> All =>
    [
        new(OpCode.Add, (a, b) => a + b),
        new(OpCode.Subtract, (a, b) => a - b),
        new(OpCode.Multiply, (a, b) => a * b),
        new(OpCode.Divide, (a, b) => b.Sign == 0 ? null : a / b),
        new(OpCode.Power, Power),
        new(OpCode.Atan2, (y, x) => BigReal.Atan2(y, x)),
        new(OpCode.Hypot, (a, b) => BigReal.Hypot(a, b)),
        new(OpCode.Min, (a, b) => a < b ? a : b),
        new(OpCode.Max, (a, b) => a > b ? a : b),
        new(OpCode.Negate, (a, _) => -a, _ => -1, _ => 0),
        new(OpCode.Square, (a, _) => a * a, a => 2 * a, _ => 2),
        new(OpCode.Sqrt, (a, _) => a.Sign < 0 ? null : BigReal.Sqrt(a), a => Half / BigReal.Sqrt(a), a => -(Half * Half) / (a * BigReal.Sqrt(a))),
        new(OpCode.Cbrt, (a, _) => BigReal.Cbrt(a), a => BigReal.Cbrt(a) / (3 * a), a => -2 * BigReal.Cbrt(a) / (9 * a * a)),
        new(OpCode.Exp, (a, _) => Small(a) ? BigReal.Exp(a) : null, BigReal.Exp, BigReal.Exp),
        new(OpCode.Log, (a, _) => a.Sign <= 0 ? null : BigReal.Log(a), a => BigReal.One / a, a => -BigReal.One / (a * a)),
        new(OpCode.Sin, (a, _) => BigReal.Sin(a), BigReal.Cos, a => -BigReal.Sin(a)),
        new(OpCode.Cos, (a, _) => BigReal.Cos(a), a => -BigReal.Sin(a), a => -BigReal.Cos(a)),
        new(OpCode.Tan, (a, _) => Tan(a), a => BigReal.One + (Tan(a) * Tan(a)), a => 2 * Tan(a) * (BigReal.One + (Tan(a) * Tan(a)))),
        new(OpCode.Asin, (a, _) => Inside(a) ? BigReal.Asin(a) : null, a => BigReal.One / Root(a), a => a / (Root(a) * Root(a) * Root(a))),
        new(OpCode.Acos, (a, _) => Inside(a) ? BigReal.Acos(a) : null, a => -BigReal.One / Root(a), a => -a / (Root(a) * Root(a) * Root(a))),
        new(OpCode.Atan, (a, _) => BigReal.Atan(a), a => BigReal.One / (BigReal.One + (a * a)), a => -2 * a / ((BigReal.One + (a * a)) * (BigReal.One + (a * a)))),
        new(OpCode.Sinh, (a, _) => Small(a) ? BigReal.Sinh(a) : null, BigReal.Cosh, BigReal.Sinh),
        new(OpCode.Cosh, (a, _) => Small(a) ? BigReal.Cosh(a) : null, BigReal.Sinh, BigReal.Cosh),
        new(OpCode.Tanh, (a, _) => Small(a) ? Tanh(a) : null, a => BigReal.One / (BigReal.Cosh(a) * BigReal.Cosh(a)), a => -2 * Tanh(a) / (BigReal.Cosh(a) * BigReal.Cosh(a))),
        new(OpCode.Asinh, (a, _) => BigReal.Asinh(a), a => BigReal.One / BigReal.Hypot(1, a), a => -a / (BigReal.Hypot(1, a) * (BigReal.One + (a * a)))),
        new(OpCode.Acosh, (a, _) => a < BigReal.One ? null : BigReal.Acosh(a), a => BigReal.One / Outer(a), a => -a / (Outer(a) * Outer(a) * Outer(a))),
        new(OpCode.Atanh, (a, _) => BigReal.Abs(a) < BigReal.One ? BigReal.Atanh(a) : null, a => BigReal.One / ((1 - a) * (1 + a)), a => 2 * a / ((1 - a) * (1 + a) * (1 - a) * (1 + a))),
        new(OpCode.Abs, (a, _) => BigReal.Abs(a)),
        new(OpCode.Sign, (a, _) => a.Sign),
        new(OpCode.Floor, (a, _) => BigReal.Floor(a)),
    ];

    /// <summary>The exact result.</summary>
    internal Func<BigReal, BigReal, BigReal?> ExactOf { get; }

    /// <summary>Its derivative.</summary>
    internal Func<double, BigReal?>? First { get; }

    /// <summary>Its second derivative.</summary>
    internal Func<double, BigReal?>? Second { get; }

    private static BigReal Half => new(1, -1);

    /// <inheritdoc/>
    public override string ToString() => Op.ToString();

    internal BigReal? Exact(double u, double v) => ExactOf(BigReal.From(u), BigReal.From(v));

    internal Ball OnBalls(Ball a, Ball b) => NodeEvaluator.Evaluate(Op, a, b, default, null);

    internal Jet OnJets(Jet a) => NodeEvaluator.Evaluate(Op, a, default, default, null);

    private static BigReal? Derivative(Func<BigReal, BigReal> derivative, double u)
    {
        try
        {
            return derivative(BigReal.From(u));
        }
        catch (DivideByZeroException)
        {
            return null; // infinite there
        }
    }

    private static bool Small(BigReal a) => BigReal.Abs(a) < BigReal.From(LargestExponent);

    private static bool Inside(BigReal a) => BigReal.Abs(a) <= BigReal.One;

    private static BigReal Tan(BigReal a) => BigReal.Sin(a) / BigReal.Cos(a);

    private static BigReal Tanh(BigReal a) => BigReal.Sinh(a) / BigReal.Cosh(a);

    private static BigReal Root(BigReal a) => BigReal.Sqrt((1 - a) * (1 + a));

    private static BigReal Outer(BigReal a) => BigReal.Sqrt((a - 1) * (a + 1));

    // For a positive base, or an integer exponent.
    private static BigReal? Power(BigReal a, BigReal b)
    {
        bool whole = BigReal.Floor(b) == b || (BigReal.Floor(b) - b).Sign == 0;
        if (b.Sign == 0)
        {
            return BigReal.One;
        }

        if (a.Sign == 0)
        {
            return b.Sign > 0 ? BigReal.Zero : null;
        }

        if (a.Sign < 0 && !whole)
        {
            return null;
        }

        BigReal exponent = b * BigReal.Log(BigReal.Abs(a));
        if (!Small(exponent))
        {
            return null;
        }

        BigReal size = BigReal.Exp(exponent);
        bool odd = whole && (BigReal.Floor(b * Half) - (b * Half)).Sign != 0;
        return a.Sign < 0 && odd ? -size : size;
    }
}
