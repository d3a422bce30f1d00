namespace HybridControl.Numerics;

/// <summary>Student's distribution.</summary>
internal static class StudentLaw
{
    /// <summary>The probability of a value at least as far from zero as <paramref name="t"/>.</summary>
    /// <param name="t">Distance from zero in standard errors.</param>
    /// <param name="degrees">Degrees of freedom, above 0.</param>
    /// <remarks>I_x(degrees / 2, 1 / 2) at x = degrees / (degrees + t^2); NIST Digital Library of Mathematical Functions, 8.17.</remarks>
    public static double TwoSided(double t, double degrees) => IncompleteBeta.Value(0.5 * degrees, 0.5, degrees / (degrees + (t * t)));

    /// <summary>The distance within which a number lies with the given probability, between 0 and 1.</summary>
    public static double TwoSidedQuantile(double confidence, double degrees)
    {
        double x = IncompleteBeta.Inverse(0.5 * degrees, 0.5, 1.0 - confidence);
        return Math.Sqrt(degrees * (1.0 - x) / x);
    }
}
