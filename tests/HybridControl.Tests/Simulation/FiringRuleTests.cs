using HybridControl.Automata;
using HybridControl.Dynamics;
using HybridControl.Simulation;
using HybridControl.Symbolics;

namespace HybridControl.Tests.Simulation;

/// <summary>Semantics 2: when an enabled transition fires.</summary>
public class FiringRuleTests
{
    [Test]
    public void Urgent_fires_on_entry_to_a_mode_where_it_is_enabled()
    {
        var model = HybridAutomaton.Build("entry", h =>
        {
            var x = h.State("x");
            var (a, b, c) = (h.Mode("a").Flow(x, 1.0), h.Mode("b").Flow(x, 1.0), h.Mode("c"));
            h.Transition(a, b, "ab").Guard(x >= 1.0);
            h.Transition(b, c, "bc").Guard(x >= 0.5);
        });
        Trajectory run = model.Simulate(until: 2.0);
        Assert.That(run.Jumps.Select(jump => jump.Transition), Is.EqualTo(new[] { "ab", "bc" }));
        Assert.That(run.Jumps[1].Time, Is.EqualTo(run.Jumps[0].Time));
    }

    [Test]
    public void An_edge_does_not_fire_on_entry_to_a_mode_where_it_has_been_enabled_before()
    {
        var model = HybridAutomaton.Build("entry", h =>
        {
            var x = h.State("x");
            var (a, b, c) = (h.Mode("a").Flow(x, 1.0), h.Mode("b").Flow(x, -1.0), h.Mode("c"));
            h.Transition(a, b, "ab").Guard(x >= 1.0);
            h.Transition(b, c, "bc").Guard(x >= 0.5).Edge();
        });
        Trajectory run = model.Simulate(until: 2.0);
        Assert.That(run.Jumps.Select(jump => jump.Transition), Is.EqualTo(new[] { "ab" }));
    }

    [TestCase(EdgeDirection.Up, new[] { 1.0, 3.0 })]
    [TestCase(EdgeDirection.Down, new[] { 2.0, 4.0 })]
    [TestCase(EdgeDirection.Both, new[] { 1.0, 2.0, 3.0, 4.0 })]
    public void An_edge_fires_in_the_directions_it_asks_for(EdgeDirection direction, double[] times)
    {
        var model = HybridAutomaton.Build("edges", h =>
        {
            var n = h.Discrete("n");
            var m = h.Mode("m");
            h.Transition(m, m).Guard(Expr.Sin(Math.PI * (h.Time - 1.0)) >= 0.0).Edge(direction).Reset(n, n + 1.0);
        });
        Trajectory run = model.Simulate(until: 4.5, options: new SimulationOptions { StartTime = 0.5 });
        Assert.That(run.Jumps.Select(jump => jump.Time), Is.EqualTo(times).Within(1e-12));
    }

    [Test]
    public void An_edge_that_another_jump_causes_fires_unless_only_the_flow_counts([Values] bool flowOnly)
    {
        var model = HybridAutomaton.Build("caused", h =>
        {
            var (x, y) = (h.State("x"), h.State("y"));
            var m = h.Mode("m").Flow((x, y), (1.0, 0.5));
            h.Transition(m, m, "cause").Guard(x >= 1.0).Edge().Reset(y, 5.0);
            h.Transition(m, m, "effect").Guard(y >= 2.0).Edge(flowOnly: flowOnly).Reset(x, x);
        });
        Trajectory run = model.Simulate(until: 3.0);
        string[] expected = flowOnly ? ["cause"] : ["cause", "effect"];
        Assert.That(run.Jumps.Select(jump => jump.Transition), Is.EqualTo(expected));
    }

    [Test]
    public void A_discrete_edge_that_a_jump_causes_fires_once_although_other_jumps_follow()
    {
        var model = HybridAutomaton.Build("once", h =>
        {
            var (n, count, other) = (h.Discrete("n"), h.Discrete("count"), h.Discrete("other"));
            var m = h.Mode("m");
            h.Transition(m, m, "set").Guard(h.Time >= 1.0).Edge().Reset(n, 1.0);
            h.Transition(m, m, "edge").Guard(n >= 1.0).Edge().Reset(count, count + 1.0);
            h.Transition(m, m, "more").Guard(count >= 1.0).Edge().Reset(other, other + 1.0);
            h.Transition(m, m, "yet more").Guard(other >= 1.0).Edge().Reset(other, other + 0.5);
        });
        Trajectory run = model.Simulate(until: 2.0);
        Assert.That(run.Jumps.Select(jump => jump.Transition), Is.EqualTo(new[] { "set", "edge", "more", "yet more" }));
    }

    [Test]
    public void A_discrete_edge_works_in_a_model_without_any_located_guard()
    {
        var model = HybridAutomaton.Build("ticks", h =>
        {
            var (n, seen) = (h.Discrete("n"), h.Discrete("seen"));
            var m = h.Mode("m");
            h.Every("count", 1.0, (n, n + 1.0));
            h.Transition(m, m, "three").Guard(n >= 3.0).Edge().Reset(seen, seen + 1.0);
        });
        Trajectory run = model.Simulate(until: 5.5);
        Assert.That(run.Jumps.Select(jump => jump.Time), Is.EqualTo(new[] { 2.0 }));
    }

    [Test]
    public void After_without_a_guard_fires_its_delay_after_entry()
    {
        var model = HybridAutomaton.Build("blink", h =>
        {
            var (off, on) = (h.Mode("off"), h.Mode("on"));
            h.Transition(off, on).After(0.3);
            h.Transition(on, off).After(0.7);
        });
        Trajectory run = model.Simulate(until: 2.5);
        Assert.That(run.Jumps.Select(jump => jump.Time), Is.EqualTo(new[] { 0.3, 1.0, 1.3, 2.0, 2.3 }).Within(1e-14));
    }

    [Test]
    public void After_is_cancelled_when_its_mode_is_left_and_starts_anew_on_entry()
    {
        var model = HybridAutomaton.Build("restart", h =>
        {
            var x = h.State("x");
            var (a, b, c) = (h.Mode("a").Flow(x, 1.0), h.Mode("b").Flow(x, 1.0), h.Mode("c"));
            h.Transition(a, c, "late").After(1.0);
            h.Transition(a, b, "soon").Guard(x >= 0.5).Edge();
            h.Transition(b, a, "back").Guard(x >= 1.25);
        });
        Trajectory run = model.Simulate(until: 4.0);
        Assert.That(run.Jumps.Select(jump => jump.Transition), Is.EqualTo(new[] { "soon", "back", "late" }));
        Assert.That(run.Jumps[2].Time, Is.EqualTo(2.25).Within(1e-12));
        Assert.That(run.Log.Count(record => record.Kind == LogKind.TimerCancelled), Is.EqualTo(1));
    }

    [Test]
    public void After_with_a_guard_waits_while_the_guard_holds_and_is_cancelled_when_it_drops()
    {
        // The guard holds on (1, 1.5) and from 2 on: only the second stretch outlasts the delay.
        var model = HybridAutomaton.Build("debounce", h =>
        {
            var n = h.Discrete("n");
            var m = h.Mode("m");
            h.Transition(m, m, "pressed").Guard((h.Time >= 1.0 & h.Time <= 1.5) | h.Time >= 2.0).After(0.75).Reset(n, n + 1.0);
        });
        Trajectory run = model.Simulate(until: 5.0);
        Assert.That(run.Jumps.Select(jump => jump.Time), Is.EqualTo(new[] { 2.75 }).Within(1e-12));
    }

    [Test]
    public void After_with_a_guard_is_not_restarted_by_jumps_that_leave_it_enabled()
    {
        var model = HybridAutomaton.Build("steady", h =>
        {
            var (x, n) = (h.State("x"), h.Discrete("n"));
            var m = h.Mode("m").Flow(x, 1.0);
            h.Transition(m, m, "timer").Guard(x >= 1.0).After(0.5).Reset(n, n + 1.0);
            h.Transition(m, m, "kick").Guard(x >= 2.0).Edge().Reset(x, x + 1.0);
        });
        Trajectory run = model.Simulate(until: 5.0);
        Assert.That(run.Jumps.Select(jump => (jump.Transition, Math.Round(jump.Time, 9))), Is.EqualTo(new[] { ("timer", 1.5), ("kick", 2.0) }));
    }

    [Test]
    public void After_with_a_discrete_guard_fires_once_while_it_stays_enabled()
    {
        var model = HybridAutomaton.Build("discrete", h =>
        {
            var (n, fired) = (h.Discrete("n"), h.Discrete("fired"));
            var m = h.Mode("m");
            h.Every("count", 1.0, (n, n + 1.0));
            h.Transition(m, m, "late").Guard(n >= 2.0).After(0.25).Reset(fired, fired + 1.0);
        });
        Trajectory run = model.Simulate(until: 6.5);
        Assert.That(run.Jumps.Select(jump => jump.Time), Is.EqualTo(new[] { 1.25 }).Within(1e-12));
    }

    [Test]
    public void A_surviving_timer_fires_in_another_mode_and_stays_there([Values] bool survives)
    {
        var model = HybridAutomaton.Build("relay", h =>
        {
            var (x, n) = (h.State("x"), h.Discrete("n"));
            var (a, b) = (h.Mode("a").Flow(x, 1.0), h.Mode("b").Flow(x, 1.0));
            h.Transition(a, a, "relay").Guard(x >= 1.0).After(1.0, survives).Reset(n, n + 1.0);
            h.Transition(a, b, "leave").Guard(x >= 1.5);
        });
        Trajectory run = model.Simulate(until: 3.0);
        Assert.That(run.Jumps.Select(jump => jump.Transition), Is.EqualTo(survives ? new[] { "leave", "relay" } : ["leave"]));
        Assert.That(run.At(3.0).Mode, Is.EqualTo("b"));
        if (survives)
        {
            Assert.That(run.Jumps[1].Time, Is.EqualTo(2.0).Within(1e-12));
            Assert.That(run.Jumps[1].To, Is.EqualTo("b"));
        }
    }

    [Test]
    public void A_command_is_taken_only_where_a_transition_listens_and_its_guard_is_enabled()
    {
        var model = HybridAutomaton.Build("commands", h =>
        {
            var x = h.State("x");
            var (a, b) = (h.Mode("a").Flow(x, 1.0), h.Mode("b"));
            h.Transition(a, b, "go").Guard(x >= 1.0).OnCommand("go");
        });
        Trajectory run = Scenario.For(model).At(0.5, "go").At(1.5, "go").At(1.75, "go").Simulate(until: 2.0);
        Assert.That(run.Jumps.Select(jump => jump.Time), Is.EqualTo(new[] { 1.5 }));
        Assert.That(
            run.Log.Where(record => record.Kind == LogKind.Command).Select(record => record.Detail),
            Is.EqualTo(new[] { "ignored", "taken", "ignored" }));
    }

    [Test]
    public void A_self_loop_restarts_timers_only_if_it_is_external([Values] bool external)
    {
        var model = HybridAutomaton.Build("loops", h =>
        {
            var x = h.State("x");
            var (m, end) = (h.Mode("m").Flow(x, 1.0), h.Mode("end"));
            h.Transition(m, end, "timer").After(1.0);
            TransitionBuilder loop = h.Transition(m, m, "loop").Guard(x >= 0.75).Edge();
            _ = external ? loop.External() : loop;
        });
        Trajectory run = model.Simulate(until: 3.0);
        Assert.That(run.Jumps[^1].Transition, Is.EqualTo("timer"));
        Assert.That(run.Jumps[^1].Time, Is.EqualTo(external ? 1.75 : 1.0).Within(1e-12));
    }
}
