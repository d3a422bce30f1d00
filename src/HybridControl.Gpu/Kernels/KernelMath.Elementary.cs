using System.Runtime.CompilerServices;
using HybridControl.Numerics;

namespace HybridControl.Gpu.Kernels;

/// <content>The elementary functions. Each is compiled once and called: inlined wherever it stands, it would make kernels of many thousand instructions.</content>
public static partial class KernelMath
{
    /// <summary>Exponential.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static double Exp(double a) => LaneMath.Exp(new KernelLane(a)).Value;

    /// <inheritdoc cref="Exp(double)"/>
    public static float Exp(float a) => (float)Exp((double)a);

    /// <summary>Natural logarithm.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static double Log(double a) => LaneMath.Log(new KernelLane(a)).Value;

    /// <inheritdoc cref="Log(double)"/>
    public static float Log(float a) => (float)Log((double)a);

    /// <summary>Cube root.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static double Cbrt(double a) => LaneMath.Cbrt(new KernelLane(a)).Value;

    /// <inheritdoc cref="Cbrt(double)"/>
    public static float Cbrt(float a) => (float)Cbrt((double)a);

    /// <summary>Sine of an angle in radians.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static double Sin(double a) => LaneMath.Sin(new KernelLane(a)).Value;

    /// <inheritdoc cref="Sin(double)"/>
    public static float Sin(float a) => (float)Sin((double)a);

    /// <summary>Cosine of an angle in radians.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static double Cos(double a) => LaneMath.Cos(new KernelLane(a)).Value;

    /// <inheritdoc cref="Cos(double)"/>
    public static float Cos(float a) => (float)Cos((double)a);

    /// <summary>Tangent of an angle in radians.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static double Tan(double a) => LaneMath.Tan(new KernelLane(a)).Value;

    /// <inheritdoc cref="Tan(double)"/>
    public static float Tan(float a) => (float)Tan((double)a);

    /// <summary>Arc sine.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static double Asin(double a) => LaneMath.Asin(new KernelLane(a)).Value;

    /// <inheritdoc cref="Asin(double)"/>
    public static float Asin(float a) => (float)Asin((double)a);

    /// <summary>Arc cosine.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static double Acos(double a) => LaneMath.Acos(new KernelLane(a)).Value;

    /// <inheritdoc cref="Acos(double)"/>
    public static float Acos(float a) => (float)Acos((double)a);

    /// <summary>Arc tangent.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static double Atan(double a) => LaneMath.Atan(new KernelLane(a)).Value;

    /// <inheritdoc cref="Atan(double)"/>
    public static float Atan(float a) => (float)Atan((double)a);

    /// <summary>Hyperbolic sine.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static double Sinh(double a) => LaneMath.Sinh(new KernelLane(a)).Value;

    /// <inheritdoc cref="Sinh(double)"/>
    public static float Sinh(float a) => (float)Sinh((double)a);

    /// <summary>Hyperbolic cosine.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static double Cosh(double a) => LaneMath.Cosh(new KernelLane(a)).Value;

    /// <inheritdoc cref="Cosh(double)"/>
    public static float Cosh(float a) => (float)Cosh((double)a);

    /// <summary>Hyperbolic tangent.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static double Tanh(double a) => LaneMath.Tanh(new KernelLane(a)).Value;

    /// <inheritdoc cref="Tanh(double)"/>
    public static float Tanh(float a) => (float)Tanh((double)a);

    /// <summary>Inverse hyperbolic sine.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static double Asinh(double a) => LaneMath.Asinh(new KernelLane(a)).Value;

    /// <inheritdoc cref="Asinh(double)"/>
    public static float Asinh(float a) => (float)Asinh((double)a);

    /// <summary>Inverse hyperbolic cosine.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static double Acosh(double a) => LaneMath.Acosh(new KernelLane(a)).Value;

    /// <inheritdoc cref="Acosh(double)"/>
    public static float Acosh(float a) => (float)Acosh((double)a);

    /// <summary>Inverse hyperbolic tangent.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static double Atanh(double a) => LaneMath.Atanh(new KernelLane(a)).Value;

    /// <inheritdoc cref="Atanh(double)"/>
    public static float Atanh(float a) => (float)Atanh((double)a);

    /// <summary>a raised to b.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static double Power(double a, double b) => LaneMath.Power(new KernelLane(a), new KernelLane(b)).Value;

    /// <inheritdoc cref="Power(double, double)"/>
    public static float Power(float a, float b) => (float)Power((double)a, (double)b);

    /// <summary>Angle of the point (b, a).</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static double Atan2(double a, double b) => LaneMath.Atan2(new KernelLane(a), new KernelLane(b)).Value;

    /// <inheritdoc cref="Atan2(double, double)"/>
    public static float Atan2(float a, float b) => (float)Atan2((double)a, (double)b);

    /// <summary>sqrt(a^2 + b^2).</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static double Hypot(double a, double b) => LaneMath.Hypot(new KernelLane(a), new KernelLane(b)).Value;

    /// <inheritdoc cref="Hypot(double, double)"/>
    public static float Hypot(float a, float b) => (float)Hypot((double)a, (double)b);
}
