using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Simulation;
using HybridControl.Symbolics;

namespace HybridControl.Tests.Simulation.Rules;

/// <summary>Semantics 2: several pending instances of one delayed transition, and values taken when a timer runs out.</summary>
public class PendingTimerTests
{
    // The guard is enabled at 0, 1, 2, ...; each enabling echoes 2.5 s later.
    [Test]
    public void Each_enabling_starts_its_own_timer_and_each_fires_once()
    {
        Trajectory run = Echo(instances: 3).Simulate(until: 7.2);
        Assert.That(run.Jumps.Select(jump => jump.Time), Is.EqualTo(new[] { 2.5, 3.5, 4.5, 5.5, 6.5 }).Within(1e-9));
    }

    [Test]
    public void An_enabling_that_finds_all_timers_running_starts_none()
    {
        Assert.That(Echo(instances: 1).Simulate(until: 7.2).Jumps.Select(jump => jump.Time), Is.EqualTo(new[] { 2.5, 5.5 }).Within(1e-9));
        Assert.That(Echo(instances: 2).Simulate(until: 7.2).Jumps.Select(jump => jump.Time), Is.EqualTo(new[] { 2.5, 3.5, 5.5, 6.5 }).Within(1e-9));
    }

    [Test]
    public void Two_timers_of_one_transition_that_run_out_together_both_fire()
    {
        // Enabled at 1 with delay 3 and at 2 with delay 2.
        var model = HybridAutomaton.Build("together", h =>
        {
            var n = h.Discrete("n");
            var m = h.Mode("m");
            h.Transition(m, m, "both").Guard(Expr.Cos(2.0 * Math.PI * h.Time) >= 0.0).After(4.0 - Expr.Floor(h.Time + 0.5), survives: true, instances: 4)
                .Reset(n, n + 1.0);
        });
        Trajectory run = model.Simulate(until: 4.5);
        Assert.That(run.Jumps.Count(jump => Math.Abs(jump.Time - 3.75) < 1e-9), Is.EqualTo(3), "those of 0.75, 1.75 and 2.75");
        Assert.That(run.Value("n", 3.7), Is.Zero);
    }

    [Test]
    public void Running_timers_are_part_of_a_snapshot()
    {
        SimulationRun run = Scenario.For(Echo(instances: 3)).Start();
        run.AdvanceTo(2.2);
        RunSnapshot snapshot = run.Snapshot();
        run.AdvanceTo(7.2);
        Trajectory whole = run.ToTrajectory();
        run.Restore(snapshot);
        run.AdvanceTo(7.2);
        Assert.That(run.ToTrajectory().Jumps.Select(jump => jump.Time), Is.EqualTo(whole.Jumps.Select(jump => jump.Time)));
    }

    [TestCase(ResetValues.AtTrigger, 4.0)]
    [TestCase(ResetValues.AtExecution, 40.0)]
    public void Values_at_trigger_of_a_delayed_transition_are_those_when_its_timer_ran_out(ResetValues values, double expected)
    {
        // Both are due at t = 2, and the one of higher priority multiplies x by ten first.
        var model = HybridAutomaton.Build("relay", h =>
        {
            var (x, y) = (h.Discrete("x", initial: 4.0), h.Discrete("y"));
            var m = h.Mode("m");
            h.Transition(m, m, "first").After(2.0).Reset(x, 10.0 * x).Priority(1.0);
            TransitionBuilder relay = h.Transition(m, m, "relay").After(2.0).Reset(y, x);
            if (values == ResetValues.AtTrigger)
            {
                relay.ValuesAtTrigger();
            }
        });
        Assert.That(model.Simulate(until: 3.0).Value("y", 2.5), Is.EqualTo(expected));
    }

    [TestCase(0)]
    [TestCase(2)]
    public void Numbers_of_timers_that_cannot_be_are_found(int instances)
    {
        ModelException refusal = Assert.Throws<ModelException>(() => HybridAutomaton.Build("bad", h =>
        {
            var m = h.Mode("m");
            h.Transition(m, m, "x").After(1.0, instances: instances);
        }))!;
        Assert.That(refusal.Findings.Single().Where, Is.EqualTo("transitions.x.instances"));
    }

    private static HybridAutomaton Echo(int instances) => HybridAutomaton.Build("echo", h =>
    {
        var n = h.Discrete("n");
        var m = h.Mode("m");
        h.Transition(m, m, "echo").Guard(Expr.Sin(2.0 * Math.PI * h.Time) >= 0.0).After(2.5, survives: true, instances).Reset(n, n + 1.0);
    });
}
