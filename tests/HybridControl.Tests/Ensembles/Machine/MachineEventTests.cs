using HybridControl.Automata;
using HybridControl.Ensembles;
using HybridControl.Solvers;
using HybridControl.Symbolics;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Ensembles.Machine;

/// <summary>Events against closed forms: where they are, which of them, and what may follow.</summary>
public class MachineEventTests
{
    [Test]
    public void A_ball_bounces_at_the_times_of_free_flight([Values(0.3, 0.8, 0.95)] double e, [Values] bool fixedStep)
    {
        Solver solver = fixedStep ? new RungeKutta4 { Step = 0.05 } : new DormandPrince5();
        EnsemblePlan plan = MachineRun.PlanOf(Balls.Dropped(10.0, 9.81, e), 6.0, solver);
        MachineRun run = MachineRun.Of(plan);
        double fall = Math.Sqrt(2.0 * 10.0 / 9.81);
        double time = fall;
        for (int k = 0; k < run.Jumps; k++)
        {
            Assert.That(run.EventTimes[k], Is.EqualTo(time).Within(1e-9));
            time += 2.0 * fall * Math.Pow(e, k + 1);
        }

        Assert.That(run.Jumps, Is.GreaterThan(1));
        Assert.That(run["y"], Is.GreaterThan(-1e-9));
    }

    [Test]
    public void A_ball_comes_to_rest_as_zeno_near_the_limit_of_its_bounces()
    {
        MachineRun run = MachineRun.Of(MachineRun.PlanOf(Balls.Dropped(10.0, 9.81, 0.5), 60.0));
        double fall = Math.Sqrt(2.0 * 10.0 / 9.81);
        Assert.That(run.Status, Is.EqualTo(TrajectoryStatus.Zeno));
        Assert.That(run.Time, Is.EqualTo(fall * 1.5 / 0.5).Within(1e-6));
        Assert.That(run["y"], Is.GreaterThan(-1e-9));
    }

    [Test]
    public void No_ball_is_below_the_floor_at_any_time([Values(0.05, 0.21, 0.37, 0.5, 0.63, 0.79, 0.88, 0.95)] double e)
    {
        HybridAutomaton ball = Balls.Dropped(1.0, 9.81, e);
        EnsemblePlan plan = MachineRun.PlanOf(ball, 1.2) with
        {
            Recording = new EnsembleRecording
            {
                GridTimes = [.. Enumerable.Range(0, 241).Select(k => k * 0.005)],
                Grid = [new("y", Expr.Variable(VariableKind.State, "y"))],
                Extrema = [new("y", Expr.Variable(VariableKind.State, "y"))],
            },
        };
        MachineRun run = MachineRun.Of(plan);
        Assert.That(run.Grid.Where(double.IsFinite), Is.All.GreaterThan(-1e-12));
        Assert.That(run["min(y)"], Is.GreaterThan(-1e-12));
        Assert.That(run["max(y)"], Is.EqualTo(1.0).Within(1e-12));
    }

    [Test]
    public void A_pair_of_crossings_inside_one_step_is_found([Values(1e-3, 1e-5, 1e-7)] double height)
    {
        // The parabola 1 - (t - 5)^2 peaks over 1 - height: both roots lie in one step of the exact solution.
        var model = HybridAutomaton.Build("pair", h =>
        {
            var (x, v, n) = (h.State("x", -24.0), h.State("v", 10.0), h.Discrete("n"));
            var m = h.Mode("m").Flow((x, v), (v, -2.0));
            h.Transition(m, m, "over").Guard(x >= 1.0 - height).Edge(EdgeDirection.Both).Reset(n, n + 1.0);
        });
        MachineRun run = MachineRun.Of(MachineRun.PlanOf(model, 10.0));
        Assert.That(run.EventTimes, Is.EqualTo(new[] { 5.0 - Math.Sqrt(height), 5.0 + Math.Sqrt(height) }).Within(1e-9));
    }

    [Test]
    public void Guards_that_become_enabled_together_fire_in_the_order_of_priority()
    {
        var model = HybridAutomaton.Build("together", h =>
        {
            var (x, n) = (h.State("x"), h.Discrete("n"));
            var m = h.Mode("m").Flow(x, 1.0);
            h.Transition(m, m, "low").Guard(x >= 1.0 & n < 10.0).Edge().Reset(n, n + 1.0);
            h.Transition(m, m, "high").Guard(2.0 * x >= 2.0).Edge().Priority(1.0 + n).Reset(n, n + 2.0);
        });
        MachineRun run = MachineRun.Of(MachineRun.PlanOf(model, 2.0));
        Assert.That(run.Events, Is.EqualTo(new[] { "high", "low" }));
        Assert.That(run.EventTimes, Is.EqualTo(new[] { 1.0, 1.0 }).Within(1e-12));
        Assert.That(run["n"], Is.EqualTo(3.0));
    }

    [Test]
    public void A_guard_that_the_reset_leaves_on_its_surface_fires_only_when_the_flow_comes_again()
    {
        // After each hit x turns back on the surface x = 1 and swings around: one hit for each period.
        var model = HybridAutomaton.Build("latched", h =>
        {
            var (x, v, n) = (h.State("x"), h.State("v", 2.0), h.Discrete("n"));
            var m = h.Mode("m").Flow((x, v), (v, -x));
            h.Transition(m, m, "wall").Guard(x >= 1.0).Reset(v, -v).Reset(n, n + 1.0);
        });
        MachineRun run = MachineRun.Of(MachineRun.PlanOf(model, 20.0, new DormandPrince5 { RelativeTolerance = 1e-10, AbsoluteTolerance = 1e-12 }));
        double first = Math.Asin(0.5);
        double period = Math.PI + (2.0 * first);
        Assert.That(run.Status, Is.EqualTo(TrajectoryStatus.Completed));
        Assert.That(
            run.EventTimes,
            Is.EqualTo(Enumerable.Range(0, run.Jumps).Select(k => first + (k * period)).ToArray()).Within(1e-7));
        Assert.That(run.Jumps, Is.EqualTo((int)((20.0 - first) / period) + 1));
    }

    [Test]
    public void A_guard_that_its_own_transition_has_served_waits_for_the_next_crossing()
    {
        var model = HybridAutomaton.Build("section", h =>
        {
            var (x, v, n) = (h.State("x", 1.0), h.State("v"), h.Discrete("n"));
            var m = h.Mode("m").Flow((x, v), (v, -x));
            h.Transition(m, m, "section").Guard(x >= 0.0).Edge().Reset(n, n + 1.0);
        });
        MachineRun run = MachineRun.Of(MachineRun.PlanOf(model, 20.0, new DormandPrince5 { RelativeTolerance = 1e-11, AbsoluteTolerance = 1e-12 }));
        double[] expected = [1.5 * Math.PI, 3.5 * Math.PI, 5.5 * Math.PI];
        Assert.That(run.EventTimes, Is.EqualTo(expected).Within(1e-8));
    }

    [Test]
    public void More_jumps_at_one_instant_than_allowed_are_a_livelock()
    {
        var model = HybridAutomaton.Build("livelock", h =>
        {
            var (x, n) = (h.State("x"), h.Discrete("n"));
            var (a, b) = (h.Mode("a").Flow(x, 1.0), h.Mode("b").Flow(x, 1.0));
            h.Transition(a, b).Guard(x >= 1.0).Reset(x, x + 1.0).Reset(n, n + 1.0);
            h.Transition(b, a).Guard(x >= 0.5).Reset(n, n + 1.0);
        });
        MachineRun run = MachineRun.Of(MachineRun.PlanOf(model, 2.0) with { MaxJumpsPerInstant = 20 });
        Assert.That(run.Status, Is.EqualTo(TrajectoryStatus.Livelock));
        Assert.That(run.Time, Is.EqualTo(1.0).Within(1e-12));
        Assert.That(run.Jumps, Is.EqualTo(21));
    }

    [Test]
    public void An_invariant_that_is_left_without_a_way_out_ends_the_trajectory_there()
    {
        var model = HybridAutomaton.Build("stuck", h =>
        {
            var x = h.State("x");
            h.Mode("m").Flow(x, 1.0).Invariant(x <= 3.0);
        });
        MachineRun run = MachineRun.Of(MachineRun.PlanOf(model, 10.0));
        Assert.That(run.Status, Is.EqualTo(TrajectoryStatus.InvariantViolated));
        Assert.That(run.Time, Is.EqualTo(3.0).Within(1e-9));
    }

    [Test]
    public void Choices_of_a_flow_switch_where_they_change()
    {
        // x rises with slope 1 to x = 1 and then with slope 3.
        var model = HybridAutomaton.Build("choice", h =>
        {
            var x = h.State("x");
            h.Mode("m").Flow(x, Expr.Select(x < 1.0, 1.0, 3.0));
        });
        MachineRun run = MachineRun.Of(MachineRun.PlanOf(model, 2.0));
        Assert.That(run["x"], Is.EqualTo(4.0).Within(1e-9));
        Assert.That(run.Jumps, Is.Zero);
    }

    [Test]
    public void A_reset_that_fails_keeps_the_left_limit()
    {
        var model = HybridAutomaton.Build("nan", h =>
        {
            var x = h.State("x");
            var m = h.Mode("m").Flow(x, 1.0);
            h.Transition(m, m).Guard(x >= 1.0).Reset(x, Expr.Sqrt(-x));
        });
        MachineRun run = MachineRun.Of(MachineRun.PlanOf(model, 2.0));
        Assert.That(run.Status, Is.EqualTo(TrajectoryStatus.NotFinite));
        Assert.That(run["x"], Is.EqualTo(1.0).Within(1e-12));
        Assert.That(run.Jumps, Is.Zero);
    }
}
