using HybridControl.Automata;
using HybridControl.Simulation;
using HybridControl.Solvers;

namespace HybridControl.Tests.Simulation;

/// <summary>Guards that have fired and stay enabled, and guards whose instant falls apart only by rounding.</summary>
public class ServedGuardTests
{
    [Test]
    public void An_urgent_guard_on_whose_surface_its_mode_is_entered_fires_once_where_the_flow_leaves_it()
    {
        var model = HybridAutomaton.Build("enter", h =>
        {
            var (x, n) = (h.State("x"), h.Discrete("n"));
            var (a, b) = (h.Mode("a").Flow(x, 1.0), h.Mode("b").Flow(x, 1.0));
            h.Transition(a, b, "go").Guard(x >= 1.0).Edge();
            h.Transition(b, b, "count").Guard(x >= 1.0).Reset(n, n + 1.0);
        });
        Trajectory run = model.Simulate(until: 3.0);
        Assert.That(run.Jumps.Select(jump => jump.Transition), Is.EqualTo(new[] { "go", "count" }));
        Assert.That(run.Jumps[1].Time, Is.EqualTo(1.0).Within(1e-12));
    }

    [Test]
    public void A_served_guard_does_not_fire_again_because_another_jump_moves_it_on_its_enabled_side()
    {
        var model = HybridAutomaton.Build("move", h =>
        {
            var (x, n) = (h.State("x"), h.Discrete("n"));
            var m = h.Mode("m").Flow(x, 1.0);
            h.Transition(m, m, "count").Guard(x >= 1.0).Reset(n, n + 1.0);
            h.Transition(m, m, "back").Guard(x >= 2.0).Edge().Reset(x, 1.5);
            h.Transition(m, m, "under").Guard(h.Time >= 2.2).Edge().Reset(x, 0.5);
        });
        Trajectory run = model.Simulate(until: 3.0);
        Assert.That(run.Jumps.Select(jump => jump.Transition), Is.EqualTo(new[] { "count", "back", "under", "count" }));
        Assert.That(run.Jumps.Select(jump => jump.Time), Is.EqualTo(new[] { 1.0, 2.0, 2.2, 2.7 }).Within(1e-12));
    }

    [Test]
    public void An_edge_of_the_flow_alone_is_not_caused_by_two_jumps_that_disable_and_enable_it()
    {
        var model = HybridAutomaton.Build("twice", h =>
        {
            var (x, n) = (h.State("x"), h.Discrete("n"));
            var m = h.Mode("m").Flow(x, 1.0);
            h.Transition(m, m, "off").After(1.0).External().Reset(n, -1.0);
            h.Transition(m, m, "on").Guard(n < 0.0).Reset(n, 1.0);
            h.Transition(m, m, "flow").Guard(x >= 0.5 & n >= 0.0).Edge(flowOnly: true).Reset(x, x);
        });
        Trajectory run = model.Simulate(until: 1.7);
        Assert.That(run.Jumps.Select(jump => jump.Transition), Is.EqualTo(new[] { "flow", "off", "on" }));
    }

    [Test]
    public void Simultaneous_guards_that_are_tested_again_all_fire(
        [Values(0.05, 0.35, 0.7, 10.0)] double maximumStep, [Values(0.7, 1.1, 2.3)] double at)
    {
        var model = HybridAutomaton.Build("again", h =>
        {
            var (x, y, n) = (h.State("x"), h.State("y", initial: 5.0), h.Discrete("n"));
            var p = h.Parameter("p", at);
            var m = h.Mode("m").Flow((x, y), (1.0, -1.0));
            h.Transition(m, m, "a").Guard(x >= p).Edge().NotPersistent().Reset(n, n + 1.0);
            h.Transition(m, m, "b").Guard(y <= 5.0 - p).Edge().NotPersistent().Reset(n, n + 1.0);
            h.Transition(m, m, "c").Guard(3.0 * x >= 3.0 * p).Edge().NotPersistent().Reset(n, n + 1.0);
            h.Transition(m, m, "d").Guard(x - y < (2.0 * p) - 5.0).Edge(EdgeDirection.Down).NotPersistent().Reset(n, n + 1.0);
        });
        Trajectory run = model.Simulate(until: 3.0, new DormandPrince5 { MaximumStep = maximumStep });
        Assert.That(run.Jumps.Select(jump => jump.Transition), Is.EqualTo(new[] { "a", "b", "c", "d" }));
        Assert.That(run.Jumps.Select(jump => jump.Time).Distinct().Count(), Is.EqualTo(1));
    }
}
