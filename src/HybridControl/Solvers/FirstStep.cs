using System.Runtime.InteropServices;
using HybridControl.Dynamics;

namespace HybridControl.Solvers;

/// <summary>The first step size of a smooth stretch: from the states, the slopes and their change over a small explicit step.</summary>
/// <remarks>E. Hairer, S. P. Norsett and G. Wanner, Solving Ordinary Differential Equations I (1993), section II.4.</remarks>
internal static class FirstStep
{
    private const int MostLooks = 4;
    private const double Share = 0.37; // no simple fraction: what is periodic may rest at many of these

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
    /// <param name="function">The right-hand side.</param>
    /// <param name="time">Time.</param>
    /// <param name="states">The states.</param>
    /// <param name="slopes">Their slopes.</param>
    /// <param name="weights">1 / tolerance of each state.</param>
    /// <param name="data">The data block.</param>
    /// <param name="order">Order of the error estimate plus one.</param>
    /// <param name="longest">Time that is left, in seconds.</param>
    /// <param name="scratch">Work space of 2 n + 1 numbers.</param>
    /// <param name="evaluations">Evaluations of the right-hand side that this took.</param>
    public static double Choose(
        OdeFunction function, double time, ReadOnlySpan<double> states, ReadOnlySpan<double> slopes, ReadOnlySpan<double> weights,
        double[] data, int order, double longest, Span<double> scratch, out int evaluations)
    {
        int n = states.Length;
        double speed = ErrorWeights.MeanSquare(slopes, weights);
        double probe;
        Span<double> change = scratch.Slice(n, n);
        if (speed == 0.0)
        {
            probe = Awakening(function, time, states, data, longest, scratch, out evaluations);
            if (probe == longest)
            {
                return longest;
            }
        }
        else
        {
            evaluations = 1;
            probe = Probe(ErrorWeights.MeanSquare(states, weights), speed, longest);
            for (int i = 0; i < n; i++)
            {
                scratch[i] = states[i] + (probe * slopes[i]);
            }

            function.Derivatives(time + probe, ref scratch[0], ref MemoryMarshal.GetArrayDataReference(data), ref scratch[n]);
            for (int i = 0; i < n; i++)
            {
                change[i] -= slopes[i];
            }
        }

        double curvature = Math.Sqrt(ErrorWeights.MeanSquare(change, weights)) / probe;
        return Of(probe, Math.Max(Math.Sqrt(speed), curvature), 1, order, longest);
    }

    /// <summary>When states that rest begin to move because time goes on; looked for at a few times.</summary>
    /// <param name="function">The right-hand side, zero at the start.</param>
    /// <param name="time">Time.</param>
    /// <param name="states">The states.</param>
    /// <param name="data">The data block.</param>
    /// <param name="longest">Time that is left, in seconds.</param>
    /// <param name="scratch">Work space of 2 n + 1 numbers: the slopes then come after the first n.</param>
    /// <param name="evaluations">Evaluations of the right-hand side that this took.</param>
    /// <returns>Seconds until a time at which they move; all that are left if there is none.</returns>
    public static double Awakening(
        OdeFunction function, double time, ReadOnlySpan<double> states, double[] data, double longest, Span<double> scratch, out int evaluations)
    {
        int n = states.Length;
        evaluations = 0;
        if (!function.DependsOnTime())
        {
            return longest;
        }

        states.CopyTo(scratch);
        double probe = longest;
        while (evaluations < MostLooks)
        {
            probe *= Share;
            evaluations++;
            function.Derivatives(time + probe, ref scratch[0], ref MemoryMarshal.GetArrayDataReference(data), ref scratch[n]);
            if (scratch.Slice(n, n).ContainsAnyExcept(0.0))
            {
                return probe;
            }
        }

        return longest;
    }
}
