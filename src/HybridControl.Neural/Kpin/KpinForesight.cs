using HybridControl.Estimation;

namespace HybridControl.Neural.Kpin;

/// <summary>How well networks foretell measurements one step ahead, two steps ahead and so on, without those in between.</summary>
/// <remarks>
/// Over a step the noise of the sensor hides what is wrong with the states that it does not measure; over several their errors have
/// grown into the measurement. Cost: as many predictions and updates as measurements times steps ahead.
/// </remarks>
internal static class KpinForesight
{
    /// <summary>Mean of -log p per measurement, taken for each number of steps ahead, then over these numbers.</summary>
    /// <param name="problem">Model and measurements.</param>
    /// <param name="networks">Trajectory i is foretold by network i mod their number.</param>
    /// <param name="horizon">The most steps ahead.</param>
    /// <returns>NaN if no measurement comes after another time.</returns>
    /// <exception cref="HybridControl.Diagnostics.ModelException">A filter fails on a trajectory.</exception>
    public static double NegativeLogLikelihood(KpinProblem problem, IReadOnlyList<KpinNetwork> networks, int horizon)
    {
        var sums = new double[horizon];
        var counts = new int[horizon];
        for (int i = 0; i < problem.Trajectories.Count; i++)
        {
            KpinTrajectory trajectory = problem.Trajectories[i];
            KpinEstimator estimator = problem.Start(networks[i % networks.Count], trajectory);
            EstimatorSnapshot present = estimator.Snapshot();
            EstimatorSnapshot ahead = estimator.Snapshot();
            problem.Run(estimator, trajectory, step =>
            {
                present.Take();
                Look(problem, estimator, trajectory, step, ahead, sums, counts);
                present.Restore();
            });
        }

        return sums.Zip(counts).Where(each => each.Second > 0).Select(each => each.First / each.Second).DefaultIfEmpty(double.NaN).Average();
    }

    private static void Look(
        KpinProblem problem, KpinEstimator estimator, KpinTrajectory trajectory, int step, EstimatorSnapshot ahead, double[] sums, int[] counts)
    {
        (int m, int k) = (problem.Sensor.Count, problem.Transition.InputCount);
        for (int h = 0; h < sums.Length && step + 1 + h < trajectory.Count; h++)
        {
            int at = step + 1 + h;
            KpinProblem.Demand(trajectory, at, estimator.Predict(trajectory.Times[at], trajectory.Inputs.AsSpan().Slice(at * k, k)));
            ahead.Take();
            EstimationStatus status = estimator.Update(trajectory.Measurements.AsSpan().Slice(at * m, m));
            KpinProblem.Demand(trajectory, at, status);
            if (status != EstimationStatus.Missing)
            {
                sums[h] -= estimator.Innovation.LogLikelihood;
                counts[h]++;
            }

            ahead.Restore();
        }
    }
}
