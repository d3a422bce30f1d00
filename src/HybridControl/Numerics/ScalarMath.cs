namespace HybridControl.Numerics;

/// <summary>Scalar functions with the conventions of this library, shared by the interpreter and the emitted code.</summary>
/// <remarks>
/// Both back-ends call the same methods, so that they agree bit for bit. Where .NET throws (the sign of NaN) these
/// return NaN. Where .NET has no function of the name, the definition stands here.
/// </remarks>
public static class ScalarMath
{
    /// <summary>-1, 0 or 1 after the sign of <paramref name="a"/>; NaN stays NaN.</summary>
    public static double Sign(double a) => a > 0.0 ? 1.0 : a < 0.0 ? -1.0 : a;

    /// <summary>sqrt(a^2 + b^2) without overflow or underflow of the squares.</summary>
    public static double Hypot(double a, double b) => double.Hypot(a, b);

    /// <summary>The smaller of two numbers; NaN if either is.</summary>
    public static double Min(double a, double b) => Math.Min(a, b);

    /// <summary>The larger of two numbers; NaN if either is.</summary>
    public static double Max(double a, double b) => Math.Max(a, b);

    /// <summary><paramref name="whenTrue"/> where <paramref name="guard"/> is at least zero, else <paramref name="whenFalse"/>.</summary>
    public static double Select(double guard, double whenTrue, double whenFalse) => guard >= 0.0 ? whenTrue : whenFalse;

    /// <summary>Floored remainder a - b * floor(a / b): it has the sign of <paramref name="b"/>.</summary>
    public static double Modulo(double a, double b) => a - (b * Math.Floor(a / b));
}
