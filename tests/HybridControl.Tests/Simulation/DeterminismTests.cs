using HybridControl.Automata;
using HybridControl.Dynamics;
using HybridControl.Simulation;
using HybridControl.Solvers;
using HybridControl.Symbolics;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Simulation;

/// <summary>Semantics 10: what may not change a run, bit for bit.</summary>
public class DeterminismTests
{
    [Test]
    public void Monitors_leave_the_run_bit_identical([ValueSource(typeof(TightSolvers), nameof(TightSolvers.All))] Solver solver)
    {
        HybridAutomaton model = Busy();
        (Expr x, Expr v) = (Expr.Variable(VariableKind.State, "x"), Expr.Variable(VariableKind.State, "v"));
        Expr n = Expr.Variable(VariableKind.Discrete, "n");
        SimulationOptions plain = new() { Solver = solver };
        SimulationOptions watched = plain with
        {
            Monitors =
            [
                new("half", x >= 0.5), new("product", x * v >= 0.1), new("time", Expr.Sin(7.0 * Expr.Time) >= 0.3),
                new("select", Expr.Select(v > 0.0, x, -x) >= 0.2), new("floor", Expr.Floor(3.0 * x) >= 1.0),
                new("discrete", n > 1.0), new("both", n >= 1.0 & v <= 0.0), new("same", x <= 0.0),
            ],
        };
        Trajectory without = Scenario.For(model).At(2.2, "kick").Simulate(8.0, options: plain);
        Trajectory with = Scenario.For(model).At(2.2, "kick").Simulate(8.0, options: watched);
        BitEquality.AssertSame(with, without, record => record.Kind != LogKind.Monitor && record.Kind != LogKind.Grazing);
        Assert.That(
            with.Log.Where(record => record.Kind == LogKind.Monitor).Select(record => record.Name).Distinct(),
            Is.EquivalentTo(watched.Monitors.Select(monitor => monitor.Name)));
        Assert.That(without.Jumps, Has.Length.GreaterThan(5));
    }

    [Test]
    public void Monitors_log_every_change_at_its_time()
    {
        var model = HybridAutomaton.Build("spring", h =>
        {
            var (x, v) = (h.State("x", initial: 1.0), h.State("v"));
            h.Mode("m").Flow((x, v), (v, -x));
        });
        Expr position = Expr.Variable(VariableKind.State, "x");
        Trajectory run = model.Simulate(10.0, TightSolvers.One, new SimulationOptions
        {
            Monitors = [new("zero", position >= 0.0), new("floor", Expr.Floor(2.0 * position) >= 1.0, EdgeDirection.Up)],
        });
        double[] zeros = [.. run.Log.Where(record => record.Name == "zero").Select(record => record.Time)];
        Assert.That(zeros, Is.EqualTo(new[] { 0.5, 1.5, 2.5 }.Select(k => k * Math.PI)).Within(1e-8));
        double[] floors = [.. run.Log.Where(record => record.Name == "floor").Select(record => record.Time)];
        Assert.That(floors, Is.EqualTo(new[] { 5.0 / 3.0 * Math.PI }).Within(1e-8));
    }

    [Test]
    public void The_same_run_twice_is_bit_identical()
    {
        HybridAutomaton model = Busy();
        BitEquality.AssertSame(Run(model), Run(model));
        BitEquality.AssertSame(Run(Busy()), Run(model));
    }

    [Test]
    public void Two_threads_on_one_automaton_are_bit_identical_to_one()
    {
        HybridAutomaton model = Busy();
        Trajectory serial = Run(Busy());
        var parallel = new Trajectory[8];
        Parallel.For(0, parallel.Length, i => parallel[i] = Run(model));
        foreach (Trajectory run in parallel)
        {
            BitEquality.AssertSame(run, serial);
        }
    }

    [TestCase(0.0)]
    [TestCase(0.9)]
    [TestCase(3.33)]
    public void A_restored_snapshot_continues_bit_identically(double at)
    {
        SimulationRun run = Scenario.For(Busy()).At(2.2, "kick").At(4.5, ("n", 0.0)).Sample(new Integrator(), "x", "u").Start();
        run.AdvanceTo(at);
        RunSnapshot snapshot = run.Snapshot();
        run.AdvanceTo(9.0);
        Trajectory first = run.ToTrajectory();
        for (int again = 0; again < 2; again++)
        {
            run.Restore(snapshot);
            Assert.That(run.Time, Is.EqualTo(at));
            run.AdvanceTo(9.0);
            BitEquality.AssertSame(run.ToTrajectory(), first);
            Assert.That(run.ToTrajectory().Statistics, Is.EqualTo(first.Statistics));
        }

        // Another future, then back.
        run.Restore(snapshot);
        run.Set("x", 0.3);
        run.AdvanceTo(9.0);
        run.Restore(snapshot);
        run.AdvanceTo(9.0);
        BitEquality.AssertSame(run.ToTrajectory(), first);
    }

    private static Trajectory Run(HybridAutomaton model) => Scenario.For(model).At(2.2, "kick")
        .Sample(new Integrator(), "x", "u").Simulate(8.0, TightSolvers.One);

    // A little of everything: edges, urgent, timers, commands, clocks, choices, inputs, grazing, discrete parts.
    private static HybridAutomaton Busy() => HybridAutomaton.Build("busy", h =>
    {
        var (x, v) = (h.State("x", initial: 1.0), h.State("v"));
        var (n, k) = (h.Discrete("n"), h.Discrete("k"));
        var (u, w) = (h.Input("u", 0.0), h.Input("w", new SineSignal(0.3, 0.7)));
        var a = h.Mode("a").Flow((x, v), (v, -x - (0.1 * Expr.Abs(v)) + w + (0.01 * u)));
        var b = h.Mode("b").Flow((x, v), (v, (-2.0 * x) + Expr.Select(v > 0.5, 0.2, -0.2)));
        h.Transition(a, a, "section").Guard(x >= 0.0).Edge(EdgeDirection.Both).Reset(n, n + 1.0);
        h.Transition(a, b, "swap").Guard(v <= -0.6 & n >= 1.0).Reset(v, 0.9 * v);
        h.Transition(b, a, "back").After(0.7);
        h.Transition(a, a, "kick").OnCommand("kick").Reset(v, v + 0.5);
        h.Transition(b, b, "count").Guard(k >= 5.0).Edge().Reset(x, x + 0.1);
        h.Every("clock", 0.3, (k, k + 1.0));
    });

    private sealed class Integrator : ISampledBlock
    {
        public double Period => 0.25;

        public int InputCount => 1;

        public int OutputCount => 1;

        public int StateCount => 1;

        public void Initialize(Span<double> state) => state.Clear();

        public void Update(double time, ReadOnlySpan<double> inputs, Span<double> state, Span<double> outputs) =>
            outputs[0] = state[0] += inputs[0];
    }
}
