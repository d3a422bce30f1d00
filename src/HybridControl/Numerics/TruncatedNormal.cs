using MathNet.Numerics;

namespace HybridControl.Numerics;

/// <summary>The standard normal distribution cut off outside an interval: its mass, mean and variance.</summary>
/// <remarks>Right in both tails. N. L. Johnson, S. Kotz and N. Balakrishnan, Continuous Univariate Distributions 1 (1994), section 13.10.1.</remarks>
internal static class TruncatedNormal
{
    private const double InverseSqrtTwoPi = 0.39894228040143267794;

    // Below this width the density is flat to rounding, and the formulas cancel.
    private const double Narrow = 1e-4;

    // Beyond this the mass underflows; what is left decays exponentially from the near end.
    private const double FarTail = 36.0;

    /// <summary>The mass between two ends, either of which may be infinite.</summary>
    public static double Mass(double low, double high) =>
        !(high > low) ? 0.0
        : low > 0.0 ? Below(-low) - Below(-high)
        : Below(high) - Below(low);

    /// <summary>The logarithm of the mass below <paramref name="high"/>, also where the mass underflows.</summary>
    public static double LogBelow(double high) => high > -FarTail
        ? Math.Log(Below(high))
        : double.IsNegativeInfinity(high)
            ? double.NegativeInfinity
            : (-0.5 * high * high) - Math.Log(-high) + Math.Log(InverseSqrtTwoPi) - (1.0 / (high * high));

    /// <summary>Mean and variance between two ends, either of which may be infinite.</summary>
    public static (double Mean, double Variance) Moments(double low, double high)
    {
        if (double.IsNegativeInfinity(low) && double.IsPositiveInfinity(high))
        {
            return (0.0, 1.0);
        }

        if (Math.Abs(high - low) < Narrow)
        {
            return (0.5 * (low + high), (high - low) * (high - low) / 12.0);
        }

        // The far tail is exponential: mean 1/a beyond the end a, cut off at the other end or not.
        if (low > FarTail || high < -FarTail)
        {
            double near = Math.Min(Math.Abs(low), Math.Abs(high));
            double width = high - low;
            double tail = double.IsInfinity(width) ? 0.0 : width / (Math.Exp(Math.Min(near * width, 700.0)) - 1.0);
            double mean = near + (1.0 / near) - tail;
            return (low > 0.0 ? mean : -mean, 1.0 / (near * near));
        }

        double mass = Mass(low, high);
        double atLow = double.IsInfinity(low) ? 0.0 : Density(low);
        double atHigh = double.IsInfinity(high) ? 0.0 : Density(high);
        double shift = (atLow - atHigh) / mass;
        double slope = ((atLow > 0.0 ? low * atLow : 0.0) - (atHigh > 0.0 ? high * atHigh : 0.0)) / mass;
        return (shift, Math.Clamp(1.0 + slope - (shift * shift), 0.0, 1.0));
    }

    private static double Below(double z) => 0.5 * SpecialFunctions.Erfc(-z / Math.Sqrt(2.0));

    private static double Density(double z) => InverseSqrtTwoPi * Math.Exp(-0.5 * z * z);
}
