using HybridControl.Gpu.Kernels;

namespace HybridControl.Gpu.Neural.Kernels;

/// <summary>Double precision by the functions of <see cref="KernelMath"/>: for comparisons and for control, not for speed.</summary>
internal readonly struct DoubleNumbers : IKernelNumbers<double>
{
    private const double LogOfTwo = 0.69314718055994531;
    private const double RootOfHalf = 0.70710678118654752;
    private const double TwoOverRootOfPi = 1.1283791670955126;
    private const double FarOut = 6.0;
    private const double Negligible = 1e-17;

    public static double Of(double value) => value;

    public static double Of(float value) => value;

    public static double Of(int value) => value;

    public static double Widen(double value) => value;

    public static double PowerOfTwo(double power) => KernelMath.Exp(power * LogOfTwo);

    public static double Exp(double x) => KernelMath.Exp(x);

    public static double Sqrt(double x) => Math.Sqrt(x);

    /// <inheritdoc cref="IKernelNumbers{T}.LogOnePlus"/>
    /// <remarks>Kahan's quotient: Higham, "Accuracy and Stability of Numerical Algorithms", section 1.14.1.</remarks>
    public static double LogOnePlus(double x)
    {
        double sum = 1.0 + x;
        return sum == 1.0 ? x : KernelMath.Log(sum) * x / (sum - 1.0);
    }

    /// <inheritdoc/>
    public static double Tanh(double x) => KernelMath.Tanh(x);

    /// <inheritdoc cref="IKernelNumbers{T}.NormalCdf"/>
    /// <remarks>The series of positive terms of the error function. Abramowitz and Stegun, 7.1.6; beyond 6 it is one to the last digit.</remarks>
    public static double NormalCdf(double x)
    {
        double z = Math.Abs(x) * RootOfHalf;
        double half = 0.5;
        if (z < FarOut)
        {
            double term = z;
            double sum = z;
            for (double k = 3.0; term > Negligible * sum; k += 2.0)
            {
                term *= 2.0 * z * z / k;
                sum += term;
            }

            half = 0.5 * TwoOverRootOfPi * KernelMath.Exp(-z * z) * sum;
        }

        return x < 0.0 ? 0.5 - half : 0.5 + half;
    }
}
