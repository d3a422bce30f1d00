using System.Collections.Immutable;
using System.Globalization;
using HybridControl.Automata;
using HybridControl.Simulation;
using HybridControl.Solvers;

namespace HybridControl.Benchmarks.Peers;

/// <summary>The problems P1, P2, P3, P5, P6 and P7 of docs/benchmarks/peers.md, run through the public interface.</summary>
internal static class PeerSuite
{
    /// <summary>Runs the suite; options --out FILE and --only TEXT.</summary>
    public static int Run(string[] args)
    {
        string? path = ValueOf(args, "--out");
        string only = ValueOf(args, "--only") ?? "";
        using TextWriter? file = path is null ? null : new StreamWriter(path);
        (string Peer, AdaptiveSolver Solver)[] solvers = [("hc-dp5", new DormandPrince5()), ("hc-tsit5", new Tsitouras5())];
        foreach ((string peer, AdaptiveSolver solver) in solvers)
        {
            foreach ((string problem, string variant, Func<PeerResult> run, double budget) in Problems(solver))
            {
                if (!$"{problem} {variant} {peer}".Contains(only, StringComparison.Ordinal))
                {
                    continue;
                }

                string line = PeerTiming.Measure(run, budget).ToJson(problem, variant, peer);
                Console.WriteLine(line);
                file?.WriteLine(line);
            }
        }

        return 0;
    }

    private static string? ValueOf(string[] args, string option)
    {
        int at = Array.IndexOf(args, option);
        return at >= 0 && at + 1 < args.Length ? args[at + 1] : null;
    }

    private static IEnumerable<(string Problem, string Variant, Func<PeerResult> Run, double Budget)> Problems(
        AdaptiveSolver solver)
    {
        yield return ("P1_ball", "rtol1e-9", Ball(solver), 1200.0);
        yield return ("P2_lorenz100", "rtol1e-9", Lorenz(solver), 1200.0);
        yield return ("P3_thermostat", "rtol1e-9", Thermostat(solver), 1200.0);
        foreach (double tolerance in (double[])[1e-6, 1e-9, 1e-12])
        {
            string variant = string.Create(CultureInfo.InvariantCulture, $"rtol1e-{-Math.Log10(tolerance):F0}");
            const double Period = 17.0652165601579625588917206249;
            yield return ("P5_arenstorf", variant, Orbit(solver, PeerModels.Arenstorf(), Period, tolerance, References.Arenstorf), 600.0);
            yield return ("P5_pleiades", variant, Orbit(solver, PeerModels.Pleiades(), 3.0, tolerance, References.Pleiades), 600.0);
        }

        yield return ("P6_smib", "rtol1e-9", Swing(solver), 1200.0);
        yield return ("P6_smib_cct", "rtol1e-9", Clearing(solver), 1200.0);
        yield return ("P7_boost", "rtol1e-8", Boost(solver), 1200.0);
    }

    private static Func<PeerResult> Ball(AdaptiveSolver solver)
    {
        Scenario ball = Scenario.For(PeerModels.Ball());
        SimulationOptions options = OptionsFor(solver, 1e-9, 1e-12);
        return () =>
        {
            Trajectory run = ball.TrySimulate(References.BallBounce30 * (1.0 + 1e-5), options);
            string note = run.Jumps.Length == 30 ? "until just after bounce 30" : $"MISSED bounces: {run.Jumps.Length}";
            return ResultOf(run, RelativeError(run.Jumps[^1].Time, References.BallBounce30), note);
        };
    }

    private static Func<PeerResult> Lorenz(AdaptiveSolver solver)
    {
        Scenario lorenz = Scenario.For(PeerModels.Lorenz());
        SimulationOptions options = OptionsFor(solver, 1e-9, 1e-9);
        double error = LargestDifference(lorenz.TrySimulate(20.0, options), References.Lorenz20);
        return () => ResultOf(lorenz.TrySimulate(100.0, options), error, "err at t=20");
    }

    private static Func<PeerResult> Thermostat(AdaptiveSolver solver)
    {
        Scenario thermostat = Scenario.For(PeerModels.Thermostat());
        SimulationOptions options = OptionsFor(solver, 1e-9, 1e-12);
        return () =>
        {
            Trajectory run = thermostat.TrySimulate(References.ThermostatSwitch1000 + 0.001, options);
            string note = run.Jumps.Length == 1000 ? "until just after switch 1000" : "MISSED";
            return ResultOf(run, RelativeError(run.Jumps[^1].Time, References.ThermostatSwitch1000), note);
        };
    }

    private static Func<PeerResult> Orbit(
        AdaptiveSolver solver, HybridAutomaton model, double until, double tolerance, double[] reference)
    {
        Scenario orbit = Scenario.For(model);
        SimulationOptions options = OptionsFor(solver, tolerance, tolerance);
        return () =>
        {
            Trajectory run = orbit.TrySimulate(until, options);
            return ResultOf(run, LargestDifference(run, reference));
        };
    }

    private static Func<PeerResult> Swing(AdaptiveSolver solver)
    {
        Scenario swing = Scenario.For(PeerModels.Swing());
        SimulationOptions options = OptionsFor(solver, 1e-9, 1e-9);
        return () =>
        {
            Trajectory run = swing.TrySimulate(10.0, options);
            return ResultOf(run, LargestDifference(run, [References.SwingAngle]));
        };
    }

    private static Func<PeerResult> Clearing(AdaptiveSolver solver)
    {
        Scenario clearing = Scenario.For(PeerModels.Clearing());
        SimulationOptions options = OptionsFor(solver, 1e-9, 1e-9);
        return () =>
        {
            var sum = new PeerResult(0, 0, 0, 0.0, "40 runs; rests in a final mode until the end");
            double low = 0.1;
            double high = 0.4;
            for (int i = 0; i < 40; i++)
            {
                double clear = 0.5 * (low + high);
                Trajectory run = clearing.TrySimulate(
                    clear + 20.0, options with { Values = ImmutableDictionary<string, double>.Empty.Add("clear", clear) });
                RunStatistics cost = run.Statistics;
                sum = sum with { Rhs = sum.Rhs + cost.RightHandSides, Steps = sum.Steps + cost.Steps, Events = sum.Events + cost.Jumps };
                bool lost = run.Segments[^1].Mode == "lost";
                (low, high) = lost ? (low, clear) : (clear, high);
            }

            return sum with { Error = RelativeError(0.5 * (low + high), References.CriticalClearingTime) };
        };
    }

    // The last event of the peers' count ends the run: the switch at its end.
    private static Func<PeerResult> Boost(AdaptiveSolver solver)
    {
        Scenario boost = Scenario.For(PeerModels.Boost());
        SimulationOptions options = OptionsFor(solver, 1e-8, 1e-10);
        return () =>
        {
            Trajectory run = boost.TrySimulate(10000 * PeerModels.BoostPeriod, options);
            string note = run.Jumps.Length == References.BoostEvents ? "" : $"{run.Jumps.Length} events of {References.BoostEvents}";
            return ResultOf(run, RelativeError(run.At(run.EndTime).States[1], References.BoostVoltage), note);
        };
    }

    private static SimulationOptions OptionsFor(AdaptiveSolver solver, double relative, double absolute) => new()
    {
        Solver = solver with { RelativeTolerance = relative, AbsoluteTolerance = absolute },
        Recording = Recording.Events, // the peers record nothing
        Zeno = ZenoPolicy.Stop,
    };

    private static PeerResult ResultOf(Trajectory run, double error, string note = "") => new(
        run.Statistics.RightHandSides,
        run.Statistics.Steps,
        run.Jumps.Length,
        error,
        run.Status == RunStatus.Completed ? note : $"{run.Status}: {run.Reason}");

    private static double RelativeError(double value, double exact) => Math.Abs(value - exact) / exact;

    private static double LargestDifference(Trajectory run, double[] exact)
    {
        ImmutableArray<double> states = run.At(run.EndTime).States;
        double error = 0.0;
        for (int i = 0; i < exact.Length; i++)
        {
            error = Math.Max(error, Math.Abs(states[i] - exact[i]));
        }

        return error;
    }
}
