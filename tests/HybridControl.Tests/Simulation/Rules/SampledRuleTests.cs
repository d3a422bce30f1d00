using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Simulation;
using HybridControl.Symbolics;

namespace HybridControl.Tests.Simulation.Rules;

/// <summary>Semantics 2, 5 and 7: guards that are looked at at the ticks of a clock.</summary>
public class SampledRuleTests
{
    [Test]
    public void A_30_Hz_autopilot_acts_at_the_first_tick_after_its_threshold_and_nowhere_else()
    {
        var model = HybridAutomaton.Build("autopilot", h =>
        {
            var x = h.State("x");
            var (climb, hold) = (h.Mode("climb").Flow(x, 1.0), h.Mode("hold"));
            h.Transition(climb, hold, "capture").Guard(x >= 1.005).Sampled(1.0 / 30.0);
        });
        Trajectory run = model.Simulate(until: 2.0);
        Assert.That(run.Jumps.Single().Time, Is.EqualTo(31.0 * (1.0 / 30.0)), "1.005 s lies between the ticks 30 and 31");
        Assert.That(run.Jumps.Single().GuardBefore, Is.EqualTo((31.0 / 30.0) - 1.005).Within(1e-9));
        Assert.That(run.Statistics.Roots, Is.Zero, "nothing is located");
    }

    [Test]
    public void Ticks_come_from_integers_and_begin_after_the_offset()
    {
        var model = HybridAutomaton.Build("ticks", h =>
        {
            var (n, last) = (h.Discrete("n"), h.Discrete("last"));
            var m = h.Mode("m");
            h.Transition(m, m, "count").Sampled(0.1, 0.05).Reset(n, n + 1.0).Reset(last, h.Time);
        });
        Trajectory run = model.Simulate(until: 1000.0, options: new SimulationOptions { StartTime = 1.0 });
        Assert.That(run.Jumps, Has.Length.EqualTo(9990));
        Assert.That(run.Jumps[^1].Time, Is.EqualTo(1.05 + (9989 * 0.1)));
        Assert.That(run.Jumps.Select((jump, k) => jump.Time == 1.05 + (k * 0.1)), Is.All.True);
    }

    [Test]
    public void A_guard_that_holds_between_ticks_only_is_never_seen()
    {
        var model = HybridAutomaton.Build("blind", h =>
        {
            var m = h.Mode("m");
            h.Transition(m, m, "seen").Guard(Expr.Sin(2.0 * Math.PI * h.Time) >= 0.5).Sampled(0.5);
        });
        Assert.That(model.Simulate(until: 10.0).Jumps, Is.Empty);
    }

    [Test]
    public void Updates_and_blocks_of_the_same_instant_run_before_guards_are_looked_at_whatever_the_priority()
    {
        var model = HybridAutomaton.Build("order", h =>
        {
            var (u, seen) = (h.Discrete("u"), h.Discrete("seen", initial: -1.0));
            var m = h.Mode("m");
            h.Transition(m, m, "look").Guard(u >= 0.0).Sampled(0.5).Reset(seen, u).Priority(10.0);
            h.Every("ramp", 0.5, (u, u + 1.0));
        });
        Trajectory run = model.Simulate(until: 1.2);
        Assert.That(run.Jumps.Select(jump => jump.DiscretesAfter[1]), Is.EqualTo(new[] { 1.0, 2.0, 3.0 }));
    }

    [Test]
    public void All_guards_are_looked_at_at_once_and_what_was_enabled_then_happens_by_priority()
    {
        var model = HybridAutomaton.Build("snapshot", h =>
        {
            var x = h.Discrete("x");
            var m = h.Mode("m");
            h.Transition(m, m, "low").Guard(x <= 0.5).Sampled(1.0).Reset(x, x + 1.0);
            h.Transition(m, m, "high").Guard(x <= 0.5).Sampled(0.5, 0.5).Reset(x, x + 10.0).Priority(1.0);
            h.Transition(m, m, "meek").Guard(x <= 0.5).Sampled(1.0).Reset(x, x + 100.0).NotPersistent();
        });
        Trajectory run = Scenario.For(model).At(0.75, ("x", 0.0)).Simulate(until: 1.2);
        Assert.That(run.Jumps.Select(jump => (jump.Time, jump.Transition, jump.DiscretesAfter[0])), Is.EqualTo(new[]
        {
            (0.0, "low", 1.0), (1.0, "high", 10.0), (1.0, "low", 11.0),
        }));
    }

    [Test]
    public void A_mode_that_is_entered_at_a_tick_waits_for_the_next_one()
    {
        var model = HybridAutomaton.Build("relay", h =>
        {
            var (a, b, c) = (h.Mode("a"), h.Mode("b"), h.Mode("c"));
            h.Transition(a, b, "ab").Guard(h.Time >= 0.5).Sampled(1.0);
            h.Transition(b, c, "bc").Sampled(1.0);
        });
        Trajectory run = model.Simulate(until: 5.0);
        Assert.That(run.Jumps.Select(jump => jump.Time), Is.EqualTo(new[] { 1.0, 2.0 }));
    }

    [Test]
    public void A_guard_that_is_no_number_at_a_tick_ends_the_run_by_name()
    {
        var model = HybridAutomaton.Build("nan", h =>
        {
            var x = h.State("x", initial: 1.0);
            var m = h.Mode("m").Flow(x, -1.0);
            h.Transition(m, m, "root").Guard(Expr.Sqrt(x) <= 0.1).Sampled(0.75);
        });
        Trajectory run = model.TrySimulate(until: 5.0);
        Assert.That(run.Status, Is.EqualTo(RunStatus.NotFinite));
        Assert.That(run.Reason, Does.Contain("'root' is NaN"));
        Assert.That(run.EndTime, Is.EqualTo(1.5));
    }

    [Test]
    public void A_snapshot_goes_on_with_its_ticks()
    {
        var model = HybridAutomaton.Build("snapshot", h =>
        {
            var n = h.Discrete("n");
            var m = h.Mode("m");
            h.Transition(m, m, "count").Sampled(0.3).Reset(n, n + 1.0);
        });
        SimulationRun run = Scenario.For(model).Start();
        run.AdvanceTo(1.0);
        RunSnapshot snapshot = run.Snapshot();
        run.AdvanceTo(2.0);
        Assert.That(run["n"], Is.EqualTo(7.0));
        run.Restore(snapshot);
        Assert.That(run["n"], Is.EqualTo(4.0));
        run.AdvanceTo(2.0);
        Assert.That(run["n"], Is.EqualTo(7.0));
    }

    [Test]
    public void A_clock_without_a_period_is_refused()
    {
        ModelException refusal = Assert.Throws<ModelException>(() => HybridAutomaton.Build("bad", h =>
        {
            var x = h.State("x");
            var m = h.Mode("m");
            h.Transition(m, m, "zero").Sampled(0.0, -1.0);
            h.Transition(m, m, "moving").Sampled(x);
        }))!;
        Assert.That(refusal.Findings.Select(finding => finding.Where), Is.EqualTo(new[]
        {
            "transitions.zero.every", "transitions.zero.offset", "transitions.moving.every",
        }));
    }
}
