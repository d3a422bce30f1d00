using HybridControl.Automata;
using HybridControl.Simulation;
using HybridControl.Symbolics;

namespace HybridControl.Tests.Simulation;

/// <summary>Semantics 3: what happens at the start.</summary>
public class StartTests
{
    [TestCase(0.0)]
    [TestCase(-3.5)]
    [TestCase(1e6)]
    public void An_urgent_transition_that_is_enabled_at_the_start_is_taken_there(double start)
    {
        var model = HybridAutomaton.Build("start", h =>
        {
            var x = h.State("x", initial: 2.0);
            var (a, b) = (h.Mode("a").Flow(x, 1.0).Invariant(x <= 1.0), h.Mode("b").Flow(x, -1.0));
            h.Transition(a, b).Guard(x >= 1.0);
        });
        Trajectory run = model.Simulate(until: start + 1.0, options: new SimulationOptions { StartTime = start });
        Assert.That(run.Jumps.Single().Time, Is.EqualTo(start));
        Assert.That(run.Segments[0].End, Is.EqualTo(start), "before the invariant is judged");
    }

    [Test]
    public void A_guard_on_its_surface_at_the_start_is_enabled()
    {
        var model = HybridAutomaton.Build("closed", h =>
        {
            var x = h.State("x", initial: 1.0);
            var (a, b) = (h.Mode("a").Flow(x, -1.0), h.Mode("b"));
            h.Transition(a, b).Guard(x >= 1.0);
        });
        Assert.That(model.Simulate(until: 1.0).Jumps.Single().Time, Is.Zero);
    }

    [TestCase(null, 0)]
    [TestCase(-1.0, 1)]
    [TestCase(1.0, 0)]
    public void An_edge_fires_at_the_start_only_if_its_initial_value_says_so(double? before, int jumps)
    {
        var located = HybridAutomaton.Build("edge", h =>
        {
            var (x, n) = (h.State("x", initial: 2.0), h.Discrete("n"));
            var a = h.Mode("a").Flow(x, 1.0);
            h.Transition(a, a).Guard(x >= 1.0).Edge(initialValue: before).Reset(n, n + 1.0);
        });
        Assert.That(located.Simulate(until: 1.0).Jumps, Has.Length.EqualTo(jumps));
        var discrete = HybridAutomaton.Build("edge", h =>
        {
            var n = h.Discrete("n", 2.0);
            var a = h.Mode("a");
            h.Transition(a, a).Guard(n >= 1.0).Edge(initialValue: before).Reset(n, n + 1.0);
        });
        Assert.That(discrete.Simulate(until: 1.0).Jumps, Has.Length.EqualTo(jumps));
    }

    [Test]
    public void A_clock_ticks_at_the_start_unless_it_has_an_offset()
    {
        var model = HybridAutomaton.Build("clocks", h =>
        {
            var (n, m) = (h.Discrete("n"), h.Discrete("m"));
            h.Mode("a");
            h.Every("now", 1.0, (n, n + 1.0));
            h.Every("later", 1.0, 0.5, (m, m + 1.0));
        });
        Trajectory run = model.Simulate(until: 12.0, options: new SimulationOptions { StartTime = 10.0 });
        Assert.That(
            run.Log.Select(record => (record.Time, record.Name)),
            Is.EqualTo(new[] { (10.0, "now"), (10.5, "later"), (11.0, "now"), (11.5, "later"), (12.0, "now") }));
        Assert.That(run.Value("n", 10.0), Is.EqualTo(1.0));
    }

    [Test]
    public void Options_replace_values_and_the_initial_mode()
    {
        var model = HybridAutomaton.Build("options", h =>
        {
            var (k, x) = (h.Parameter("k", 2.0), h.State("x", initial: 1.0));
            h.Mode("grow").Flow(x, k);
            h.Mode("shrink").Flow(x, -k);
        });
        Trajectory run = model.Simulate(until: 1.0, options: new SimulationOptions
        {
            InitialMode = "shrink",
            Values = System.Collections.Immutable.ImmutableDictionary<string, double>.Empty.Add("k", 3.0).Add("x", 10.0),
        });
        Assert.That(run.Value("x", 1.0), Is.EqualTo(7.0).Within(1e-12));
    }

    [Test]
    public void A_run_of_no_length_settles_its_only_instant()
    {
        var model = HybridAutomaton.Build("nothing", h =>
        {
            var (a, b) = (h.Mode("a"), h.Mode("b"));
            h.Transition(a, b);
        });
        Trajectory run = model.Simulate(until: 0.0);
        Assert.That(run.Jumps, Has.Length.EqualTo(1));
        Assert.That(run.At(0.0).Mode, Is.EqualTo("b"));
        Assert.That(run.At(0.0, Side.Left).Mode, Is.EqualTo("a"));
    }
}
