namespace HybridControl.Numerics;

/// <summary>The operations an expression needs from a number type.</summary>
/// <typeparam name="T">The implementing type.</typeparam>
/// <remarks>
/// One expression evaluates on every type that implements this contract: <see cref="Real64"/> gives values,
/// <see cref="Ball"/> gives rigorous enclosures, <see cref="Jet"/> gives enclosures of value, slope and curvature.
/// No member throws: a value outside a function's domain becomes NaN (or an unbounded enclosure).
/// </remarks>
public interface IReal<T> where T : struct, IReal<T>
{
    /// <summary>The number <paramref name="value"/>, exactly.</summary>
    static abstract T Constant(double value);

    /// <summary>Sum.</summary>
    static abstract T operator +(T a, T b);

    /// <summary>Difference.</summary>
    static abstract T operator -(T a, T b);

    /// <summary>Product.</summary>
    static abstract T operator *(T a, T b);

    /// <summary>Quotient.</summary>
    static abstract T operator /(T a, T b);

    /// <summary>Negation.</summary>
    static abstract T operator -(T a);

    /// <summary>a * a, known to be non-negative.</summary>
    static abstract T Square(T a);

    /// <summary>a raised to b, for a positive a or an integer b.</summary>
    static abstract T Power(T a, T b);

    /// <summary>Square root; NaN below zero.</summary>
    static abstract T Sqrt(T a);

    /// <summary>Cube root, odd in a.</summary>
    static abstract T Cbrt(T a);

    /// <summary>Exponential function.</summary>
    static abstract T Exp(T a);

    /// <summary>Natural logarithm.</summary>
    static abstract T Log(T a);

    /// <summary>Sine of an angle in radians.</summary>
    static abstract T Sin(T a);

    /// <summary>Cosine of an angle in radians.</summary>
    static abstract T Cos(T a);

    /// <summary>Tangent of an angle in radians.</summary>
    static abstract T Tan(T a);

    /// <summary>Arc sine, in radians.</summary>
    static abstract T Asin(T a);

    /// <summary>Arc cosine, in radians.</summary>
    static abstract T Acos(T a);

    /// <summary>Arc tangent, in radians.</summary>
    static abstract T Atan(T a);

    /// <summary>Hyperbolic sine.</summary>
    static abstract T Sinh(T a);

    /// <summary>Hyperbolic cosine.</summary>
    static abstract T Cosh(T a);

    /// <summary>Hyperbolic tangent.</summary>
    static abstract T Tanh(T a);

    /// <summary>Inverse hyperbolic sine.</summary>
    static abstract T Asinh(T a);

    /// <summary>Inverse hyperbolic cosine.</summary>
    static abstract T Acosh(T a);

    /// <summary>Inverse hyperbolic tangent.</summary>
    static abstract T Atanh(T a);

    /// <summary>Angle of the point (x, y), in radians.</summary>
    static abstract T Atan2(T y, T x);

    /// <summary>sqrt(a^2 + b^2) without overflow.</summary>
    static abstract T Hypot(T a, T b);

    /// <summary>The smaller of two numbers.</summary>
    static abstract T Min(T a, T b);

    /// <summary>The larger of two numbers.</summary>
    static abstract T Max(T a, T b);

    /// <summary>Absolute value.</summary>
    static abstract T Abs(T a);

    /// <summary>-1, 0 or 1 after the sign of a.</summary>
    static abstract T Sign(T a);

    /// <summary>Largest integer not above a.</summary>
    static abstract T Floor(T a);

    /// <summary><paramref name="whenTrue"/> where <paramref name="guard"/> is at least zero, else <paramref name="whenFalse"/>.</summary>
    static abstract T Select(T guard, T whenTrue, T whenFalse);

    /// <summary>Value of <paramref name="curve"/> at <paramref name="x"/>.</summary>
    static abstract T Lookup(LookupCurve curve, T x);

    /// <summary>Slope of <paramref name="curve"/> at <paramref name="x"/>.</summary>
    static abstract T LookupSlope(LookupCurve curve, T x);

    /// <summary>Value of <paramref name="surface"/> at (<paramref name="x"/>, <paramref name="y"/>).</summary>
    static abstract T Surface(LookupSurface surface, T x, T y);
}
