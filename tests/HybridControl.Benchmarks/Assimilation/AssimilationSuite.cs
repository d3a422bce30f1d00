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
        Console.WriteLine("| system | published line | published | mean | median | least | most | ms per cycle |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|");
        foreach ((TwinExperiment twin, string line, double published, Func<TwinExperiment, IEstimator> make) in Cases())
        {
            var clock = Stopwatch.StartNew();
            double[] errors = [.. Enumerable.Range(1, runs).Select(seed => twin.Run(make, cycles, (ulong)seed)).Order()];
            double milliseconds = clock.Elapsed.TotalMilliseconds / (runs * (cycles + twin.BurnIn));
            Console.WriteLine(FormattableString.Invariant(
                $"| {twin.Name} | `{line}` | {published:F2} | {errors.Average():F3} | {errors[runs / 2]:F3} | {errors[0]:F3} | {errors[^1]:F3} | {milliseconds:F3} |"));
        }

        return 0;
    }

    // The published lines stand in dapper/mods/Lorenz96/sakov2008.py and dapper/mods/Lorenz63/sakov2012.py of DAPPER, errors behind them.
    private static IEnumerable<AssimilationCase> Cases()
    {
        yield return new(s_ring, "ExtKF(infl=10)", 0.24, t => Extended(t, 10.0));
        yield return new(s_ring, "EnKF('PertObs', N=40, infl=1.06)", 0.22, t => t.Ensemble(40, EnsembleUpdate.Stochastic, 1.06));
        yield return new(s_ring, "EnKF('PertObs', N=28, infl=1.08)", 0.24, t => t.Ensemble(28, EnsembleUpdate.Stochastic, 1.08));
        yield return new(s_ring, "EnKF('DEnKF', N=40, infl=1.01)", 0.18, t => t.Ensemble(40, EnsembleUpdate.Deterministic, 1.01));
        yield return new(s_ring, "EnKF('Sqrt', N=24, infl=1.013, rot=True)", 0.18, t => t.Ensemble(24, EnsembleUpdate.SquareRoot, 1.013, rotates: true));
        yield return new(s_ring, "LETKF(N=7, rot=True, infl=1.04, loc_rad=4)", 0.22, t => t.Ensemble(7, EnsembleUpdate.SquareRoot, 1.04, rotates: true, localized: true));
        yield return new(s_butterfly, "ExtKF(infl=180)", 0.92, t => Extended(t, 180.0));
        yield return new(s_butterfly, "EnKF('Sqrt', N=3, infl=1.30)", 0.80, t => t.Ensemble(3, EnsembleUpdate.SquareRoot, 1.30));
        yield return new(s_butterfly, "EnKF('Sqrt', N=10, infl=1.02, rot=True)", 0.60, t => t.Ensemble(10, EnsembleUpdate.SquareRoot, 1.02, rotates: true));
        yield return new(s_butterfly, "EnKF('PertObs', N=10, infl=1.04)", 0.65, t => t.Ensemble(10, EnsembleUpdate.Stochastic, 1.04));
        yield return new(s_butterfly, "EnKF('PertObs', N=100, infl=1.01)", 0.56, t => t.Ensemble(100, EnsembleUpdate.Stochastic, 1.01));
        yield return new(s_butterfly, "PartFilt(N=100, reg=2.4, NER=0.3)", 0.38, t => t.Particles(100, regularization: 2.4, below: 0.3));
        yield return new(s_butterfly, "PartFilt(N=800, reg=0.9, NER=0.2)", 0.28, t => t.Particles(800, regularization: 0.9, below: 0.2));
        yield return new(s_butterfly, "PartFilt(N=4000, reg=0.7, NER=0.05)", 0.27, t => t.Particles(4000, regularization: 0.7, below: 0.05));
    }

    private static ExtendedKalmanFilter Extended(TwinExperiment twin, double perSecond) =>
        new(new InflatedTransition(twin.Model, perSecond), twin.Sensor, twin.Start);

    private static string? ValueOf(string[] args, string option)
    {
        int at = Array.IndexOf(args, option);
        return at >= 0 && at + 1 < args.Length ? args[at + 1] : null;
    }
}
