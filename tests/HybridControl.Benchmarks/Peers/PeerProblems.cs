using System.Collections.Immutable;
using System.Globalization;
using HybridControl.Automata;
using HybridControl.Simulation;

namespace HybridControl.Benchmarks.Peers;

/// <summary>The problems P1 to P7 and P9 of docs/benchmarks/peers.md, run through the public interface.</summary>
internal static class PeerProblems
{
    private const double ArenstorfPeriod = 17.0652165601579625588917206249;

    /// <summary>All of them, in the order of the table.</summary>
    public static IEnumerable<PeerProblem> All()
    {
        yield return new("P1_ball", "rtol1e-9", 1e-9, 1e-12, Ball);
        yield return new("P2_lorenz100", "rtol1e-9", 1e-9, 1e-9, Lorenz);
        yield return new("P3_thermostat", "rtol1e-9", 1e-9, 1e-12, Thermostat);
        yield return new("P4_robertson", "rtol1e-8", 1e-8, 1e-14, Robertson);
        yield return new("P4_vdp1000", "rtol1e-8", 1e-8, 1e-10, VanDerPol);
        foreach (double tolerance in (double[])[1e-6, 1e-9, 1e-12])
        {
            string variant = string.Create(CultureInfo.InvariantCulture, $"rtol1e-{-Math.Log10(tolerance):F0}");
            yield return new("P5_arenstorf", variant, tolerance, tolerance,
                options => Orbit(options, PeerModels.Arenstorf(), ArenstorfPeriod, References.Arenstorf));
            yield return new("P5_pleiades", variant, tolerance, tolerance,
                options => Orbit(options, PeerModels.Pleiades(), 3.0, References.Pleiades));
        }

        yield return new("P6_smib", "rtol1e-9", 1e-9, 1e-9, options => Orbit(options, PeerModels.Swing(), 10.0, [References.SwingAngle]));
        yield return new("P6_smib_cct", "rtol1e-9", 1e-9, 1e-9, Clearing);
        yield return new("P7_boost", "rtol1e-8", 1e-8, 1e-10, Boost);
        foreach (int n in (int[])[100, 500, 1000])
        {
            yield return new("P9_heat", FormattableString.Invariant($"n{n}_band_rtol1e-6"), 1e-6, 1e-9, options => Heat(options, n, false));
            yield return new("P9_heat", FormattableString.Invariant($"n{n}_dense_rtol1e-6"), 1e-6, 1e-9, options => Heat(options, n, true));
        }
    }

    private static Func<CancellationToken, PeerResult> Ball(SimulationOptions options)
    {
        Scenario ball = Scenario.For(PeerModels.Ball());
        return cancellation =>
        {
            Trajectory run = ball.TrySimulate(References.BallBounce30 * (1.0 + 1e-5), options, cancellation);
            return AtLastJump(run, 30, References.BallBounce30, "until just after bounce 30");
        };
    }

    private static Func<CancellationToken, PeerResult> Lorenz(SimulationOptions options)
    {
        Scenario lorenz = Scenario.For(PeerModels.Lorenz());
        double? error = null;
        return cancellation =>
        {
            error ??= LargestDifference(lorenz.TrySimulate(20.0, options, cancellation), References.Lorenz20);
            return ResultOf(lorenz.TrySimulate(100.0, options, cancellation), error.Value, "err at t=20");
        };
    }

    private static Func<CancellationToken, PeerResult> Thermostat(SimulationOptions options)
    {
        Scenario thermostat = Scenario.For(PeerModels.Thermostat());
        return cancellation =>
        {
            Trajectory run = thermostat.TrySimulate(References.ThermostatSwitch1000 + 0.001, options, cancellation);
            return AtLastJump(run, 1000, References.ThermostatSwitch1000, "until just after switch 1000");
        };
    }

    private static Func<CancellationToken, PeerResult> Robertson(SimulationOptions options)
    {
        Scenario robertson = Scenario.For(StiffPeerModels.Robertson());
        return cancellation =>
        {
            Trajectory run = robertson.TrySimulate(1e11, options, cancellation);
            ImmutableArray<double> y = run.At(run.EndTime).States;
            return ResultOf(run, y.Select((value, i) => RelativeError(value, References.Robertson[i])).Max());
        };
    }

    private static Func<CancellationToken, PeerResult> VanDerPol(SimulationOptions options)
    {
        Scenario oscillator = Scenario.For(StiffPeerModels.VanDerPol());
        return cancellation =>
        {
            Trajectory run = oscillator.TrySimulate(References.VanDerPolSection4 * (1.0 + 1e-6), options, cancellation);
            return AtLastJump(run, 4, References.VanDerPolSection4, "until just after section 4");
        };
    }

    private static Func<CancellationToken, PeerResult> Orbit(
        SimulationOptions options, HybridAutomaton model, double until, double[] reference)
    {
        Scenario orbit = Scenario.For(model);
        return cancellation =>
        {
            Trajectory run = orbit.TrySimulate(until, options, cancellation);
            return ResultOf(run, LargestDifference(run, reference));
        };
    }

    private static Func<CancellationToken, PeerResult> Clearing(SimulationOptions options)
    {
        Scenario clearing = Scenario.For(PeerModels.Clearing());
        return cancellation =>
        {
            var sum = new PeerResult(0, 0, 0, 0.0, "40 runs; rests in a final mode until the end");
            double low = 0.1;
            double high = 0.4;
            for (int i = 0; i < 40; i++)
            {
                double clear = 0.5 * (low + high);
                Trajectory run = clearing.TrySimulate(
                    clear + 20.0, options with { Values = options.Values.SetItem("clear", clear) }, cancellation);
                PeerResult one = ResultOf(run, 0.0);
                if (!one.IsComplete)
                {
                    return one;
                }

                sum = sum with { Rhs = sum.Rhs + one.Rhs, Steps = sum.Steps + one.Steps, Events = sum.Events + one.Events };
                bool lost = run.Segments[^1].Mode == "lost";
                (low, high) = lost ? (low, clear) : (clear, high);
            }

            return sum with { Error = RelativeError(0.5 * (low + high), References.CriticalClearingTime) };
        };
    }

    private static Func<CancellationToken, PeerResult> Boost(SimulationOptions options)
    {
        Scenario boost = Scenario.For(PeerModels.Boost());
        return cancellation =>
        {
            Trajectory run = boost.TrySimulate(10_000 * PeerModels.BoostPeriod, options, cancellation);
            string note = run.Statistics.Jumps == References.BoostEvents
                ? "" : FormattableString.Invariant($"events {run.Statistics.Jumps} expected {References.BoostEvents}");
            return ResultOf(run, RelativeError(run.At(run.EndTime).States[1], References.BoostVoltage), note);
        };
    }

    private static Func<CancellationToken, PeerResult> Heat(SimulationOptions options, int n, bool isOpaque)
    {
        Scenario heat = Scenario.For(isOpaque ? StiffPeerModels.OpaqueHeat(n) : StiffPeerModels.Heat(n));
        double[] exact = StiffPeerModels.HeatSolution(n, 0.1);
        return cancellation =>
        {
            Trajectory run = heat.TrySimulate(0.1, options, cancellation);
            return ResultOf(run, LargestDifference(run, exact), isOpaque ? "a delegate: dense, Jacobian by differences" : "");
        };
    }

    // The peers count events and keep the time of the last: here too, without a record of each.
    private static PeerResult AtLastJump(Trajectory run, int count, double time, string note) => run.Statistics.Jumps == count
        ? ResultOf(run, RelativeError(run.Segments[^1].Start, time), note)
        : ResultOf(run, double.NaN, FormattableString.Invariant($"MISSED: {run.Statistics.Jumps} of {count} events"));

    private static PeerResult ResultOf(Trajectory run, double error, string note = "") => new(
        run.Statistics.RightHandSides,
        run.Statistics.Steps,
        run.Statistics.Jumps,
        run.Status == RunStatus.Completed ? error : double.NaN,
        run.Status == RunStatus.Completed ? note : $"{run.Status}: {run.Reason}");

    private static double RelativeError(double value, double exact) => Math.Abs(value - exact) / Math.Abs(exact);

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
