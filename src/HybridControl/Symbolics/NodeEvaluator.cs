using HybridControl.Numerics;

namespace HybridControl.Symbolics;

/// <summary>The meaning of each <see cref="OpCode"/> on any number type: the one table behind interpreter and folding.</summary>
internal static class NodeEvaluator
{
    /// <summary>Applies an operation to its operands.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The node is a leaf.</exception>
    public static T Evaluate<T>(OpCode op, T a, T b, T c, LookupTable? table) where T : struct, IReal<T> => op switch
    {
        OpCode.Negate => -a,
        OpCode.Add => a + b,
        OpCode.Subtract => a - b,
        OpCode.Multiply => a * b,
        OpCode.Divide => a / b,
        OpCode.Square => T.Square(a),
        OpCode.Power => T.Power(a, b),
        OpCode.Sqrt => T.Sqrt(a),
        OpCode.Cbrt => T.Cbrt(a),
        OpCode.Exp => T.Exp(a),
        OpCode.Log => T.Log(a),
        OpCode.Sin => T.Sin(a),
        OpCode.Cos => T.Cos(a),
        OpCode.Tan => T.Tan(a),
        OpCode.Asin => T.Asin(a),
        OpCode.Acos => T.Acos(a),
        OpCode.Atan => T.Atan(a),
        OpCode.Sinh => T.Sinh(a),
        OpCode.Cosh => T.Cosh(a),
        OpCode.Tanh => T.Tanh(a),
        OpCode.Asinh => T.Asinh(a),
        OpCode.Acosh => T.Acosh(a),
        OpCode.Atanh => T.Atanh(a),
        OpCode.Atan2 => T.Atan2(a, b),
        OpCode.Hypot => T.Hypot(a, b),
        OpCode.Min => T.Min(a, b),
        OpCode.Max => T.Max(a, b),
        OpCode.Abs => T.Abs(a),
        OpCode.Sign => T.Sign(a),
        OpCode.Floor => T.Floor(a),
        OpCode.Select => T.Select(a, b, c),
        OpCode.Lookup => T.Lookup((LookupCurve)table!, a),
        OpCode.LookupSlope => T.LookupSlope((LookupCurve)table!, a),
        OpCode.Surface => T.Surface((LookupSurface)table!, a, b),
        _ => throw new ArgumentOutOfRangeException(nameof(op), op, "A leaf has no operation to evaluate."),
    };
}
