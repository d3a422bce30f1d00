using HybridControl.Automata;
using HybridControl.Simulation;
using HybridControl.Symbolics;

namespace HybridControl.Tests.Simulation;

/// <summary>Semantics 9: invariants.</summary>
public class InvariantTests
{
    [Test]
    public void Leaving_an_invariant_ends_the_run_as_an_error_that_says_where([Values] bool known)
    {
        var model = HybridAutomaton.Build("wall", h =>
        {
            var x = h.State("x");
            var (m, end) = (h.Mode("free").Flow(x, 1.0).Invariant(x <= 2.0), h.Mode("end"));
            if (known)
            {
                h.Transition(m, end, "exit").Guard(x >= 3.0);
            }
        });
        SimulationException error = Assert.Throws<SimulationException>(() => model.Simulate(until: 5.0))!;
        Assert.That(error.Trajectory.Status, Is.EqualTo(RunStatus.InvariantViolated));
        Assert.That(error.Trajectory.EndTime, Is.EqualTo(2.0).Within(1e-9));
        Assert.That(error.Message, Does.Contain("'free'").And.Contain("x <= 2").And.Contain("t = 2"));
        Assert.That(error.Message.Contains("exit", StringComparison.Ordinal), Is.EqualTo(known));
        Assert.That(error.Trajectory.Value("x", 1.5), Is.EqualTo(1.5).Within(1e-12));
    }

    [Test]
    public void An_invariant_over_what_rests_is_a_side_without_a_value()
    {
        var model = HybridAutomaton.Build("thrown", h =>
        {
            var x = h.State("x");
            var (fly, lie) = (h.Mode("fly").Flow(x, 1.0), h.Mode("lie").Invariant(x <= 0.0));
            h.Transition(fly, lie).Guard(x >= 1.0).Reset(x, 5.0);
        });
        SimulationException error = Assert.Throws<SimulationException>(() => model.Simulate(until: 2.0))!;
        Assert.That(error.Message, Does.Contain("the invariant 'x <= 0' is violated and no transition is enabled"));
    }

    [Test]
    public void The_policy_stop_ends_the_run_in_good_order()
    {
        Trajectory run = Wall().Simulate(until: 5.0, options: new SimulationOptions { Invariants = InvariantPolicy.Stop });
        Assert.That(run.Status, Is.EqualTo(RunStatus.InvariantViolated));
        Assert.That(run.IsError, Is.False);
    }

    [Test]
    public void The_policy_warn_logs_each_violation_once_and_goes_on()
    {
        // sin leaves the strip |x| <= 1/2 four times in two periods; a clock ticks meanwhile.
        var model = HybridAutomaton.Build("strip", h =>
        {
            var (x, v, n) = (h.State("x"), h.State("v", initial: 1.0), h.Discrete("n"));
            h.Mode("m").Flow((x, v), (v, -x)).Invariant(x <= 0.5).Invariant(x >= -0.5);
            h.Every("tick", 0.1, (n, n + 1.0));
        });
        Trajectory run = model.Simulate(until: 4.0 * Math.PI, options: new SimulationOptions { Invariants = InvariantPolicy.Warn });
        double[] warnings = [.. run.Log.Where(record => record.Kind == LogKind.Warning).Select(record => record.Time)];
        Assert.That(warnings, Is.EqualTo(new[] { 1.0, 7.0, 13.0, 19.0 }.Select(k => k * Math.PI / 6.0)).Within(1e-5));
    }

    [Test]
    public void An_invariant_violated_at_the_start_ends_the_run_there_unless_an_urgent_exit_is_enabled([Values] bool exit)
    {
        var model = HybridAutomaton.Build("start", h =>
        {
            var x = h.State("x", initial: 3.0);
            var (m, end) = (h.Mode("m").Flow(x, 1.0).Invariant(x <= 2.0), h.Mode("end"));
            if (exit)
            {
                h.Transition(m, end).Guard(x >= 2.5);
            }
        });
        Trajectory run = model.TrySimulate(1.0);
        Assert.That(run.Status, Is.EqualTo(exit ? RunStatus.Completed : RunStatus.InvariantViolated));
        Assert.That(run.EndTime, Is.EqualTo(exit ? 1.0 : 0.0));
    }

    [Test]
    public void An_exit_that_is_enabled_where_the_invariant_is_left_is_taken()
    {
        var model = HybridAutomaton.Build("exit", h =>
        {
            var x = h.State("x");
            var (m, end) = (h.Mode("m").Flow(x, Expr.Exp(x)).Invariant(x <= 1.0), h.Mode("end"));
            h.Transition(m, end).Guard(x >= 1.0);
        });
        Trajectory run = model.Simulate(until: 5.0);
        Assert.That(run.Jumps, Has.Length.EqualTo(1));
        Assert.That(run.Status, Is.EqualTo(RunStatus.Completed));
    }

    [Test]
    public void Resting_on_the_boundary_of_an_invariant_is_no_violation()
    {
        var model = HybridAutomaton.Build("boundary", h =>
        {
            var (x, v) = (h.State("x", initial: 1.0), h.State("v"));
            h.Mode("m").Flow((x, v), (v, -v)).Invariant(x <= 1.0).Invariant(x >= 1.0);
        });
        Assert.That(model.Simulate(until: 10.0).Status, Is.EqualTo(RunStatus.Completed));
    }

    [Test]
    public void A_discrete_invariant_is_judged_by_its_exact_sign()
    {
        var model = HybridAutomaton.Build("count", h =>
        {
            var n = h.Discrete("n");
            h.Mode("m").Invariant(n <= 3.0);
            h.Every("tick", 1.0, (n, n + 1.0));
        });
        Trajectory run = model.TrySimulate(10.0);
        Assert.That(run.Status, Is.EqualTo(RunStatus.InvariantViolated));
        Assert.That(run.EndTime, Is.EqualTo(3.0));
    }

    private static HybridAutomaton Wall() => HybridAutomaton.Build("wall", h =>
    {
        var x = h.State("x");
        h.Mode("free").Flow(x, 1.0).Invariant(x <= 2.0);
    });
}
