using HybridControl.Automata;
using HybridControl.Simulation;
using HybridControl.Solvers;
using HybridControl.Symbolics;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Simulation.Sliding;

/// <summary>Semantics 8: sliding along one surface, in and out.</summary>
public class SlidingPairTests
{
    [TestCaseSource(typeof(TightSolvers))]
    public void Case_11_slides_after_a_seventh(Solver solver)
    {
        Trajectory run = TwoChoices().Simulate(until: 1.0, options: new() { Solver = solver, Chattering = ChatteringPolicy.Slide });
        Assert.That(run.Jumps, Has.Length.EqualTo(1));
        Assert.That(run.Jumps[0].Time, Is.EqualTo(1.0 / 7.0).Within(1e-9));
        Assert.That(run.Jumps[0].To, Does.StartWith("slide("));
        Assert.That(run.Jumps[0].StatesAfter, Is.EqualTo(new[] { 1.2142857142857142, 1.2142857142857142 }).Within(1e-12));
        Assert.That((run.Value("x", 0.9) - run.Value("x", 0.4)) / 0.5, Is.EqualTo(-6.0 / 17.0).Within(1e-9));
        Assert.That(run.Value("x", 1.0), Is.EqualTo(0.9117647058823529).Within(1e-9));
        Assert.That(run.Value("y", 1.0), Is.EqualTo(run.Value("x", 1.0)).Within(1e-14));
    }

    [Test]
    public void A_declared_mode_is_split_and_slides_without_a_policy()
    {
        HybridAutomaton model = TwoChoices().WithSliding(new SlidingModes("m"));
        Assert.That(model.Modes.Select(mode => mode.Name), Is.EqualTo(new[] { "m(x > y)", "m(x <= y)", "slide(m(x > y),m(x <= y))" }));
        Assert.That(model.Simulate(until: 1.0, TightSolvers.One).Value("x", 1.0), Is.EqualTo(0.9117647058823529).Within(1e-9));
    }

    [Test]
    public void A_block_sticks_to_its_belt_until_the_spring_pulls_as_hard_as_friction()
    {
        Trajectory run = Block().Simulate(until: 9.0, TightSolvers.One);
        double slip = 3.5363837733; // from x = 1 with the speed of the belt to x = 0 with it again, about x = 1/2
        Assert.That(run.Jumps.Select(jump => jump.To), Is.EqualTo(new[] { "slide(slower,faster)", "slower" }));
        Assert.That(run.Jumps.Select(jump => jump.Time), Is.EqualTo(new[] { slip, slip + 5.0 }).Within(1e-9));
        Assert.That(run.Value("v", 6.0), Is.EqualTo(0.1).Within(1e-14));
        Assert.That(run.Value("v", 9.0), Is.EqualTo(0.1 * Math.Cos(9.0 - slip - 5.0)).Within(1e-9));
    }

    [Test]
    public void Sliding_ends_where_a_flow_no_longer_points_at_the_surface()
    {
        // x' = cos t - sign(x) / 2: slides on x = 0 while |cos t| < 1/2, that is from pi/3 on it may, until 2 pi/3.
        var model = HybridAutomaton.Build("forced relay", h =>
        {
            var x = h.State("x", initial: 0.0);
            var above = h.Mode("above").Flow(x, Expr.Cos(h.Time) - 0.5);
            var below = h.Mode("below").Flow(x, Expr.Cos(h.Time) + 0.5);
            h.Transition(above, below).Guard(x <= 0.0);
            h.Transition(below, above).Guard(x >= 0.0);
            h.Sliding(above, below);
        });
        Trajectory run = model.Simulate(until: 12.0, TightSolvers.One);

        // It rises from 0 until sin t = t/2, slides until cos t = -1/2, if it is there by then, and falls.
        double back = Root(t => Math.Sin(t) - (0.5 * t), 1.5, 2.5);
        Jump entry = run.Jumps.First(jump => jump.To == "slide(above,below)");
        Jump exit = run.Jumps.First(jump => jump.From == "slide(above,below)");
        Assert.That(entry.Time, Is.EqualTo(back).Within(1e-9));
        Assert.That(exit.Time, Is.EqualTo(2.0 * Math.PI / 3.0).Within(1e-9), "there L_below x is zero: the way out is tangential");
        Assert.That(exit.To, Is.EqualTo("below"));
        double later = exit.Time + 0.3;
        double fallen = Math.Sin(later) - Math.Sin(exit.Time) + (0.5 * (later - exit.Time));
        Assert.That(run.Value("x", later), Is.EqualTo(fallen).Within(1e-9));
        Assert.That(run.Jumps, Has.Length.LessThan(12));
        Assert.That(run.Status, Is.EqualTo(RunStatus.Completed));
    }

    [TestCase(0.0)]
    [TestCase(0.25)]
    [TestCase(-0.25)]
    public void A_surface_that_repels_is_not_entered(double start)
    {
        HybridAutomaton model = Relay(1.0, -2.0, start);
        Trajectory run = model.Simulate(until: 3.0, TightSolvers.One);
        Assert.That(run.Segments.Select(segment => segment.Mode), Has.None.StartsWith("slide"));
        Assert.That(run.Value("x", 3.0), Is.EqualTo(start >= 0.0 ? start + 3.0 : start - 6.0).Within(1e-9));
    }

    [Test]
    public void A_surface_that_the_flow_crosses_is_crossed_once()
    {
        Trajectory run = Relay(-1.0, -2.0, 0.5).Simulate(until: 3.0, TightSolvers.One);
        Assert.That(run.Jumps.Select(jump => jump.To), Is.EqualTo(new[] { "below" }));
        Assert.That(run.Value("x", 3.0), Is.EqualTo(-5.0).Within(1e-9));
    }

    [Test]
    public void A_start_on_the_surface_slides_at_once()
    {
        Trajectory run = Relay(-1.0, 2.0, 0.0).Simulate(until: 3.0, TightSolvers.One);
        Assert.That(run.Jumps, Has.Length.EqualTo(1));
        Assert.That(run.Jumps[0].Time, Is.Zero);
        Assert.That(run.Value("x", 3.0), Is.Zero);
    }

    [Test]
    public void A_surface_that_is_moved_away_is_left()
    {
        var model = HybridAutomaton.Build("set point", h =>
        {
            var (x, r) = (h.State("x", initial: 1.0), h.Parameter("r", 0.0));
            var above = h.Mode("above").Flow(x, -1.0);
            var below = h.Mode("below").Flow(x, 2.0);
            h.Transition(above, below).Guard(x <= r);
            h.Transition(below, above).Guard(x >= r);
            h.Sliding(above, below);
        });
        Trajectory run = Scenario.For(model).At(2.0, ("r", 1.0)).Simulate(until: 4.0, TightSolvers.One);
        Assert.That(run.Value("x", 1.5), Is.Zero.Within(1e-12));
        Assert.That(run.Value("x", 2.25), Is.EqualTo(0.5).Within(1e-9));
        Assert.That(run.Value("x", 3.0), Is.EqualTo(1.0).Within(1e-12));
        Assert.That(run.Jumps[^1].Time, Is.EqualTo(2.5).Within(1e-9));
    }

    [Test]
    public void A_curved_surface_is_kept_over_a_long_run()
    {
        // Both flows turn about the origin and point at the unit circle.
        Trajectory run = Circle().Simulate(until: 1000.0, new DormandPrince5 { RelativeTolerance = 1e-6, AbsoluteTolerance = 1e-8 });
        double worst = Enumerable.Range(1, 2000).Max(k =>
        {
            ModelState at = run.At(2.0 + (0.499 * k));
            return Math.Abs(Math.Sqrt((at.States[0] * at.States[0]) + (at.States[1] * at.States[1])) - 1.0);
        });
        Assert.That(run.Jumps, Has.Length.EqualTo(1));
        Assert.That(worst, Is.LessThan(2e-6));
    }

    private static HybridAutomaton Circle() => HybridAutomaton.Build("circle", h =>
    {
        var (x, y) = (h.State("x", initial: 1.5), h.State("y"));
        var outside = h.Mode("outside").Flow((x, y), (-y - x, x - y));
        var inside = h.Mode("inside").Flow((x, y), ((2.0 * x) - y, (2.0 * y) + x));
        Expr s = Expr.Square(x) + Expr.Square(y);
        h.Transition(outside, inside).Guard(s <= 1.0);
        h.Transition(inside, outside).Guard(s >= 1.0);
        h.Sliding(outside, inside);
    });

    private static HybridAutomaton Relay(double above, double below, double start) => HybridAutomaton.Build("relay", h =>
    {
        var x = h.State("x", initial: start);
        var (a, b) = (h.Mode("above").Flow(x, above), h.Mode("below").Flow(x, below));
        h.Transition(a, b).Guard(x <= 0.0);
        h.Transition(b, a).Guard(x >= 0.0);
        h.Sliding(a, b);
    });

    private static HybridAutomaton TwoChoices() => HybridAutomaton.Build("two choices", h =>
    {
        var (x, y) = (h.State("x", initial: 1.5), h.State("y", initial: 1.0));
        h.Mode("m").Flow((x, y), (Expr.Select(x > y, -2.0, 2.0), Expr.Select(y > x, -3.0, 1.5)));
    });

    // A block on a belt, m = k = 1, with dry friction that is the same at rest.
    private static HybridAutomaton Block() => HybridAutomaton.Build("block", h =>
    {
        var (x, v) = (h.State("x", initial: 1.0), h.State("v", initial: 0.1));
        var (belt, drags) = (h.Parameter("belt", 0.1), h.Parameter("Fd", 0.5));
        var slower = h.Mode("slower").Flow((x, v), (v, -x + drags));
        var faster = h.Mode("faster").Flow((x, v), (v, -x - drags));
        h.Transition(slower, faster).Guard(v >= belt);
        h.Transition(faster, slower).Guard(v <= belt);
        h.Sliding(slower, faster);
    });

    private static double Root(Func<double, double> f, double low, double high)
    {
        for (int i = 0; i < 200; i++)
        {
            double middle = 0.5 * (low + high);
            (low, high) = (f(middle) > 0.0) == (f(low) > 0.0) ? (middle, high) : (low, middle);
        }

        return low;
    }
}
