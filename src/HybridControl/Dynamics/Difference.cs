using System.Runtime.InteropServices;

namespace HybridControl.Dynamics;

/// <summary>One-sided differences of a right-hand side.</summary>
internal static class Difference
{
    private const double RootOfEpsilon = 1.4901161193847656e-8;
    private const double LeastRoot = 0.0031622776601683794; // of 1e-5

    /// <summary>An increment that balances rounding and curvature, which changes <paramref name="value"/> exactly.</summary>
    /// <param name="value">The number that moves.</param>
    /// <param name="direction">Its rate: it moves the way that it goes, where the right-hand side is defined.</param>
    public static double Increment(double value, double direction)
    {
        double size = Math.Abs(value);
        double increment = RootOfEpsilon * Math.Max(size, Math.Max(LeastRoot, Math.Sqrt(size)));
        increment = direction < 0.0 ? -increment : increment;
        return value + increment - value;
    }

    /// <summary>Writes df/dt.</summary>
    public static void InTime(
        OdeFunction function, double time, ReadOnlySpan<double> states, ReadOnlySpan<double> slopes, double[] data, Span<double> result)
    {
        double increment = Increment(time, 1.0);
        function.Derivatives(
            time + increment,
            ref MemoryMarshal.GetReference(states),
            ref MemoryMarshal.GetArrayDataReference(data),
            ref MemoryMarshal.GetReference(result));
        for (int i = 0; i < function.Dimension; i++)
        {
            result[i] = (result[i] - slopes[i]) / increment;
        }
    }
}
