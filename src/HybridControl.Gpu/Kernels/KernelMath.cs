namespace HybridControl.Gpu.Kernels;

/// <summary>The functions that kernels have, one method for each operation of an expression, in double and single precision.</summary>
/// <remarks>
/// Everything is made of arithmetic, comparisons and the four functions that every device rounds correctly (square root,
/// absolute value, floor, conversion), so that no result hangs on a vendor's library. NaN comes out where NaN goes in.
/// </remarks>
public static partial class KernelMath
{
    /// <summary>a * a.</summary>
    public static double Square(double a) => a * a;

    /// <inheritdoc cref="Square(double)"/>
    public static float Square(float a) => a * a;

    /// <summary>Square root.</summary>
    public static double Sqrt(double a) => Math.Sqrt(a);

    /// <inheritdoc cref="Sqrt(double)"/>
    public static float Sqrt(float a) => MathF.Sqrt(a);

    /// <summary>Absolute value.</summary>
    public static double Abs(double a) => Math.Abs(a);

    /// <inheritdoc cref="Abs(double)"/>
    public static float Abs(float a) => MathF.Abs(a);

    /// <summary>The smaller of two numbers; NaN if either is. The minimum instruction of a device would drop the NaN.</summary>
    public static double Min(double a, double b)
    {
        double chosen = a < b ? a : b;
        return double.IsNaN(a) ? a : chosen;
    }

    /// <inheritdoc cref="Min(double, double)"/>
    public static float Min(float a, float b)
    {
        float chosen = a < b ? a : b;
        return float.IsNaN(a) ? a : chosen;
    }

    /// <summary>The larger of two numbers; NaN if either is.</summary>
    public static double Max(double a, double b)
    {
        double chosen = a > b ? a : b;
        return double.IsNaN(a) ? a : chosen;
    }

    /// <inheritdoc cref="Max(double, double)"/>
    public static float Max(float a, float b)
    {
        float chosen = a > b ? a : b;
        return float.IsNaN(a) ? a : chosen;
    }

    /// <summary>-1, 0 or 1 after the sign; NaN stays NaN.</summary>
    public static double Sign(double a) => a > 0.0 ? 1.0 : a < 0.0 ? -1.0 : a;

    /// <inheritdoc cref="Sign(double)"/>
    public static float Sign(float a) => a > 0.0f ? 1.0f : a < 0.0f ? -1.0f : a;

    /// <summary>Largest integer not above a.</summary>
    public static double Floor(double a) => Math.Floor(a);

    /// <inheritdoc cref="Floor(double)"/>
    public static float Floor(float a) => MathF.Floor(a);

    /// <summary><paramref name="whenTrue"/> where <paramref name="guard"/> is at least zero, else <paramref name="whenFalse"/>.</summary>
    public static double Select(double guard, double whenTrue, double whenFalse) => guard >= 0.0 ? whenTrue : whenFalse;

    /// <inheritdoc cref="Select(double, double, double)"/>
    public static float Select(float guard, float whenTrue, float whenFalse) => guard >= 0.0f ? whenTrue : whenFalse;

    /// <summary>A number as an index into <paramref name="length"/> entries; -1 if it is outside or NaN.</summary>
    public static int Index(double index, int length) => index >= 0.0 && index < length ? (int)index : -1;

    /// <inheritdoc cref="Index(double, int)"/>
    public static int Index(float index, int length) => index >= 0.0f && index < length ? (int)index : -1;
}
