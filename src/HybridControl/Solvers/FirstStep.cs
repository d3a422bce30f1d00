using System.Runtime.InteropServices;
using HybridControl.Dynamics;

namespace HybridControl.Solvers;

/// <summary>The first step size of a smooth stretch.</summary>
internal static class FirstStep
{
    /// <summary>Chooses it from the states, the slopes and their change over a small explicit step.</summary>
    /// <param name="function">The right-hand side; evaluated once.</param>
    /// <param name="time">Time.</param>
    /// <param name="states">The states.</param>
    /// <param name="slopes">Their slopes.</param>
    /// <param name="weights">1 / tolerance of each state.</param>
    /// <param name="data">The data block.</param>
    /// <param name="order">Order of the error estimate plus one.</param>
    /// <param name="longest">Time that is left, in seconds.</param>
    /// <param name="scratch">Work space of 2 n + 1 numbers.</param>
    /// <remarks>E. Hairer, S. P. Norsett and G. Wanner, Solving Ordinary Differential Equations I (1993), section II.4.</remarks>
    public static double Choose(
        OdeFunction function, double time, ReadOnlySpan<double> states, ReadOnlySpan<double> slopes, ReadOnlySpan<double> weights,
        double[] data, int order, double longest, Span<double> scratch)
    {
        int n = states.Length;
        double size = RadauKernels.SumOfSquares(states, weights);
        double speed = RadauKernels.SumOfSquares(slopes, weights);
        if (speed == 0.0)
        {
            return longest;
        }

        double first = size < 1e-10 || speed < 1e-10 ? 1e-6 : 0.01 * Math.Sqrt(size / speed);
        first = Math.Min(first, longest);
        for (int i = 0; i < n; i++)
        {
            scratch[i] = states[i] + (first * slopes[i]);
        }

        Span<double> change = scratch.Slice(n, n);
        function.Derivatives(time + first, ref scratch[0], ref MemoryMarshal.GetArrayDataReference(data), ref scratch[n]);
        for (int i = 0; i < n; i++)
        {
            change[i] -= slopes[i];
        }

        double curvature = Math.Sqrt(RadauKernels.SumOfSquares(change, weights) / n) / first;
        double largest = Math.Max(Math.Sqrt(speed / n), curvature);
        double second = largest <= 1e-15 ? Math.Max(1e-6, first * 1e-3) : Math.Pow(0.01 / largest, 1.0 / order);
        double chosen = Math.Min(100.0 * first, second);
        return chosen > 0.0 ? chosen : Math.Min(1e-6, longest); // also when a slope is NaN: the step itself will tell
    }
}
