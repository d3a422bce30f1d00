using HybridControl.Estimation;

namespace HybridControl.Neural.Kpin;

/// <summary>Fits one factor of all process noise and one of all measurement noise, so that a trained filter knows its errors.</summary>
/// <remarks>
/// With true states, mean NIS = m and mean NEES = n are two equations for the two factors, solved by Newton's method in their
/// logarithms. With measurements alone the factors make them most likely when foretold 1, 2, ... steps ahead, each number of steps
/// counting the same: over one step a filter that is too sure of what it does not measure is hardly ever surprised, over several it is.
/// Use measurements that were not trained on.
/// </remarks>
public static class KpinCalibration
{
    private const double Largest = 2.3; // a factor of ten at most
    private const double Difference = 1e-3;
    private const double FirstStride = 0.4;
    private const double LastStride = 0.01; // one per cent of a deviation

    /// <summary>The network under a design with fitted factors.</summary>
    /// <param name="problem">Model and measurements.</param>
    /// <param name="network">The network.</param>
    /// <param name="horizon">The most steps ahead, where true states are not known.</param>
    /// <exception cref="HybridControl.Diagnostics.ModelException">Something does not fit together, or the filter fails on a trajectory.</exception>
    public static KpinNetwork Fit(KpinProblem problem, KpinNetwork network, int horizon = 10)
    {
        ArgumentNullException.ThrowIfNull(problem);
        ArgumentNullException.ThrowIfNull(network);
        ArgumentOutOfRangeException.ThrowIfLessThan(horizon, 1);
        problem.Check();
        (double process, double measurement) = Factors(problem, [network], horizon);
        return Scaled(network, process, measurement);
    }

    /// <summary>Logarithms of the two factors. Trajectory i is judged by network i mod their number.</summary>
    internal static (double Process, double Measurement) Factors(KpinProblem problem, IReadOnlyList<KpinNetwork> networks, int horizon) =>
        problem.HasStates ? Both(problem, networks) : MostLikely(problem, networks, horizon);

    /// <summary>The network with all noise multiplied, by factors given as logarithms.</summary>
    internal static KpinNetwork Scaled(KpinNetwork network, double process, double measurement) => network.With(network.Design with
    {
        ProcessFactor = network.Design.ProcessFactor * Math.Exp(process),
        MeasurementFactor = network.Design.MeasurementFactor * Math.Exp(measurement),
    });

    private static KpinNetwork[] Scaled(IReadOnlyList<KpinNetwork> networks, double process, double measurement) =>
        [.. networks.Select(network => Scaled(network, process, measurement))];

    // A compass search: two numbers, no derivative, and a stride that halves where no direction is better.
    private static (double Process, double Measurement) MostLikely(KpinProblem problem, IReadOnlyList<KpinNetwork> networks, int horizon)
    {
        (double process, double measurement) = (0.0, 0.0);
        double best = Surprise(process, measurement);
        double stride = FirstStride;
        while (stride >= LastStride)
        {
            bool moved = Try(stride, 0.0) || Try(-stride, 0.0) || Try(0.0, stride) || Try(0.0, -stride);
            stride = moved ? stride : 0.5 * stride;
        }

        return (process, measurement);

        bool Try(double moreProcess, double moreMeasurement)
        {
            (double p, double m) = (process + moreProcess, measurement + moreMeasurement);
            if (Math.Max(Math.Abs(p), Math.Abs(m)) > Largest || !(Surprise(p, m) is var surprise && surprise < best))
            {
                return false;
            }

            (process, measurement, best) = (p, m, surprise);
            return true;
        }

        double Surprise(double p, double m) => KpinForesight.NegativeLogLikelihood(problem, Scaled(networks, p, m), horizon);
    }

    private static (double Process, double Measurement) Both(KpinProblem problem, IReadOnlyList<KpinNetwork> networks)
    {
        (double process, double measurement) = (0.0, 0.0);
        (double bestProcess, double bestMeasurement, double best) = (0.0, 0.0, double.PositiveInfinity);
        for (int round = 0; round < 8; round++)
        {
            (double nis, double nees) = Excess(problem, networks, process, measurement);
            double size = (nis * nis) + (nees * nees);
            if (size < best)
            {
                (bestProcess, bestMeasurement, best) = (process, measurement, size);
            }

            (double nisByProcess, double neesByProcess) = Excess(problem, networks, process + Difference, measurement);
            (double nisByMeasurement, double neesByMeasurement) = Excess(problem, networks, process, measurement + Difference);
            double a = (nisByProcess - nis) / Difference;
            double b = (nisByMeasurement - nis) / Difference;
            double c = (neesByProcess - nees) / Difference;
            double d = (neesByMeasurement - nees) / Difference;
            double determinant = (a * d) - (b * c);
            if (!(Math.Abs(determinant) > 1e-6))
            {
                break;
            }

            // Half a unit of the logarithm at most, so that a bad start does not throw the factors away.
            process = Math.Clamp(process - Math.Clamp(((d * nis) - (b * nees)) / determinant, -0.5, 0.5), -Largest, Largest);
            measurement = Math.Clamp(measurement - Math.Clamp(((a * nees) - (c * nis)) / determinant, -0.5, 0.5), -Largest, Largest);
        }

        return (bestProcess, bestMeasurement);
    }

    private static (double Nis, double Nees) Excess(
        KpinProblem problem, IReadOnlyList<KpinNetwork> networks, double process, double measurement)
    {
        KpinScore score = KpinScore.Of(problem, Scaled(networks, process, measurement));
        return (Math.Log(score.NormalizedInnovation), Math.Log(score.NormalizedError / problem.Transition.StateCount));
    }
}
