using System.Diagnostics;
using System.Globalization;
using HybridControl.Estimation;
using HybridControl.Tests.TestKit;

namespace HybridControl.Benchmarks.Assimilation;

/// <summary>The tables of docs/benchmarks/assimilation.md: errors of ensemble and particle filters beside the published ones, and time.</summary>
internal static class AssimilationSuite
{
    private static readonly TwinExperiment s_ring = TwinExperiment.Lorenz96();
    private static readonly TwinExperiment s_butterfly = TwinExperiment.Lorenz63();

    /// <summary>Runs the suite; options --cycles N (of each run) and --runs N.</summary>
    public static int Run(string[] args)
    {
        int cycles = int.Parse(ValueOf(args, "--cycles") ?? "2000", CultureInfo.InvariantCulture);
        int runs = int.Parse(ValueOf(args, "--runs") ?? "5", CultureInfo.InvariantCulture);
        Console.WriteLine("| system | filter | published | mean | median | least | most | ms per cycle |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|");
        foreach ((TwinExperiment twin, string name, double published, Func<TwinExperiment, IEstimator> make) in Cases())
        {
            var clock = Stopwatch.StartNew();
            double[] errors = [.. Enumerable.Range(1, runs).Select(seed => twin.Run(make, cycles, (ulong)seed)).Order()];
            double milliseconds = clock.Elapsed.TotalMilliseconds / (runs * (cycles + twin.BurnIn));
            Console.WriteLine(FormattableString.Invariant(
                $"| {twin.Name} | {name} | {published:F2} | {errors.Average():F3} | {errors[runs / 2]:F3} | {errors[0]:F3} | {errors[^1]:F3} | {milliseconds:F3} |"));
        }

        return 0;
    }

    private static IEnumerable<(TwinExperiment Twin, string Name, double Published, Func<TwinExperiment, IEstimator> Make)> Cases()
    {
        yield return (s_ring, "EKF, covariance times 10 per second", 0.24, t => Extended(t, 10.0));
        yield return (s_ring, "EnKF stochastic, N = 40, inflation 1.06", 0.22, t => t.Ensemble(40, EnsembleUpdate.Stochastic, 1.06));
        yield return (s_ring, "EnKF stochastic, N = 28, inflation 1.08", 0.24, t => t.Ensemble(28, EnsembleUpdate.Stochastic, 1.08));
        yield return (s_ring, "DEnKF, N = 40, inflation 1.01", 0.18, t => t.Ensemble(40, EnsembleUpdate.Deterministic, 1.01));
        yield return (s_ring, "square root, N = 24, inflation 1.013, rotated", 0.18, t => t.Ensemble(24, EnsembleUpdate.SquareRoot, 1.013, rotates: true));
        yield return (s_ring, "LETKF, N = 7, inflation 1.04, rotated, radius 4", 0.22, t => t.Ensemble(7, EnsembleUpdate.SquareRoot, 1.04, rotates: true, localized: true));
        yield return (s_butterfly, "EKF, covariance times 180 per second", 0.92, t => Extended(t, 180.0));
        yield return (s_butterfly, "square root, N = 3, inflation 1.30", 0.80, t => t.Ensemble(3, EnsembleUpdate.SquareRoot, 1.30));
        yield return (s_butterfly, "square root, N = 10, inflation 1.02, rotated", 0.60, t => t.Ensemble(10, EnsembleUpdate.SquareRoot, 1.02, rotates: true));
        yield return (s_butterfly, "EnKF stochastic, N = 10, inflation 1.04", 0.65, t => t.Ensemble(10, EnsembleUpdate.Stochastic, 1.04));
        yield return (s_butterfly, "EnKF stochastic, N = 100", 0.56, t => t.Ensemble(100, EnsembleUpdate.Stochastic, 1.0));
        yield return (s_butterfly, "particles, N = 100", 0.38, t => t.Particles(100, scale: 2.48, below: 0.3));
        yield return (s_butterfly, "particles, N = 800", 0.28, t => t.Particles(800, scale: 0.93, below: 0.2));
        yield return (s_butterfly, "particles, N = 4000", 0.27, t => t.Particles(4000, scale: 0.72, below: 0.05));
    }

    private static ExtendedKalmanFilter Extended(TwinExperiment twin, double perSecond) =>
        new(new InflatedTransition(twin.Model, perSecond), twin.Sensor, twin.Start);

    private static string? ValueOf(string[] args, string option)
    {
        int at = Array.IndexOf(args, option);
        return at >= 0 && at + 1 < args.Length ? args[at + 1] : null;
    }
}
