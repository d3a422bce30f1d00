using System.Diagnostics;
using HybridControl.Estimation;

namespace HybridControl.Benchmarks.Estimators;

/// <summary>Our rows: the filters through their public interface, one prediction and one update a step.</summary>
internal static class OurFilters
{
    // The first calls are interpreted by the runtime's quick compiler.
    private const int WarmUpMilliseconds = 600;
    private static readonly HashSet<(string, int)> s_warm = [];

    /// <summary>The rows of one filter and size.</summary>
    public static IEnumerable<EstimatorRow> Measure(string filter, int n, int steps, int milliseconds)
    {
        EstimatorProblems problem = filter is "KF" or "IMM" ? EstimatorProblems.Linear(n, steps) : EstimatorProblems.Pendulums(n, steps);
        switch (filter)
        {
            case "KF":
                var kalman = new KalmanFilter(problem.Transitions[0], problem.Sensor, problem.Initial);
                yield return Time(filter, problem, kalman, () => kalman.Restart(problem.Initial, 0.0), milliseconds);
                break;
            case "EKF":
                var extended = new ExtendedKalmanFilter(problem.Transitions[0], problem.Sensor, problem.Initial);
                yield return Time(filter, problem, extended, () => extended.Restart(problem.Initial, 0.0), milliseconds);
                break;
        }
    }

    private static EstimatorRow Time(string filter, EstimatorProblems problem, IEstimator estimator, Action restart, int milliseconds)
    {
        int steps = problem.Measurements.Length;
        int n = estimator.StateCount;
        if (s_warm.Add((filter, n)))
        {
            long start = Stopwatch.GetTimestamp();
            while (Stopwatch.GetElapsedTime(start).TotalMilliseconds < WarmUpMilliseconds)
            {
                restart();
                Run(problem, estimator);
            }
        }

        double best = double.PositiveInfinity;
        double logLikelihood = 0.0;
        long bytes = 0;
        long begin = Stopwatch.GetTimestamp();
        for (int round = 0; round < 5 || Stopwatch.GetElapsedTime(begin).TotalMilliseconds < milliseconds; round++)
        {
            restart();
            double before = estimator.LogLikelihood;
            long allocated = GC.GetAllocatedBytesForCurrentThread();
            long start = Stopwatch.GetTimestamp();
            Run(problem, estimator);
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalNanoseconds / steps);
            bytes = GC.GetAllocatedBytesForCurrentThread() - allocated;
            logLikelihood = estimator.LogLikelihood - before;
        }

        return new EstimatorRow(
            "hybridcontrol", filter, "square-root", n, best, logLikelihood, estimator.Belief.Mean.ToArray(), (double)bytes / steps);
    }

    private static void Run(EstimatorProblems problem, IEstimator estimator)
    {
        for (int t = 0; t < problem.Measurements.Length; t++)
        {
            EstimationStatus predicted = estimator.Predict(t + 1);
            EstimationStatus updated = estimator.Update(problem.Measurements[t]);
            if (predicted != EstimationStatus.Done || updated != EstimationStatus.Done)
            {
                throw new InvalidOperationException($"Step {t}: {predicted}, {updated}.");
            }
        }
    }
}
