using ILGPU;

namespace HybridControl.Gpu.Kernels;

/// <content>Functions for numbers of which something is known: truth values, which are 1 or -1, and limits, which are never NaN.
/// A limit stands on the right: the kernel compiler turns a comparison with a constant on the left round, and NaN satisfies it then.</content>
public static partial class KernelMath
{
    /// <summary>The smaller of two truth values.</summary>
    public static double Both(double a, double b) => Interop.IntAsFloat(Interop.FloatAsInt(a) | Interop.FloatAsInt(b));

    /// <inheritdoc cref="Both(double, double)"/>
    public static float Both(float a, float b) => Interop.IntAsFloat(Interop.FloatAsInt(a) | Interop.FloatAsInt(b));

    /// <summary>The larger of two truth values.</summary>
    public static double Either(double a, double b) => Interop.IntAsFloat(Interop.FloatAsInt(a) & Interop.FloatAsInt(b));

    /// <inheritdoc cref="Either(double, double)"/>
    public static float Either(float a, float b) => Interop.IntAsFloat(Interop.FloatAsInt(a) & Interop.FloatAsInt(b));

    /// <summary><see cref="Select(double, double, double)"/> after a truth value.</summary>
    public static double Choose(double truth, double whenTrue, double whenFalse) =>
        (int)(Interop.FloatAsInt(truth) >> 32) >= 0 ? whenTrue : whenFalse;

    /// <inheritdoc cref="Choose(double, double, double)"/>
    public static float Choose(float truth, float whenTrue, float whenFalse) =>
        (int)Interop.FloatAsInt(truth) >= 0 ? whenTrue : whenFalse;

    /// <summary><see cref="Max(double, double)"/> of two absolute values, whose bits are in order as whole numbers, NaN last.</summary>
    public static double LargerSize(double a, double b) => Interop.FloatAsInt(a) >= Interop.FloatAsInt(b) ? a : b;

    /// <inheritdoc cref="LargerSize(double, double)"/>
    public static float LargerSize(float a, float b) => Interop.FloatAsInt(a) >= Interop.FloatAsInt(b) ? a : b;

    /// <summary><see cref="Min(double, double)"/> with a limit that is not NaN.</summary>
    public static double AtMost(double a, double limit) => a > limit ? limit : a;

    /// <inheritdoc cref="AtMost(double, double)"/>
    public static float AtMost(float a, float limit) => a > limit ? limit : a;

    /// <summary><see cref="Min(double, double)"/> of a limit that is not NaN.</summary>
    public static double MostOf(double limit, double b) => b >= limit ? limit : b;

    /// <inheritdoc cref="MostOf(double, double)"/>
    public static float MostOf(float limit, float b) => b >= limit ? limit : b;

    /// <summary><see cref="Max(double, double)"/> with a limit that is not NaN.</summary>
    public static double AtLeast(double a, double limit) => a < limit ? limit : a;

    /// <inheritdoc cref="AtLeast(double, double)"/>
    public static float AtLeast(float a, float limit) => a < limit ? limit : a;

    /// <summary><see cref="Max(double, double)"/> of a limit that is not NaN.</summary>
    public static double LeastOf(double limit, double b) => b <= limit ? limit : b;

    /// <inheritdoc cref="LeastOf(double, double)"/>
    public static float LeastOf(float limit, float b) => b <= limit ? limit : b;
}
