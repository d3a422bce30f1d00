using ILGPU;

namespace HybridControl.Gpu.Neural.Kernels;

/// <summary>Single precision, computed in single precision.</summary>
/// <remarks>
/// A layer takes an exponential for each state of each token: there the power of two of the device stands (<c>ex2.approx</c> on
/// CUDA, two units in the last place by the PTX manual, section 9.7.3), one instruction instead of a polynomial. The others are
/// short series around it, right to a few units in the last place or 2e-7, whichever is more.
/// </remarks>
internal readonly struct SingleNumbers : IKernelNumbers<float>
{
    private const float Log2OfE = 1.44269504f;

    public static float Of(double value) => (float)value;

    public static float Of(float value) => value;

    public static float Of(int value) => value;

    public static double Widen(float value) => value;

    public static float PowerOfTwo(float power) => IntrinsicMath.CPUOnly.Exp2(power);

    public static float Exp(float x) => PowerOfTwo(x * Log2OfE);

    public static float Sqrt(float x) => MathF.Sqrt(x);

    /// <inheritdoc cref="IKernelNumbers{T}.LogOnePlus"/>
    /// <remarks>2 artanh(x / (2 + x)) as a series: its argument is at most 1/3, so seven terms do.</remarks>
    public static float LogOnePlus(float x)
    {
        float s = x / (2.0f + x);
        float z = s * s;
        float tail = 0.11111111f + (z * (0.09090909f + (z * 0.07692308f)));
        return 2.0f * s * (1.0f + (z * (0.33333333f + (z * (0.2f + (z * (0.14285714f + (z * tail))))))));
    }

    /// <inheritdoc/>
    public static float Tanh(float x)
    {
        float size = MathF.Abs(x);
        float z = x * x;
        float near = x * (1.0f + (z * (-0.33333333f + (z * (0.13333333f + (z * (-0.05396825f + (z * 0.02186949f))))))));
        float e = Exp(-2.0f * size);
        float far = (1.0f - e) / (1.0f + e);
        float signed = x < 0.0f ? -far : far;
        return size < 0.25f ? near : signed;
    }

    /// <inheritdoc cref="IKernelNumbers{T}.NormalCdf"/>
    /// <remarks>Absolute error below 1e-7. Abramowitz and Stegun, "Handbook of Mathematical Functions", 7.1.26.</remarks>
    public static float NormalCdf(float x)
    {
        float z = MathF.Abs(x) * 0.70710678f;
        float t = 1.0f / (1.0f + (0.3275911f * z));
        float series = t * (0.254829592f + (t * (-0.284496736f + (t * (1.421413741f + (t * (-1.453152027f + (t * 1.061405429f))))))));
        float tail = 0.5f * series * Exp(-z * z);
        return x < 0.0f ? tail : 1.0f - tail;
    }
}
