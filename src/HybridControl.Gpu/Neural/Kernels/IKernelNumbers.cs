using System.Numerics;

namespace HybridControl.Gpu.Neural.Kernels;

/// <summary>What kernels of layers ask of their numbers beyond arithmetic.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
internal interface IKernelNumbers<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The nearest number.</summary>
    static abstract T Of(double value);

    /// <summary>The nearest number.</summary>
    static abstract T Of(float value);

    /// <summary>The nearest number.</summary>
    static abstract T Of(int value);

    /// <summary>The same number in double precision.</summary>
    static abstract double Widen(T value);

    /// <summary>2 to a power.</summary>
    static abstract T PowerOfTwo(T power);

    /// <summary>Exponential.</summary>
    static abstract T Exp(T x);

    /// <summary>Square root.</summary>
    static abstract T Sqrt(T x);

    /// <summary>ln(1 + x) for 0 &lt;= x &lt;= 1.</summary>
    static abstract T LogOnePlus(T x);

    /// <summary>Hyperbolic tangent.</summary>
    static abstract T Tanh(T x);

    /// <summary>Normal distribution function.</summary>
    static abstract T NormalCdf(T x);
}
