using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Simulation;
using HybridControl.Symbolics;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Simulation;

/// <summary>Semantics 8: what a run does where its events accumulate.</summary>
public class ZenoPolicyTests
{
    private const double Limit = 2.5586339655858077;

    [Test]
    public void A_ball_goes_to_rest_at_the_predicted_time()
    {
        Trajectory run = Ball().Simulate(until: 5.0, TightSolvers.One);
        Jump last = run.Jumps[^1];
        Assert.That(run.Status, Is.EqualTo(RunStatus.Completed));
        Assert.That(last.Transition, Is.EqualTo("zeno"));
        Assert.That((last.From, last.To), Is.EqualTo(("fall", "rest")));
        Assert.That(last.Time, Is.EqualTo(Limit).Within(1e-9));
        Assert.That(run.ZenoTime, Is.EqualTo(last.Time));
        Assert.That(last.StatesBefore[1], Is.Not.Zero, "the left side is what the last bounce left");
        Assert.That(last.StatesAfter, Is.EqualTo(new[] { 0.0, 0.0 }));
        Assert.That(run.At(4.0).Mode, Is.EqualTo("rest"));
        Assert.That(run.Value("h", 4.0), Is.Zero);
        Assert.That(run.At(Limit - 1e-3).Mode, Is.EqualTo("fall"));
    }

    [TestCase(0.002)]
    [TestCase(0.01)]
    [TestCase(0.05)]
    [TestCase(0.95)]
    public void Bounces_of_any_strength_are_found(double e)
    {
        Trajectory run = Balls.Dropped(1.0, 9.81, e).TrySimulate(until: 50.0, new() { Solver = TightSolvers.One });
        Assert.That(run.Status, Is.EqualTo(RunStatus.Zeno));
        Assert.That(run.ZenoTime, Is.EqualTo(Math.Sqrt(2.0 / 9.81) * (1.0 + e) / (1.0 - e)).Within(1e-8));
    }

    [Test]
    public void The_option_of_a_run_outranks_the_model()
    {
        var options = new SimulationOptions { Zeno = ZenoPolicy.Stop };
        Trajectory run = Ball().Simulate(until: 5.0, options: options);
        Assert.That(run.Status, Is.EqualTo(RunStatus.Zeno));
        Assert.That(run.ZenoTime, Is.EqualTo(Limit).Within(1e-6));
        Assert.That(Ball().Simulate(until: 1.0).ZenoTime, Is.NaN);

        HybridAutomaton plain = Balls.Dropped(1.0, 9.81, 0.7);
        run = plain.Simulate(until: 5.0, options: new() { Zeno = ZenoPolicy.GoTo("fall", (Expr.Variable(VariableKind.State, "v"), 3.0)) });
        double[] limits = [.. run.Jumps.Where(jump => jump.Transition == "zeno").Select(jump => jump.Time)];
        Assert.That(limits, Is.EqualTo(new[] { Limit, Limit + (2.0 * 3.0 / 9.81 / (1.0 - 0.7)) }).Within(1e-6), "thrown up again, it comes to rest again");
    }

    [Test]
    public void A_policy_that_does_not_fit_the_model_is_refused()
    {
        var policy = ZenoPolicy.GoTo("rset", (Expr.Variable(VariableKind.State, "speed"), 0.0));
        ModelException refusal = Assert.Throws<ModelException>(() => Ball().Simulate(until: 1.0, options: new() { Zeno = policy }))!;
        Assert.That(refusal.Message, Does.Contain("rset").And.Contain("rest").And.Contain("speed"));
        Assert.Throws<ModelException>(() => HybridAutomaton.Build("m", h =>
        {
            h.Mode("a");
            h.Zeno(ZenoPolicy.GoTo("b"));
        }));
    }

    [Test]
    public void A_jump_to_a_mode_that_is_left_by_a_rate_is_refused_and_one_to_the_mode_before_it_is_not()
    {
        static HybridAutomaton Resting(string goTo) => HybridAutomaton.Build("m", h =>
        {
            ModeBuilder landed = h.Mode("landed"), rest = h.Mode("rest"), up = h.Mode("up");
            h.Transition(landed, rest);
            h.Transition(rest, up, "taken up").Rate(2.0);
            h.Zeno(ZenoPolicy.GoTo(goTo));
        });
        Assert.That(
            Assert.Throws<ModelException>(() => Resting("rest"))!.Message,
            Does.Contain("zeno.goTo: transition 'taken up' leaves 'rest' by a rate").And.Contain("Go to a mode of its own"));
        Assert.That(() => Resting("landed"), Throws.Nothing);
    }

    [Test]
    public void Continue_warns_once_and_goes_beyond_the_limit()
    {
        // A counter of the zeros of sin(log(1 - t)): their intervals shrink by exp(-pi) towards t = 1, where the flow is smooth.
        var model = HybridAutomaton.Build("zeros", h =>
        {
            var (s, x, n) = (h.State("s", initial: 1.0), h.State("x", initial: 1.0), h.Discrete("n"));
            var m = h.Mode("m").Flow((s, x), (-1.0, -x));
            h.Transition(m, m, "zero").Guard(Expr.Sin(10.0 * Expr.Log(Expr.Abs(s) + 1e-12)) >= 0.0).Edge().Reset(n, n + 1.0);
        });
        Trajectory run = model.Simulate(until: 2.0, options: new() { Solver = TightSolvers.One, Zeno = ZenoPolicy.Continue });
        Assert.That(run.Status, Is.EqualTo(RunStatus.Completed));
        LogRecord warning = run.Log.Single(record => record.Kind == LogKind.Warning);
        Assert.That(warning.Detail, Does.Contain("'zero'").And.Contain("predicted limit"));
        Assert.That(run.ZenoTime, Is.EqualTo(1.0).Within(1e-6));
        Assert.That(run.Value("x", 2.0), Is.EqualTo(Math.Exp(-2.0)).Within(1e-8));
        Assert.That(model.TrySimulate(2.0, new() { Solver = TightSolvers.One }).Status, Is.EqualTo(RunStatus.Zeno));
    }

    [Test]
    public void Continue_does_not_go_on_for_ever()
    {
        Trajectory run = Balls.Dropped(1.0, 9.81, 0.7).TrySimulate(until: 5.0, new() { Zeno = ZenoPolicy.Continue });
        Assert.That(run.Status, Is.EqualTo(RunStatus.Zeno));
        Assert.That(run.IsError, Is.True);
        Assert.That(run.Reason, Does.Contain("did not cease"));
        Assert.That(run.EndTime, Is.EqualTo(Limit).Within(1e-3));
        Assert.That(run.Jumps, Has.Length.LessThan(11_000));
    }

    [Test]
    public void Two_guards_in_turn_accumulate_as_one_does()
    {
        // Two levels, one of which rises while the other falls; each round trip takes half as long as the one before.
        var model = HybridAutomaton.Build("two tanks", h =>
        {
            var (a, b) = (h.State("a", initial: 1.0), h.State("b", initial: 1.0));
            var left = h.Mode("left").Flow((a, b), (0.5, -0.5));
            var right = h.Mode("right").Flow((a, b), (-0.5, 0.25));
            h.Transition(left, right).Guard(b <= 0.0);
            h.Transition(right, left).Guard(a <= 0.0);
        });
        // left: b falls by 1/2 a second and a rises by 1/2; right: a falls by 1/2 and b rises by 1/4.
        Trajectory run = model.TrySimulate(until: 100.0, new() { Solver = TightSolvers.One });
        Assert.That(run.Status, Is.EqualTo(RunStatus.Zeno));
        Assert.That(run.Reason, Does.Contain("ratio of intervals 0.5"));
        Assert.That(run.ZenoTime, Is.EqualTo(14.0).Within(1e-6), "left 2 + (2 + 1 + 1/2 + ...), right 4 + 2 + 1 + ...");
    }

    [Test]
    public void A_livelock_prints_its_cycle_and_the_values_that_recur()
    {
        var model = HybridAutomaton.Build("flip-flop", h =>
        {
            var (x, n) = (h.State("x", initial: 0.25), h.Discrete("n", initial: 7.0));
            var (a, b) = (h.Mode("a").Flow(x, 1.0), h.Mode("b").Flow(x, 1.0));
            h.Transition(a, b, "there").Guard(x >= 1.0);
            h.Transition(b, a, "back").Guard(x >= 1.0);
        });
        Trajectory run = model.TrySimulate(2.0);
        Assert.That(run.Status, Is.EqualTo(RunStatus.Livelock));
        Assert.That(run.Reason, Does.Contain("'there' (a -> b), 'back' (b -> a)").And.Contain("n = 7").And.Contain("x = 1"));
    }

    [Test]
    public void A_copy_of_a_run_that_rests_before_its_limit_has_the_same_future()
    {
        SimulationRun run = Scenario.For(Ball()).Start();
        double now = Limit - 1e-9;
        run.AdvanceTo(now);
        RunSnapshot snapshot = run.Snapshot();
        run.AdvanceTo(3.0);
        Trajectory first = run.ToTrajectory();
        run.Restore(snapshot);
        run.AdvanceTo(3.0);
        Assert.That(run.Mode, Is.EqualTo("rest"));
        Assert.That(run.ToTrajectory().Jumps[^1].Time, Is.EqualTo(first.Jumps[^1].Time));
    }

    private static HybridAutomaton Ball() => HybridAutomaton.Build("ball", h =>
    {
        var (y, v) = (h.State("h", initial: 1.0), h.State("v"));
        var fall = h.Mode("fall").Flow((y, v), (v, -9.81));
        h.Mode("rest");
        h.Transition(fall, fall, "bounce").Guard(y <= 0.0 & v < 0.0).Reset(v, -0.7 * v);
        h.Zeno(ZenoPolicy.GoTo("rest", (y, 0.0), (v, 0.0)));
    });
}
