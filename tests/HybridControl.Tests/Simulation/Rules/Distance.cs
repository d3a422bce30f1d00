namespace HybridControl.Tests.Simulation.Rules;

/// <summary>How far samples are from a law.</summary>
internal static class Distance
{
    /// <summary>Kolmogorov's largest distance between the distribution of ascending samples and a law.</summary>
    public static double OfKolmogorov(double[] ascending, Func<double, double> law) => ascending
        .Select((x, i) => Math.Max(law(x) - ((double)i / ascending.Length), ((i + 1.0) / ascending.Length) - law(x))).Max();
}
