using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Requirements;
using HybridControl.Simulation;
using HybridControl.Symbolics;

namespace HybridControl.Tests.Requirements;

public class TrajectoryRequirementsTests
{
    private static readonly HybridAutomaton Ball = HybridAutomaton.Build("ball", h =>
    {
        Expr y = h.State("y", initial: 1.0, unit: "m");
        Expr v = h.State("v", unit: "m/s");
        ModeBuilder fall = h.Mode("fall").Flow((y, v), (v, -9.81));
        h.Transition(fall, fall, "bounce").Guard(y <= 0 & v < 0).Reset(v, -0.7 * v);
    });

    private static readonly HybridAutomaton Clock = HybridAutomaton.Build("clock", h =>
    {
        Expr x = h.State("x");
        h.Input("u", new HybridControl.Dynamics.SineSignal(1.0, 0.5));
        h.Mode("run").Flow(x, 1.0);
    });

    private static Trajectory Steps => new TrajectoryBuilder(RandomArcs.Model)
        .Flow(1.0, ("x", [2.0])).Jump("calm to busy", ("x", -5.0)).Jump("busy to late", ("x", 7.0)).Flow(1.0, ("x", [-1.0])).ToTrajectory();

    [Test]
    public void A_ball_meets_its_floor_and_does_not_stay_above_it()
    {
        Trajectory run = Ball.Simulate(until: 2.0);
        Assert.That(run.Check("always(y >= 0)").Verdict, Is.EqualTo(Verdict.Satisfied));
        Assert.That(run.Check("always(y >= 0)").Robustness, Is.EqualTo(0.0).Within(1e-12));
        Assert.That(run.Check("always(y > 0)").Verdict, Is.EqualTo(Verdict.Violated));
        Assert.That(run.Check("eventually(y < 0)").Verdict, Is.EqualTo(Verdict.Violated));
        Assert.That(run.Check("eventually(y <= 0)").Verdict, Is.EqualTo(Verdict.Satisfied));
    }

    [Test]
    public void The_highest_point_between_samples_is_found()
    {
        // After the first bounce: e^2 h0 = 0.49, at t1 (1 + e).
        RequirementResult result = Ball.Simulate(until: 1.0).Check("always[0.5, 1](y < 0.5)");
        Assert.That(result.Robustness, Is.EqualTo(0.5 - 0.49).Within(1e-9));
        Assert.That(result.Witness!.Time, Is.EqualTo(0.4515236409857309 * 1.7).Within(1e-6));
        Assert.That(result.Witness.Values.Single().Value, Is.EqualTo(0.49).Within(1e-9));
    }

    [Test]
    public void A_comparison_that_is_no_polynomial_has_its_extremum_exactly()
    {
        Trajectory run = Ball.Simulate(until: 0.4);
        double kinetic = run.Check("always(v^2 / 2 + 9.81 * y < 20)").Robustness;
        Assert.That(kinetic, Is.EqualTo(20.0 - 9.81).Within(1e-9), "energy is kept");
        double arc = Clock.Simulate(until: 3.0).Check("always(sin(x) + x / 10 < 5)").Robustness;
        double peak = Math.Acos(-0.1);
        Assert.That(arc, Is.EqualTo(5.0 - Math.Sin(peak) - (peak / 10.0)).Within(1e-12));
    }

    [Test]
    public void Inputs_are_followed_between_steps()
    {
        RequirementResult result = Clock.Simulate(until: 2.0).Check("eventually(u >= 0.999)");
        Assert.That(result.Robustness, Is.EqualTo(0.001).Within(1e-9));
        Assert.That(result.Witness!.Values.Single().Name, Is.EqualTo("u"));
    }

    [Test]
    public void Both_sides_of_a_jump_and_the_values_between_count()
    {
        RequirementResult between = Steps.Check("always(x > -1)");
        Assert.That(between.Verdict, Is.EqualTo(Verdict.Violated));
        Assert.That(between.Robustness, Is.EqualTo(-4.0));
        Assert.That(between.Witness, Has.Property("Time").EqualTo(1.0).And.Property("JumpIndex").EqualTo(1).And.Property("Side").Null
            .And.Property("Mode").EqualTo("busy"));
        RequirementResult left = Steps.Check("eventually[1, 1](x > 1 & mode == \"calm\")");
        Assert.That(left.Robustness, Is.EqualTo(1.0));
        Assert.That(left.Witness!.Side, Is.EqualTo(Side.Left));
        RequirementResult right = Steps.Check("eventually(x > 6.5)");
        Assert.That(right.Robustness, Is.EqualTo(0.5));
        Assert.That(right.Witness!.Side, Is.EqualTo(Side.Right));
    }

    [Test]
    public void A_window_that_begins_at_a_jump_sees_both_of_its_sides_and_one_after_it_only_the_right()
    {
        Assert.That(Steps.Check("eventually[1, 2](x < 3)").Robustness, Is.EqualTo(8.0));
        Assert.That(Steps.Check("eventually[1.5, 2](x < 3)").Robustness, Is.EqualTo(-3.0));
        Assert.That(Steps.Check("eventually(fires(\"busy to late\") & eventually[0, 0](x < 3))").Verdict, Is.EqualTo(Verdict.Violated));
        Assert.That(Steps.Check("eventually(fires(\"calm to busy\") & eventually[0, 0](x > 3))").Robustness, Is.EqualTo(4.0));
    }

    [Test]
    public void A_run_that_ends_early_leaves_it_undecided_and_says_what_is_known()
    {
        RequirementResult result = Steps.Check("eventually[0, 5](x > 10)");
        Assert.That(result.Verdict, Is.EqualTo(Verdict.Undecided));
        Assert.That((result.Lower, result.Upper), Is.EqualTo((-3.0, double.PositiveInfinity)));
        Assert.That(result.Robustness, Is.NaN);
        Assert.That(result.ToString(), Does.Contain("undecided: the run ends at t = 2 s"));
        Assert.That(Steps.Check("eventually[0, 5](x > 5)").Verdict, Is.EqualTo(Verdict.Satisfied), "seen already");
        Assert.That(Steps.Check("always[0, 5](x > 5)").Verdict, Is.EqualTo(Verdict.Violated), "lost already");
        Assert.That(Steps.Check("always(x > -10)").Verdict, Is.EqualTo(Verdict.Satisfied), "an interval without an end ends with the run");
    }

    [Test]
    public void A_violation_names_requirement_time_side_signal_value_and_mode()
    {
        RequirementException? thrown = Assert.Throws<RequirementException>(() => Steps.Require("always(x <= 6)"));
        Assert.That(thrown!.Message, Is.EqualTo(
            "requirement (always(x <= 6)) is violated, robustness -1: x <= 6 with x = 7 at t = 1 s, just after the jump in mode 'late'"));
        Assert.That(() => Steps.Require("always(x <= 8)"), Throws.Nothing);
    }

    [Test]
    public void What_does_not_fit_is_refused()
    {
        Assert.That(() => Steps.Check(Formula.Mode("fast")), Throws.TypeOf<ModelException>().With.Message.Contains("no mode is called 'fast'"));
        Assert.That(
            () => Steps.Check(Formula.Of(Expr.Variable(VariableKind.State, "q") > 0)), Throws.TypeOf<ModelException>().With.Message.Contains("'q'"));
        Trajectory events = Ball.Simulate(until: 1.0, options: new() { Recording = Recording.Events });
        Assert.That(() => events.Check("always(y >= 0)"), Throws.TypeOf<ModelException>().With.Message.Contains("recorded without its steps"));
    }

    [Test]
    public void A_value_that_is_not_finite_decides_nothing()
    {
        RequirementResult result = Steps.Check("always(log(x - 1) < 5)");
        Assert.That(result.Verdict, Is.EqualTo(Verdict.Undecided));
        Assert.That(result.Reason, Does.Contain("is not finite at t = "));
    }

    [Test]
    public void A_long_run_costs_about_in_proportion_to_its_steps()
    {
        Trajectory run = Clock.Simulate(until: 400.0, options: new() { Solver = new HybridControl.Solvers.DormandPrince5 { MaximumStep = 0.02 } });
        RequirementResult result = run.Check("always[0, 390](x < 500 implies eventually[0, 5](always[1, 3](x > -1)))");
        Assert.That(result.Verdict, Is.EqualTo(Verdict.Satisfied));
        Assert.That(run.Statistics.Steps, Is.GreaterThan(19_000));
    }
}
