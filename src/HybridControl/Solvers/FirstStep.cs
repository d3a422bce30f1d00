using System.Runtime.InteropServices;
using HybridControl.Dynamics;

namespace HybridControl.Solvers;

/// <summary>The first step size of a smooth stretch: from the states, the slopes and their change over a small explicit step.</summary>
/// <remarks>E. Hairer, S. P. Norsett and G. Wanner, Solving Ordinary Differential Equations I (1993), section II.4.</remarks>
internal static class FirstStep
{
    /// <summary>Size in seconds of the small explicit step.</summary>
    /// <param name="states">Squares of the states over their tolerances.</param>
    /// <param name="slopes">The same of the slopes; positive.</param>
    /// <param name="longest">Time that is left, in seconds.</param>
    public static double Probe(double states, double slopes, double longest) =>
        Math.Min(states < 1e-10 || slopes < 1e-10 ? 1e-6 : 0.01 * Math.Sqrt(states / slopes), longest);

    /// <summary>Size in seconds of the first step.</summary>
    /// <param name="probe">Size of the small step.</param>
    /// <param name="largest">The larger of the slopes, and of their change over the small step as a rate, over the tolerances.</param>
    /// <param name="terms">The number of squares that <paramref name="largest"/> is the root of; 1 for the root of a mean.</param>
    /// <param name="order">Order of the error estimate plus one.</param>
    /// <param name="longest">Time that is left, in seconds.</param>
    public static double Of(double probe, double largest, int terms, int order, double longest)
    {
        double size = largest <= 1e-15 ? Math.Max(1e-6, probe * 1e-3) : Math.Pow(0.01 / largest * Math.Sqrt(terms), 1.0 / order);
        double chosen = Math.Min(100.0 * probe, size);
        return chosen > 0.0 ? chosen : Math.Min(1e-6, longest); // also when a slope is NaN: the step itself will tell
    }

    /// <summary>Chooses it.</summary>
    /// <param name="function">The right-hand side; evaluated once, unless the slopes are zero.</param>
    /// <param name="time">Time.</param>
    /// <param name="states">The states.</param>
    /// <param name="slopes">Their slopes.</param>
    /// <param name="weights">1 / tolerance of each state.</param>
    /// <param name="data">The data block.</param>
    /// <param name="order">Order of the error estimate plus one.</param>
    /// <param name="longest">Time that is left, in seconds.</param>
    /// <param name="scratch">Work space of 2 n + 1 numbers.</param>
    public static double Choose(
        OdeFunction function, double time, ReadOnlySpan<double> states, ReadOnlySpan<double> slopes, ReadOnlySpan<double> weights,
        double[] data, int order, double longest, Span<double> scratch)
    {
        int n = states.Length;
        double speed = RadauKernels.SumOfSquares(slopes, weights);
        if (speed == 0.0)
        {
            return longest;
        }

        double probe = Probe(RadauKernels.SumOfSquares(states, weights), speed, longest);
        for (int i = 0; i < n; i++)
        {
            scratch[i] = states[i] + (probe * slopes[i]);
        }

        Span<double> change = scratch.Slice(n, n);
        function.Derivatives(time + probe, ref scratch[0], ref MemoryMarshal.GetArrayDataReference(data), ref scratch[n]);
        for (int i = 0; i < n; i++)
        {
            change[i] -= slopes[i];
        }

        double curvature = Math.Sqrt(RadauKernels.SumOfSquares(change, weights) / n) / probe;
        return Of(probe, Math.Max(Math.Sqrt(speed / n), curvature), 1, order, longest);
    }
}
