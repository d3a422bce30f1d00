using HybridControl.Ensembles;
using HybridControl.Numerics;

namespace HybridControl.Gpu.Kernels;

/// <summary>The functions that kernels have, one method for each operation of an expression, in double and single precision.</summary>
/// <remarks>
/// Everything is made of arithmetic, comparisons and what every device rounds correctly (square root, absolute value,
/// floor, conversion), so that no result hangs on a vendor's library: on doubles these are the functions of
/// <see cref="LaneMath"/>, the same as in vector lanes. In single precision the elementary functions compute in double
/// precision and round once. NaN comes out where NaN goes in.
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

    /// <summary>The smaller of two numbers; NaN if either is, which the minimum of a device would drop. Of two zeros the first.</summary>
    public static double Min(double a, double b) => LaneMath.Min(new KernelLane(a), new KernelLane(b)).Value;

    /// <inheritdoc cref="Min(double, double)"/>
    public static float Min(float a, float b)
    {
        float other = a >= b ? b : a + b;
        return b >= a ? a : other;
    }

    /// <summary>The larger of two numbers; NaN if either is. Of two zeros the first.</summary>
    public static double Max(double a, double b) => LaneMath.Max(new KernelLane(a), new KernelLane(b)).Value;

    /// <inheritdoc cref="Max(double, double)"/>
    public static float Max(float a, float b)
    {
        float other = b >= a ? b : a + b;
        return a >= b ? a : other;
    }

    /// <summary>-1, 0 or 1 after the sign; NaN stays NaN.</summary>
    public static double Sign(double a) => LaneMath.Sign(new KernelLane(a)).Value;

    /// <inheritdoc cref="Sign(double)"/>
    public static float Sign(float a)
    {
        float below = a < 0.0f ? -1.0f : a;
        return a > 0.0f ? 1.0f : below;
    }

    /// <summary>Largest integer not above a.</summary>
    public static double Floor(double a) => Math.Floor(a);

    /// <inheritdoc cref="Floor(double)"/>
    public static float Floor(float a) => MathF.Floor(a);

    /// <summary><paramref name="whenTrue"/> where <paramref name="guard"/> is at least zero, else <paramref name="whenFalse"/>.</summary>
    public static double Select(double guard, double whenTrue, double whenFalse) => guard >= 0.0 ? whenTrue : whenFalse;

    /// <inheritdoc cref="Select(double, double, double)"/>
    public static float Select(float guard, float whenTrue, float whenFalse) => guard >= 0.0f ? whenTrue : whenFalse;

    /// <summary>The uniform number of one place of a model, between 0 and 1: that of <see cref="Philox4x32"/>.</summary>
    /// <param name="sample">Number of the sample.</param>
    /// <param name="low">Low half of the seed.</param>
    /// <param name="high">High half of the seed.</param>
    /// <param name="draw">Number of the draw.</param>
    /// <param name="place">Number of the place.</param>
    public static double Uniform(double sample, double low, double high, double draw, int place) => Philox4x32.Uniform(
        ((ulong)(long)high << 32) | (ulong)(long)low, (long)sample, SampleStreams.Model + (uint)place, (long)draw);

    /// <summary>A number as an index into <paramref name="length"/> entries; -1 if it is outside or NaN.</summary>
    public static int Index(double index, int length) => index >= 0.0 && index < length ? (int)index : -1;

    /// <inheritdoc cref="Index(double, int)"/>
    public static int Index(float index, int length) => index >= 0.0f && index < length ? (int)index : -1;
}
