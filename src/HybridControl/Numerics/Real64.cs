using System.Runtime.CompilerServices;

namespace HybridControl.Numerics;

/// <summary>A double that takes part in <see cref="IReal{T}"/>.</summary>
/// <param name="Value">The number.</param>
public readonly record struct Real64(double Value) : IReal<Real64>
{
    /// <inheritdoc/>
    public static Real64 Constant(double value) => new(value);

    /// <inheritdoc/>
    public static Real64 operator +(Real64 a, Real64 b) => new(a.Value + b.Value);

    /// <inheritdoc/>
    public static Real64 operator -(Real64 a, Real64 b) => new(a.Value - b.Value);

    /// <inheritdoc/>
    public static Real64 operator *(Real64 a, Real64 b) => new(a.Value * b.Value);

    /// <inheritdoc/>
    public static Real64 operator /(Real64 a, Real64 b) => new(a.Value / b.Value);

    /// <inheritdoc/>
    public static Real64 operator -(Real64 a) => new(-a.Value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Real64 Square(Real64 a) => new(a.Value * a.Value);

    /// <inheritdoc/>
    public static Real64 Power(Real64 a, Real64 b) => new(Math.Pow(a.Value, b.Value));

    /// <inheritdoc/>
    public static Real64 Sqrt(Real64 a) => new(Math.Sqrt(a.Value));

    /// <inheritdoc/>
    public static Real64 Cbrt(Real64 a) => new(Math.Cbrt(a.Value));

    /// <inheritdoc/>
    public static Real64 Exp(Real64 a) => new(Math.Exp(a.Value));

    /// <inheritdoc/>
    public static Real64 Log(Real64 a) => new(Math.Log(a.Value));

    /// <inheritdoc/>
    public static Real64 Sin(Real64 a) => new(Math.Sin(a.Value));

    /// <inheritdoc/>
    public static Real64 Cos(Real64 a) => new(Math.Cos(a.Value));

    /// <inheritdoc/>
    public static Real64 Tan(Real64 a) => new(Math.Tan(a.Value));

    /// <inheritdoc/>
    public static Real64 Asin(Real64 a) => new(Math.Asin(a.Value));

    /// <inheritdoc/>
    public static Real64 Acos(Real64 a) => new(Math.Acos(a.Value));

    /// <inheritdoc/>
    public static Real64 Atan(Real64 a) => new(Math.Atan(a.Value));

    /// <inheritdoc/>
    public static Real64 Sinh(Real64 a) => new(Math.Sinh(a.Value));

    /// <inheritdoc/>
    public static Real64 Cosh(Real64 a) => new(Math.Cosh(a.Value));

    /// <inheritdoc/>
    public static Real64 Tanh(Real64 a) => new(Math.Tanh(a.Value));

    /// <inheritdoc/>
    public static Real64 Asinh(Real64 a) => new(Math.Asinh(a.Value));

    /// <inheritdoc/>
    public static Real64 Acosh(Real64 a) => new(Math.Acosh(a.Value));

    /// <inheritdoc/>
    public static Real64 Atanh(Real64 a) => new(Math.Atanh(a.Value));

    /// <inheritdoc/>
    public static Real64 Atan2(Real64 y, Real64 x) => new(Math.Atan2(y.Value, x.Value));

    /// <inheritdoc/>
    public static Real64 Hypot(Real64 a, Real64 b) => new(ScalarMath.Hypot(a.Value, b.Value));

    /// <inheritdoc/>
    public static Real64 Min(Real64 a, Real64 b) => new(ScalarMath.Min(a.Value, b.Value));

    /// <inheritdoc/>
    public static Real64 Max(Real64 a, Real64 b) => new(ScalarMath.Max(a.Value, b.Value));

    /// <inheritdoc/>
    public static Real64 Abs(Real64 a) => new(Math.Abs(a.Value));

    /// <inheritdoc/>
    public static Real64 Sign(Real64 a) => new(ScalarMath.Sign(a.Value));

    /// <inheritdoc/>
    public static Real64 Floor(Real64 a) => new(Math.Floor(a.Value));

    /// <inheritdoc/>
    public static Real64 Select(Real64 guard, Real64 whenTrue, Real64 whenFalse) =>
        guard.Value >= 0.0 ? whenTrue : whenFalse;

    /// <inheritdoc/>
    public static Real64 Lookup(LookupCurve curve, Real64 x) => new(curve.Evaluate(x.Value));

    /// <inheritdoc/>
    public static Real64 LookupSlope(LookupCurve curve, Real64 x) => new(curve.Derivative(x.Value));

    /// <inheritdoc/>
    public static Real64 Surface(LookupSurface surface, Real64 x, Real64 y) => new(surface.Evaluate(x.Value, y.Value));
}
