using HybridControl.Automata;
using HybridControl.Simulation;
using HybridControl.Solvers;
using HybridControl.Symbolics;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Simulation;

/// <summary>Semantics 4: choices in a flow are frozen in a step and switch at located instants.</summary>
public class ChoiceTests
{
    private const double Within = 1e-9;

    private static IEnumerable<TestCaseData> Flows()
    {
        // x' = f(t) from 0: expression, switching instants, x(3) in closed form.
        TestCaseData Case(string name, Func<Expr, Expr> flow, double[] switches, double integral) =>
            new TestCaseData(flow, switches, integral).SetArgDisplayNames(name);
        yield return Case("select", t => Expr.Select(t < 1.25, 2.0, -t), [1.25], 2.5 - ((9.0 - 1.5625) / 2.0));
        yield return Case("sign", t => Expr.Sign(t - 1.1), [1.1], 1.9 - 1.1);
        yield return Case("abs", t => Expr.Abs(t - 2.0), [2.0], 2.5);
        yield return Case("min", t => Expr.Min(t, 1.7), [1.7], (1.7 * 1.7 / 2.0) + (1.7 * 1.3));
        yield return Case("max", t => Expr.Max(t, 1.7), [1.7], (1.7 * 1.7) + ((9.0 - (1.7 * 1.7)) / 2.0));
        yield return Case("floor", t => Expr.Floor(2.0 * t), [0.5, 1.0, 1.5, 2.0, 2.5, 3.0], 0.5 * 15.0);
        yield return Case("falling floor", t => Expr.Floor(1.25 - t), [0.25, 1.25, 2.25], 0.0 * 0.25 + 0.25 * 1.0 - 0.0 + Falling());
        yield return Case("mod", t => Expr.Modulo(t, 0.8), [0.8, 1.6, 2.4], (3 * 0.32) + 0.18);
        yield return Case("select of floor", t => Expr.Select(Expr.Floor(t) >= 2.0, 10.0, 1.0), [1.0, 2.0, 3.0], 12.0);
    }

    // floor(1.25 - t): 1 to 0.25, 0 to 1.25, -1 to 2.25, -2 to 3; the term 0.25 is above.
    private static double Falling() => -1.0 - (2.0 * 0.75);

    [TestCaseSource(nameof(Flows))]
    public void Switches_are_located_and_logged_and_the_solution_is_that_of_the_pieces(
        Func<Expr, Expr> flow, double[] switches, double integral)
    {
        foreach (var solver in TightSolvers.All)
        {
            var model = HybridAutomaton.Build("choice", h =>
            {
                var x = h.State("x");
                h.Mode("m").Flow(x, flow(h.Time));
            });
            Trajectory run = model.Simulate(until: 3.0, solver);
            double[] logged = [.. run.Log.Where(record => record.Kind == LogKind.Branch).Select(record => record.Time).Distinct()];
            Assert.That(run.Value("x", 3.0), Is.EqualTo(integral).Within(Within));
            Assert.That(logged, Is.EqualTo(switches.Where(time => time < 3.0 || logged.Length == switches.Length)).Within(Within));
            Assert.That(run.Jumps, Is.Empty);
            Assert.That(run.Statistics.Rejections, Is.LessThan(5), "no step is tried across a switch of its own making");
        }
    }

    [Test]
    public void A_choice_on_states_switches_where_the_states_say()
    {
        // A saturated servo: x' = max(-1, min(1, 3 - x)) from 0: ramp to x = 2 at t = 2, then exponential.
        var model = HybridAutomaton.Build("servo", h =>
        {
            var x = h.State("x");
            h.Mode("m").Flow(x, Expr.Max(-1.0, Expr.Min(1.0, 3.0 - x)));
        });
        Trajectory run = model.Simulate(until: 5.0, TightSolvers.One);
        Assert.That(run.Log.Single(record => record.Kind == LogKind.Branch).Time, Is.EqualTo(2.0).Within(Within));
        Assert.That(run.Value("x", 5.0), Is.EqualTo(3.0 - Math.Exp(-3.0)).Within(Within));
    }

    [Test]
    public void A_jump_renews_the_choices_before_the_guards_that_read_them()
    {
        var model = HybridAutomaton.Build("renew", h =>
        {
            var (x, y, n) = (h.State("x"), h.State("y", initial: 0.5), h.Discrete("n"));
            var m = h.Mode("m").Flow((x, y), (1.0, Expr.Floor(y) + 0.25));
            h.Transition(m, m, "lift").Guard(x >= 1.0).Edge().Reset(y, 3.5);
            h.Transition(m, m, "seen").Guard(Expr.Select(y > 2.0, 1.0, -1.0) >= 0.0).Edge().Reset(n, n + 1.0);
        });
        Trajectory run = model.Simulate(until: 1.1, TightSolvers.One);
        Assert.That(run.Jumps.Select(jump => jump.Transition), Is.EqualTo(new[] { "lift", "seen" }));
        Assert.That(run.Value("y", 1.1), Is.EqualTo(3.5 + (0.1 * 3.25)).Within(Within));
    }

    [TestCase(false, 2.0)]
    [TestCase(true, 3.0)]
    public void A_choice_on_discrete_variables_follows_their_ticks_by_its_exact_relation(bool strict, double at)
    {
        // The third tick, at t = 2, makes n = 3.
        var model = HybridAutomaton.Build("discrete", h =>
        {
            var (x, n) = (h.State("x"), h.Discrete("n"));
            h.Mode("m").Flow(x, Expr.Select(strict ? n > 3.0 : n >= 3.0, 1.0, 0.0));
            h.Every("count", 1.0, (n, n + 1.0));
        });
        Trajectory run = model.Simulate(until: 5.0, TightSolvers.One);
        Assert.That(run.Value("x", 5.0), Is.EqualTo(5.0 - at).Within(Within));
        Assert.That(run.Log.Single(record => record.Kind == LogKind.Branch).Time, Is.EqualTo(at));
    }

    [Test]
    public void A_choice_shared_by_two_modes_brings_its_inner_choices_along()
    {
        // Mode a freezes |x| as a kink; mode b uses the same condition in a guard only.
        var model = HybridAutomaton.Build("shared", h =>
        {
            var (x, n) = (h.State("x", initial: 0.5), h.Discrete("n"));
            Condition far = Expr.Abs(x) >= 1.0;
            var a = h.Mode("a").Flow(x, Expr.Select(far, 2.0, 1.0));
            var b = h.Mode("b").Flow(x, -1.0);
            var c = h.Mode("c");
            h.Transition(a, b).Guard(x >= 2.0).Reset(x, 0.75);
            h.Transition(b, c).Guard(Expr.Select(far, 1.0, -1.0) >= 0.0);
        });
        Trajectory run = model.Simulate(until: 5.0, TightSolvers.One);

        // 0.5 to 1 at speed 1, to 2 at speed 2; then from 0.75 down to -1.
        Assert.That(run.Jumps.Select(jump => jump.Time), Is.EqualTo(new[] { 1.0, 2.75 }).Within(Within));
    }

    [Test]
    public void A_jump_back_and_forth_over_a_floor_keeps_its_events()
    {
        // y is put back by 2.25 whenever it reaches 3: floor(y) must follow each time.
        var model = HybridAutomaton.Build("floor", h =>
        {
            var y = h.State("y", initial: 0.75);
            var m = h.Mode("m").Flow(y, 1.0 + Expr.Floor(y));
            h.Transition(m, m, "back").Guard(y >= 3.0).Reset(y, y - 2.25);
        });
        Trajectory run = model.Simulate(until: 6.0, TightSolvers.One);

        // 0.75 to 1 at speed 1, 1 to 2 at speed 2, 2 to 3 at speed 3.
        double period = 0.25 + 0.5 + (1.0 / 3.0);
        Assert.That(run.Jumps.Select(jump => jump.Time), Is.EqualTo(Enumerable.Range(1, 5).Select(k => k * period)).Within(Within));
    }

    [Test]
    public void Chattering_between_two_fields_ends_early_and_names_the_choice()
    {
        var model = HybridAutomaton.Build("sliding", h =>
        {
            var x = h.State("x", initial: 0.5);
            h.Mode("m").Flow(x, Expr.Select(x > 0.0, -1.0, 1.0));
        });
        Trajectory run = model.TrySimulate(2.0);
        Assert.That(run.Status, Is.EqualTo(RunStatus.Chattering));
        Assert.That(run.EndTime, Is.EqualTo(0.5).Within(1e-6));
        Assert.That(run.Reason, Does.Contain("x > 0").And.Contain("share 0.5"));
    }

    [Test]
    public void A_tank_runs_dry_and_stays_dry([Values(1e-3, 1e-6, 1e-9)] double tolerance, [Values] bool clamped)
    {
        // h' = -c sqrt h: from 1 to 0 in 2/c, where the surface of the choice is touched and never crossed.
        var model = HybridAutomaton.Build("tank", h =>
        {
            var level = h.State("h", initial: 1.0);
            Expr root = clamped ? Expr.Sqrt(Expr.Max(level, 0.0)) : Expr.Select(level > 0.0, Expr.Sqrt(level), 0.0);
            h.Mode("m").Flow(level, -0.2 * root);
        });
        Trajectory run = model.Simulate(20.0, new DormandPrince5 { RelativeTolerance = tolerance, AbsoluteTolerance = tolerance });
        Assert.That(run.Value("h", 5.0), Is.EqualTo(0.25).Within(10.0 * tolerance));
        Assert.That(run.Value("h", 20.0), Is.EqualTo(0.0).Within(1e-20));
        Assert.That(run.Log.Single(record => record.Kind == LogKind.Branch).Time, Is.EqualTo(10.0).Within(20.0 * Math.Sqrt(tolerance)));
    }

    [Test]
    public void A_flow_that_is_undefined_away_from_its_choices_still_ends_as_not_finite()
    {
        var model = HybridAutomaton.Build("root", h =>
        {
            var x = h.State("x", initial: 1.0);
            h.Mode("m").Flow(x, -Expr.Sqrt(x - 0.5) - Expr.Max(x, 0.0));
        });
        Assert.That(model.TrySimulate(20.0).Status, Is.EqualTo(RunStatus.NotFinite));
    }
}
