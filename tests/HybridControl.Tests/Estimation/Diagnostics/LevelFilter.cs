using HybridControl.Estimation.Diagnostics;

namespace HybridControl.Tests.Estimation.Diagnostics;

/// <summary>A random walk seen in noise, and its Kalman filter written out: the smallest filter that can be tuned wrongly.</summary>
internal static class LevelFilter
{
    /// <summary>Simulates runs of a walk of variance 1 a step seen in noise of variance 1, and filters them with q and r.</summary>
    public static ConsistencyReport Judge(
        ulong seed, int runs, int steps, double q = 1.0, double r = 1.0, double bias = 0.0, Func<int, double>? noise = null)
    {
        var judge = new ConsistencyAccumulator(1, 1, new() { States = ["level"], Measurements = ["gauge"], Steps = steps });
        for (int run = 0; run < runs; run++)
        {
            judge.BeginRun();
            (double truth, double mean, double variance) = (Noise.Normal(seed, run, 0, steps), 0.0, 1.0);
            for (int k = 0; k < steps; k++)
            {
                truth += Noise.Normal(seed, run, 0, k);
                double z = truth + bias + (noise is null ? Noise.Normal(seed, run, 1, k) : noise((run * steps) + k));
                variance += q;
                double innovation = z - mean;
                double s = variance + r;
                judge.AddInnovation([innovation], [Math.Sqrt(s)]);
                mean += variance / s * innovation;
                variance *= r / s;
                judge.AddError([truth - mean], [Math.Sqrt(variance)]);
            }
        }

        return judge.ToReport();
    }
}
