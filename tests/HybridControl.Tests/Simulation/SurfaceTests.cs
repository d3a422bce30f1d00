using HybridControl.Automata;
using HybridControl.Simulation;
using HybridControl.Solvers;
using HybridControl.Symbolics;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Simulation;

/// <summary>Semantics 4 and 6: guards on, along and near their surface.</summary>
public class SurfaceTests
{
    [Test]
    public void A_touch_is_logged_and_fires_only_where_it_is_asked_for([Values] bool fires, [Values(0.05, 10.0)] double maximumStep)
    {
        var model = HybridAutomaton.Build("touch", h =>
        {
            var n = h.Discrete("n");
            var m = h.Mode("m");
            TransitionBuilder touch = h.Transition(m, m, "touch").Guard(-Expr.Square(h.Time - 1.0) >= 0.0).Reset(n, n + 1.0);
            _ = fires ? touch.FireOnTouch() : touch;
        });
        Trajectory run = model.Simulate(until: 2.0, new DormandPrince5 { MaximumStep = maximumStep });
        Assert.That(run.Jumps, Has.Length.EqualTo(fires ? 1 : 0));
        LogRecord[] grazing = [.. run.Log.Where(record => record.Kind == LogKind.Grazing)];
        Assert.That(grazing, Has.Length.EqualTo(1));
        Assert.That(grazing[0].Time, Is.EqualTo(1.0).Within(1e-7));
        Assert.That(grazing[0].Name, Is.EqualTo("touch"));
    }

    [Test]
    public void A_reset_onto_the_surface_is_enabled_whatever_the_flow_does_next([Values(-1.0, 0.0, 1.0)] double speed)
    {
        var model = HybridAutomaton.Build("onto", h =>
        {
            var x = h.State("x");
            var (a, b, c) = (h.Mode("a").Flow(x, 1.0), h.Mode("b").Flow(x, speed), h.Mode("c"));
            h.Transition(a, b, "onto").Guard(x >= 1.0).Reset(x, 3.0);
            h.Transition(b, c, "there").Guard(x >= 3.0);
        });
        Trajectory run = model.Simulate(until: 2.0);
        Assert.That(run.Jumps.Select(jump => jump.Transition), Is.EqualTo(new[] { "onto", "there" }));
        Assert.That(run.Jumps[1].Time, Is.EqualTo(run.Jumps[0].Time));
    }

    [Test]
    public void A_reset_onto_its_own_surface_with_the_flow_away_fires_once()
    {
        // x falls to 0, is put to 1 and falls again: the guard x >= 1 of the other transition is due each time.
        var model = HybridAutomaton.Build("own", h =>
        {
            var (x, n) = (h.State("x", initial: 0.5), h.Discrete("n"));
            var m = h.Mode("m").Flow(x, -1.0);
            h.Transition(m, m, "lift").Guard(x <= 0.0).Reset(x, 1.0);
            h.Transition(m, m, "top").Guard(x >= 1.0).Edge().Reset(n, n + 1.0);
        });
        Trajectory run = model.Simulate(until: 2.7);
        Assert.That(run.Jumps.Select(jump => jump.Transition), Is.EqualTo(new[] { "lift", "top", "lift", "top", "lift", "top" }));
    }

    [Test]
    public void A_section_that_resets_nothing_fires_once_for_each_crossing([Values(0.01, 100.0)] double maximumStep)
    {
        var model = HybridAutomaton.Build("section", h =>
        {
            var (x, v, n) = (h.State("x", initial: 1.0), h.State("v"), h.Discrete("n"));
            var m = h.Mode("m").Flow((x, v), (v, -x));
            h.Transition(m, m, "section").Guard(x >= 0.5).Reset(n, n + 1.0);
        });

        // cos t is above 1/2 around each multiple of 2 pi; urgent, so also at the start, and at each return.
        Trajectory run = model.TrySimulate(30.0, new SimulationOptions
        {
            Solver = new DormandPrince5 { RelativeTolerance = 1e-10, AbsoluteTolerance = 1e-12, MaximumStep = maximumStep },
            InitialMode = "m",
            Values = System.Collections.Immutable.ImmutableDictionary<string, double>.Empty.Add("x", 0.0).Add("v", 1.0),
        });
        double[] expected = [.. Enumerable.Range(0, 5).Select(k => (Math.PI / 6.0) + (2.0 * Math.PI * k))];
        Assert.That(run.Jumps.Select(jump => jump.Time), Is.EqualTo(expected).Within(1e-8), run.Reason);
    }

    [Test]
    public void A_guard_that_is_zero_over_an_interval_fires_where_the_flow_arrives_and_where_it_goes_on()
    {
        // x rests on the surface of its edge guard from 1 to 2: latched there, because it has not been crossed.
        var model = HybridAutomaton.Build("plateau", h =>
        {
            var (x, n) = (h.State("x"), h.Discrete("n"));
            var m = h.Mode("m").Flow(x, Expr.Select(h.Time < 1.0, 1.0, Expr.Select(h.Time < 2.0, 0.0, 1.0)));
            h.Transition(m, m, "edge").Guard(x >= 1.0).Edge().Reset(n, n + 1.0);
        });
        Trajectory run = model.Simulate(until: 3.0);
        Assert.That(run.Jumps.Select(jump => jump.Time), Is.EqualTo(new[] { 1.0, 2.0 }).Within(1e-9));
        Assert.That(run.Value("x", 3.0), Is.EqualTo(2.0).Within(1e-9));
    }

    [Test]
    public void A_guard_that_rests_at_zero_after_a_jump_neither_hangs_nor_fires_again()
    {
        var model = HybridAutomaton.Build("rest", h =>
        {
            var (y, v) = (h.State("y", initial: 1.0), h.State("v"));
            var (fall, rest) = (h.Mode("fall").Flow((y, v), (v, -9.81)), h.Mode("rest").Invariant(y >= 0.0));
            h.Transition(fall, rest, "land").Guard(y <= 0.0).Reset(y, 0.0).Reset(v, 0.0);
            h.Transition(rest, fall, "sink").Guard(y < 0.0).Edge();
        });
        Trajectory run = model.Simulate(until: 100.0);
        Assert.That(run.Jumps.Select(jump => jump.Transition), Is.EqualTo(new[] { "land" }));
        Assert.That(run.Status, Is.EqualTo(RunStatus.Completed));
    }

    [Test]
    public void A_crossing_exactly_at_the_end_is_taken_and_a_touch_there_is_not()
    {
        HybridAutomaton Model(Func<Expr, Condition> guard) => HybridAutomaton.Build("end", h =>
        {
            var n = h.Discrete("n");
            var m = h.Mode("m");
            h.Transition(m, m, "end").Guard(guard(h.Time)).Edge().Reset(n, n + 1.0);
        });
        Assert.That(Model(x => x >= 1.0).Simulate(until: 1.0).Jumps.Select(jump => jump.Time), Is.EqualTo(new[] { 1.0 }));
        Assert.That(Model(x => -Expr.Square(x - 1.0) >= 0.0).Simulate(until: 1.0).Jumps, Is.Empty);
    }

    [Test]
    public void A_run_in_slices_that_end_on_crossings_has_the_same_jumps()
    {
        var model = HybridAutomaton.Build("slices", h =>
        {
            var (x, n) = (h.State("x"), h.Discrete("n"));
            var m = h.Mode("m").Flow(x, 1.0);
            h.Transition(m, m, "half").Guard(h.Time >= 0.5).Edge().Reset(n, n + 1.0);
            h.Transition(m, m, "one").Guard(h.Time >= 1.0).Edge().Reset(n, n + 1.0);
        });
        SimulationRun run = Scenario.For(model).Start();
        foreach (double time in new[] { 0.25, 0.5, 0.75, 1.0, 1.5 })
        {
            Assert.That(run.AdvanceTo(time), Is.True);
        }

        Assert.That(
            run.ToTrajectory().Jumps.Select(jump => (jump.Transition, jump.Time)), Is.EqualTo(new[] { ("half", 0.5), ("one", 1.0) }));
    }

    [TestCase(0.5)]
    [TestCase(0.9)]
    [TestCase(1.0)]
    public void No_ball_sinks_through_the_floor(double restitution)
    {
        var random = new Random(20 + (int)(10.0 * restitution));
        for (int draw = 0; draw < 100; draw++)
        {
            double height = Math.Pow(10.0, -3.0 + (6.0 * random.NextDouble()));
            double gravity = Math.Pow(10.0, -1.0 + (2.0 * random.NextDouble()));
            double t1 = Math.Sqrt(2.0 * height / gravity);
            Trajectory run = Balls.Dropped(height, gravity, restitution).TrySimulate(
                20.0 * t1, new SimulationOptions { Solver = new DormandPrince5 { RelativeTolerance = 1e-9 }, Zeno = ZenoPolicy.Stop });
            Assert.That(LowestPoint(run), Is.GreaterThan(-1e-9), $"h0 = {height:R}, g = {gravity:R}");
            Assert.That(run.Jumps, Has.Length.GreaterThan(5));
        }
    }

    [Test]
    public void Elastic_ball_stays_above_the_floor_for_ten_thousand_seconds(
        [ValueSource(nameof(Adaptive))] Solver solver)
    {
        Trajectory run = Balls.Dropped(50.0, 9.8, 1.0).Simulate(until: 1e4, solver);
        Assert.That(run.Jumps, Has.Length.EqualTo(1565).Within(1));
        Assert.That(LowestPoint(run), Is.GreaterThan(-1e-9));
    }

    private static IEnumerable<Solver> Adaptive =>
        [new DormandPrince5(), new Tsitouras5(), .. TightSolvers.All];

    private static double LowestPoint(Trajectory run) =>
        Math.Min(run.Curve("y").Min(point => point.Value), run.Jumps.Min(jump => jump.StatesBefore[0]));
}
