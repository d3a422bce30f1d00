using HybridControl.Automata;
using HybridControl.Dynamics;
using HybridControl.Simulation;
using HybridControl.Solvers;
using HybridControl.Symbolics;

namespace HybridControl.Tests.Simulation;

/// <summary>Semantics 7 and 12: ticks and sampled blocks.</summary>
public class ClockTests
{
    [Test]
    public void Ticks_are_exact_over_a_million_periods()
    {
        const double period = 0.1;
        const int ticks = 1_000_000;
        var block = new Recorder(period, ticks + 1);
        var model = HybridAutomaton.Build("clock", h =>
        {
            h.Input("u", 0.0);
            h.Mode("m");
        });
        Scenario.For(model).Sample(block, "u", "u").Simulate(
            ticks * period, options: new SimulationOptions { Recording = Recording.Events });
        Assert.That(block.Count, Is.EqualTo(ticks + 1), "none lost, none twice");
        for (int k = 0; k <= ticks; k++)
        {
            if (block.Times[k] != k * period)
            {
                Assert.Fail($"tick {k} at {block.Times[k]:R}");
            }
        }
    }

    [Test]
    public void A_step_that_ends_at_a_tick_is_given_that_very_double()
    {
        var model = HybridAutomaton.Build("clock", h =>
        {
            var (x, n) = (h.State("x"), h.Discrete("n"));
            h.Mode("m").Flow(x, 1.0);
            h.Every("tick", 1.0 / 3.0, (n, h.Time));
        });
        Trajectory run = model.Simulate(until: 50.0);
        LogRecord[] ticks = [.. run.Log];
        Assert.That(ticks, Has.Length.EqualTo(151));
        for (int k = 0; k < ticks.Length; k++)
        {
            Assert.That(ticks[k].Time, Is.EqualTo(k * (1.0 / 3.0)));
            Assert.That(run.Value("n", ticks[k].Time), Is.EqualTo(ticks[k].Time));
        }
    }

    [Test]
    public void Ticks_that_differ_by_rounding_are_one_instant()
    {
        // 3 * 0.1 and 0.3 differ by one ulp.
        var model = HybridAutomaton.Build("near", h =>
        {
            var (n, m) = (h.Discrete("n"), h.Discrete("m"));
            var mode = h.Mode("mode");
            h.Every("fast", 0.1, (n, n + 1.0));
            h.Every("slow", 0.3, (m, n));
        });
        Trajectory run = model.Simulate(until: 30.0);
        double[] slow = [.. run.Log.Where(record => record.Name == "slow").Select(record => record.Time)];
        double[] fast = [.. run.Log.Where(record => record.Name == "fast").Select(record => record.Time)];
        Assert.That(fast, Has.Length.EqualTo(301));
        Assert.That(slow, Has.Length.EqualTo(101));
        Assert.That(slow, Is.SubsetOf(fast), "the same doubles");
    }

    [Test]
    public void Ticks_a_little_further_apart_than_rounding_are_two_instants()
    {
        const double offset = 1.0 + 1e-14;
        var model = HybridAutomaton.Build("near", h =>
        {
            var (x, n, m) = (h.State("x"), h.Discrete("n"), h.Discrete("m"));
            h.Mode("mode").Flow(x, 1.0);
            h.Every("a", 10.0, 1.0, (n, n + 1.0));
            h.Every("b", 10.0, offset, (m, m + 1.0));
        });
        Trajectory run = model.Simulate(until: 2.0);
        Assert.That(run.Log.Select(record => record.Time), Is.EqualTo(new[] { 1.0, offset }));
    }

    [Test]
    public void The_last_tick_is_not_lost()
    {
        foreach (double period in new[] { 0.1, 0.01, 1.0 / 7.0, 0.3 })
        {
            var model = HybridAutomaton.Build("last", h =>
            {
                var n = h.Discrete("n");
                h.Mode("mode");
                h.Every("tick", period, (n, n + 1.0));
            });
            Assert.That(model.Simulate(until: 100 * period).Value("n", 100 * period), Is.EqualTo(101.0), $"period {period}");
        }
    }

    [Test]
    public void A_block_reads_the_left_limit_and_holds_its_output()
    {
        var model = HybridAutomaton.Build("hold", h =>
        {
            var (x, u) = (h.State("x"), h.Input("u", 0.0));
            h.Mode("m").Flow(x, 1.0 + u);
        });
        Trajectory run = Scenario.For(model).Sample(new Doubler(), "x", "u").Simulate(until: 3.0);

        // x: 0 to 1 with u = 0, then u = 2 x(1) = 2: slope 3, x(2) = 4, u = 8: slope 9, x(3) = 13.
        Assert.That(run.Value("x", 3.0), Is.EqualTo(13.0).Within(1e-11));
        Assert.That(run.Value("u", 1.0, Side.Left), Is.Zero);
        Assert.That(run.Value("u", 1.0), Is.EqualTo(2.0).Within(1e-12));
        Assert.That(run.Value("u", 2.5), Is.EqualTo(8.0).Within(1e-12));
    }

    [Test]
    public void A_guard_that_a_block_enables_fires_at_the_tick()
    {
        var model = HybridAutomaton.Build("enable", h =>
        {
            var (x, u) = (h.State("x"), h.Input("u", 0.0));
            var (m, end) = (h.Mode("m").Flow(x, 1.0), h.Mode("end"));
            h.Transition(m, end).Guard(x + u >= 4.0);
        });
        Trajectory run = Scenario.For(model).Sample(new Doubler(), "x", "u").Simulate(until: 3.0);
        Assert.That(run.Jumps.Single().Time, Is.EqualTo(2.0));
    }

    private sealed class Recorder(double period, int capacity) : ISampledBlock
    {
        public double[] Times { get; } = new double[capacity + 10];

        public int Count { get; private set; }

        public double Period => period;

        public int InputCount => 1;

        public int OutputCount => 1;

        public int StateCount => 0;

        public void Initialize(Span<double> state)
        {
        }

        public void Update(double time, ReadOnlySpan<double> inputs, Span<double> state, Span<double> outputs)
        {
            Times[Count++] = time;
            outputs[0] = 0.0;
        }
    }

    private sealed class Doubler : ISampledBlock
    {
        public double Period => 1.0;

        public int InputCount => 1;

        public int OutputCount => 1;

        public int StateCount => 0;

        public void Initialize(Span<double> state)
        {
        }

        public void Update(double time, ReadOnlySpan<double> inputs, Span<double> state, Span<double> outputs) =>
            outputs[0] = 2.0 * inputs[0];
    }
}
