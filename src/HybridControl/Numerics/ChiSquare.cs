using MathNet.Numerics;

namespace HybridControl.Numerics;

/// <summary>The chi-square distribution.</summary>
internal static class ChiSquare
{
    /// <summary>The probability of a value up to <paramref name="x"/>.</summary>
    public static double Cdf(double degrees, double x) =>
        x <= 0.0 ? 0.0 : double.IsPositiveInfinity(x) ? 1.0 : SpecialFunctions.GammaLowerRegularized(0.5 * degrees, 0.5 * x);

    /// <summary>The value that is not exceeded with probability <paramref name="p"/>, 0 &lt; p &lt; 1.</summary>
    public static double Quantile(double degrees, double p) => MathNet.Numerics.Distributions.ChiSquared.InvCDF(degrees, p);
}
