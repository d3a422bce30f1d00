using HybridControl.Estimation;

namespace HybridControl.Neural.Kpin;

/// <summary>Fits one factor of all process noise and one of all measurement noise, so that a trained filter knows its errors.</summary>
/// <remarks>
/// With true states, mean NIS = m and mean NEES = n are two equations for the two factors, solved by Newton's method in their
/// logarithms. With measurements alone there is one equation, and both factors are the same: it scales S and leaves the gain.
/// Use measurements that were not trained on.
/// </remarks>
public static class KpinCalibration
{
    private const double Largest = 2.3; // a factor of ten at most
    private const double Difference = 1e-3;

    /// <summary>The network under a design with fitted factors.</summary>
    /// <exception cref="HybridControl.Diagnostics.ModelException">The filter fails on a trajectory.</exception>
    public static KpinNetwork Fit(KpinProblem problem, KpinNetwork network)
    {
        ArgumentNullException.ThrowIfNull(problem);
        ArgumentNullException.ThrowIfNull(network);
        problem.Check();
        (double process, double measurement) = problem.HasStates ? Both(problem, network) : Common(problem, network);
        return Scaled(network, process, measurement);
    }

    private static KpinNetwork Scaled(KpinNetwork network, double process, double measurement) => network.With(network.Design with
    {
        ProcessFactor = network.Design.ProcessFactor * Math.Exp(process),
        MeasurementFactor = network.Design.MeasurementFactor * Math.Exp(measurement),
    });

    // The initial belief does not scale with the noise, so that a few rounds are needed.
    private static (double Process, double Measurement) Common(KpinProblem problem, KpinNetwork network)
    {
        double factor = 0.0;
        for (int round = 0; round < 4; round++)
        {
            double excess = KpinScore.Of(problem, Scaled(network, factor, factor)).NormalizedInnovation;
            factor = Math.Clamp(factor + (0.5 * Math.Log(excess)), -Largest, Largest);
        }

        return (factor, factor);
    }

    private static (double Process, double Measurement) Both(KpinProblem problem, KpinNetwork network)
    {
        (double process, double measurement) = (0.0, 0.0);
        (double bestProcess, double bestMeasurement, double best) = (0.0, 0.0, double.PositiveInfinity);
        for (int round = 0; round < 8; round++)
        {
            (double nis, double nees) = Excess(problem, network, process, measurement);
            double size = (nis * nis) + (nees * nees);
            if (size < best)
            {
                (bestProcess, bestMeasurement, best) = (process, measurement, size);
            }

            (double nisByProcess, double neesByProcess) = Excess(problem, network, process + Difference, measurement);
            (double nisByMeasurement, double neesByMeasurement) = Excess(problem, network, process, measurement + Difference);
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

    private static (double Nis, double Nees) Excess(KpinProblem problem, KpinNetwork network, double process, double measurement)
    {
        KpinScore score = KpinScore.Of(problem, Scaled(network, process, measurement));
        return (Math.Log(score.NormalizedInnovation), Math.Log(score.NormalizedError / problem.Transition.StateCount));
    }
}
