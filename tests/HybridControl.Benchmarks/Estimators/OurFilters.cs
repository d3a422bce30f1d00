using System.Diagnostics;
using HybridControl.Estimation;

namespace HybridControl.Benchmarks.Estimators;

/// <summary>Our rows: the filters through their public interface, one prediction and one update a step.</summary>
internal static class OurFilters
{
    // The first calls are interpreted by the runtime's quick compiler.
    private const int WarmUpMilliseconds = 600;
    private static readonly HashSet<(string, int)> s_warm = [];

    /// <summary>The row of one filter and size.</summary>
    public static EstimatorRow Measure(string filter, int n, int steps, int milliseconds)
    {
        EstimatorProblems problem = filter is "KF" or "IMM" ? EstimatorProblems.Linear(n, steps) : EstimatorProblems.Pendulums(n, steps);
        (TransitionModel transition, MeasurementModel sensor, GaussianBelief initial) = (problem.Transitions[0], problem.Sensor, problem.Initial);
        return filter switch
        {
            "KF" => Time(filter, problem, Restarting(new KalmanFilter(transition, sensor, initial), initial), milliseconds),
            "EKF" => Time(filter, problem, Restarting(new ExtendedKalmanFilter(transition, sensor, initial), initial), milliseconds),
            "UKF" => Time(filter, problem, Restarting(Unscented(transition, sensor, initial), initial), milliseconds),
            _ => Time(filter, problem, () => Interacting(problem), milliseconds),
        };
    }

    private static UnscentedKalmanFilter Unscented(TransitionModel transition, MeasurementModel sensor, GaussianBelief initial) =>
        new(transition, sensor, initial) { Spread = new SigmaPointSpread(Alpha: 1.0, Beta: 0.0, Kappa: 1.0) };

    private static InteractingMultipleModel Interacting(EstimatorProblems problem) => new(
        [.. problem.Transitions.Select(transition => new KalmanFilter(transition, problem.Sensor, problem.Initial))],
        MarkovChain.FromRows([0.95, 0.05], [0.05, 0.95]));

    private static Func<IEstimator> Restarting(GaussianFilter filter, GaussianBelief initial) => () =>
    {
        filter.Restart(initial, 0.0);
        return filter;
    };

    private static EstimatorRow Time(string filter, EstimatorProblems problem, Func<IEstimator> start, int milliseconds)
    {
        int steps = problem.Measurements.Length;
        int n = problem.Initial.Dimension;
        int warmUp = s_warm.Add((filter, n)) ? WarmUpMilliseconds : 0;
        long begin = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(begin).TotalMilliseconds < warmUp)
        {
            Run(problem, start());
        }

        double best = double.PositiveInfinity;
        double logLikelihood = 0.0;
        double[] mean = [];
        long bytes = 0;
        begin = Stopwatch.GetTimestamp();
        for (int round = 0; round < 5 || Stopwatch.GetElapsedTime(begin).TotalMilliseconds < milliseconds; round++)
        {
            IEstimator estimator = start();
            double before = estimator.LogLikelihood;
            long at = Stopwatch.GetTimestamp();
            bytes = Run(problem, estimator);
            best = Math.Min(best, Stopwatch.GetElapsedTime(at).TotalNanoseconds / steps);
            logLikelihood = estimator.LogLikelihood - before;
            mean = estimator.Belief.Mean.ToArray();
        }

        return new EstimatorRow("hybridcontrol", filter, filter == "UKF" ? "square-root" : "covariance", n, best, logLikelihood, mean, (double)bytes / steps);
    }

    // Returns what was allocated after the first step, which may make room.
    private static long Run(EstimatorProblems problem, IEstimator estimator)
    {
        long allocated = 0;
        for (int t = 0; t < problem.Measurements.Length; t++)
        {
            EstimationStatus predicted = estimator.Predict(t + 1);
            EstimationStatus updated = estimator.Update(problem.Measurements[t]);
            if (predicted != EstimationStatus.Done || updated != EstimationStatus.Done || estimator.Belief.Dimension == 0)
            {
                throw new InvalidOperationException($"Step {t}: {predicted}, {updated}.");
            }

            allocated = t == 0 ? GC.GetAllocatedBytesForCurrentThread() : allocated;
        }

        return GC.GetAllocatedBytesForCurrentThread() - allocated;
    }
}
