using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Simulation;
using HybridControl.Solvers;
using HybridControl.Symbolics;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Simulation;

/// <summary>What users of other simulators report, row by row: the promise that is kept here instead.</summary>
/// <remarks>
/// Kept elsewhere: gradients through events agree with differences (SaltationTests of the estimation, the sensitivity tests of
/// the ensembles); devices run the same model, record its events in bounded memory and give each trajectory a status (the tests
/// of HybridControl.Gpu); a cold process shows its first trajectory in a fraction of a second (docs/benchmarks/cold-start.md).
/// </remarks>
public class ComplaintsTests
{
    // "Events are missed when two crossings fall in one step, or at a grazing touch."
    [Test]
    public void Two_crossings_inside_one_step_are_found_and_a_touch_is_reported([Values(1e-2, 1e-6, 1e-9)] double gap)
    {
        var model = HybridAutomaton.Build("pair", h =>
        {
            var (x, n) = (h.State("x"), h.Discrete("n"));
            var m = h.Mode("m").Flow(x, 1.0);
            h.Transition(m, m, "pair").Guard((x - 0.7) * (x - 0.7 - gap) <= 0.0).Edge(EdgeDirection.Both).Reset(n, n + 1.0);
            h.Transition(m, m, "touch").Guard(-Expr.Square(x - 1.3) >= 0.0).Edge(EdgeDirection.Both).Reset(n, n + 1.0);
        });
        Trajectory run = model.Simulate(until: 2.0);
        Assert.That(run.Statistics.Steps, Is.LessThan(20));
        Assert.That(run.Jumps.Select(jump => jump.Transition), Is.EqualTo(new[] { "pair", "pair" }));
        Assert.That(run.Jumps[0].Time, Is.EqualTo(0.7).Within(1e-12));
        Assert.That(run.Jumps[1].Time, Is.EqualTo(0.7 + gap).Within(1e-12));
        LogRecord touch = run.Log.Single(record => record.Kind == LogKind.Grazing);
        Assert.That(touch.Name, Is.EqualTo("touch"));
        Assert.That(touch.Time, Is.EqualTo(1.3).Within(1e-6));
    }

    // "The same root fires twice, or time stops advancing."
    [Test]
    public void A_root_fires_once_and_time_goes_on_though_the_guard_stays_zero_for_a_while()
    {
        var model = HybridAutomaton.Build("plateau", h =>
        {
            var (x, n) = (h.State("x", initial: -1.0), h.Discrete("n"));
            var (rise, rest, go) = (h.Mode("rise").Flow(x, 1.0), h.Mode("rest").Flow(x, 0.0 * x), h.Mode("go").Flow(x, -1.0));
            h.Transition(rise, rest, "arrive").Guard(x >= 0.0).Edge().Reset(x, 0.0);
            h.Transition(rest, rest, "zero").Guard(x > 0.0).Edge().Reset(n, n + 1.0);
            h.Transition(rest, go, "leave").After(1.0);
            h.Transition(go, go, "below").Guard(x < -0.5).Edge().Reset(n, n + 1.0);
        });
        Trajectory run = model.Simulate(until: 3.0);
        Assert.That(run.Jumps.Select(jump => jump.Transition), Is.EqualTo(new[] { "arrive", "leave", "below" }));
        Assert.That(run.Jumps.Select(jump => jump.Time), Is.EqualTo(new[] { 1.0, 2.0, 2.5 }).Within(1e-9));
        Assert.That(run.Statistics.Steps, Is.LessThan(50));
    }

    // "Of simultaneous events one fires and others vanish."
    [Test]
    public void Each_of_many_simultaneous_events_happens_once_in_the_documented_order([Values(0.05, 0.3, 10.0)] double maximumStep)
    {
        var model = HybridAutomaton.Build("together", h =>
        {
            var (x, y, n) = (h.State("x"), h.State("y", initial: 2.0), h.Discrete("n"));
            var m = h.Mode("m").Flow((x, y), (1.0, -1.0));
            Condition[] guards = [x >= 1.0, y <= 1.0, x - y >= 0.0, x * x >= 1.0, h.Time >= 1.0, Expr.Sin(x - 1.0) >= 0.0, x + (3.0 * x) >= 4.0];
            for (int i = 0; i < guards.Length; i++)
            {
                h.Transition(m, m, $"g{i}").Guard(guards[i]).Edge().Priority(i % 3).Reset(n, n + 1.0);
            }
        });
        Trajectory run = model.Simulate(until: 3.0, new DormandPrince5 { MaximumStep = maximumStep });
        Assert.That(run.Jumps.Select(jump => jump.Transition), Is.EqualTo(new[] { "g2", "g5", "g1", "g4", "g0", "g3", "g6" }));
        Assert.That(run.Jumps.Select(jump => jump.Time).Distinct().Count(), Is.EqualTo(1));
    }

    // "An effect silently never runs."
    [Test]
    public void A_guard_reads_what_the_last_jump_has_left_and_nothing_unsupported_starts()
    {
        var model = HybridAutomaton.Build("gears", h =>
        {
            var (v, gear) = (h.State("v"), h.Discrete("gear", initial: 1.0));
            var (faster, slower) = (h.Mode("faster").Flow(v, 1.0), h.Mode("slower").Flow(v, -1.0));
            h.Transition(faster, faster, "up").Guard(v >= 10.0 * gear & gear < 3.0).Edge().Reset(gear, gear + 1.0);
            h.Transition(faster, slower, "brake").After(25.0);
            h.Transition(slower, slower, "down").Guard(v <= (10.0 * (gear - 1.0)) - 2.0 & gear > 1.0).Edge().Reset(gear, gear - 1.0);
        });
        Trajectory run = model.Simulate(until: 50.0);
        Assert.That(run.Jumps.Select(jump => jump.Transition), Is.EqualTo(new[] { "up", "up", "brake", "down", "down" }));
        Assert.That(run.Jumps.Select(jump => jump.Time), Is.EqualTo(new[] { 10.0, 20.0, 25.0, 32.0, 42.0 }).Within(1e-9));
        Assert.That(
            () => Scenario.For(model).At(1.0, ("gaer", 2.0)).Simulate(until: 2.0),
            Throws.TypeOf<ModelException>().With.Message.Contains("gaer").And.Message.Contains("gear"));
    }

    // "An event true at t0 is skipped, or the ball falls through the floor."
    [Test]
    public void What_holds_at_the_start_fires_there_and_the_ball_stays_above_the_floor()
    {
        HybridAutomaton lying = Balls.Dropped(0.0, 9.81, 0.5);
        Trajectory elastic = Balls.Dropped(50.0, 9.8, 1.0).Simulate(until: 1e4, new DormandPrince5 { RelativeTolerance = 1e-9, AbsoluteTolerance = 1e-12 });
        Assert.That(elastic.Curve("y").Min(point => point.Value), Is.GreaterThan(-1e-9));
        var urgent = HybridAutomaton.Build("full", h =>
        {
            var level = h.State("level", initial: 2.0);
            var (fill, stop) = (h.Mode("fill").Flow(level, 1.0), h.Mode("stop"));
            h.Transition(fill, stop, "full").Guard(level >= 1.0);
        });
        Trajectory run = urgent.Simulate(until: 1.0);
        Assert.That(run.Jumps.Single().Time, Is.Zero);
        Trajectory floor = lying.TrySimulate(until: 1.0, new SimulationOptions { Zeno = ZenoPolicy.Stop });
        Assert.That(floor.Jumps.Select(jump => jump.StatesAfter[0]), Is.All.GreaterThan(-1e-9));
    }

    // "A Zeno run hangs or aborts and blames the user."
    [Test]
    public void Accumulating_events_end_in_a_typed_outcome_that_names_guard_count_and_time()
    {
        Trajectory run = Balls.Dropped(1.0, 9.81, 0.7).TrySimulate(until: 10.0);
        Assert.That(run.Status, Is.EqualTo(RunStatus.Zeno));
        Assert.That(run.Reason, Does.Contain("bounce").And.Contain("so far").And.Contain("t = 2.558"));
        Assert.That(run.Jumps, Has.Length.GreaterThan(10).And.Length.LessThan(200));
    }

    // "Clock ticks drift, the last one is lost, near-equal ticks kill the solver."
    [Test]
    public void Ticks_neither_drift_nor_get_lost_nor_stop_the_run_where_two_clocks_differ_by_rounding()
    {
        var model = HybridAutomaton.Build("clocks", h =>
        {
            var (x, a, b) = (h.State("x"), h.Discrete("a"), h.Discrete("b"));
            h.Mode("m").Flow(x, 1.0);
            h.Every("tenth", 0.1, (a, a + 1.0));
            h.Every("third of three tenths", 0.3 / 3.0, (b, b + 1.0));
        });
        Trajectory run = model.Simulate(until: 1000.0);
        Assert.That(run.Status, Is.EqualTo(RunStatus.Completed));
        double[] last = [run.Value("a", 1000.0), run.Value("b", 1000.0)];
        Assert.That(last, Is.EqualTo(new[] { 10001.0, 10001.0 }));
        Assert.That(run.Log.Last(record => record.Kind == LogKind.Tick).Time, Is.EqualTo(1000.0).Within(1e-12));
    }

    // "Results show the wrong side of a jump."
    [Test]
    public void Both_sides_of_a_jump_are_kept_and_asked_for_by_name()
    {
        Trajectory run = Balls.Dropped(1.0, 9.81, 0.5).Simulate(until: 0.6);
        Jump bounce = run.Jumps[0];
        Assert.That(run.Value("v", bounce.Time, Side.Left), Is.EqualTo(bounce.StatesBefore[1]));
        Assert.That(run.Value("v", bounce.Time, Side.Right), Is.EqualTo(bounce.StatesAfter[1]));
        Assert.That(bounce.StatesAfter[1], Is.EqualTo(-0.5 * bounce.StatesBefore[1]));
    }

    // "A monitor changes the solution."
    [Test]
    public void A_monitor_leaves_every_bit_of_the_run_as_it_is()
    {
        HybridAutomaton ball = Balls.Dropped(1.0, 9.81, 0.8);
        Expr height = Expr.Variable(VariableKind.State, "y");
        Trajectory plain = ball.TrySimulate(until: 3.0, new SimulationOptions());
        Trajectory watched = ball.TrySimulate(until: 3.0, new SimulationOptions { Monitors = [new("half", height >= 0.5)] });
        BitEquality.AssertSame(watched, plain, record => record.Kind != LogKind.Monitor);
        Assert.That(watched.Log.Count(record => record.Kind == LogKind.Monitor), Is.GreaterThan(2));
    }

    // "dt <= dtmin with no culprit."
    [Test]
    public void A_step_that_becomes_too_small_names_mode_time_jump_state_last_events_and_a_remedy()
    {
        var model = HybridAutomaton.Build("blow-up", h =>
        {
            var (x, calm) = (h.State("fast", initial: 1.0), h.State("calm"));
            var (before, after) = (h.Mode("before").Flow(x, 0.0 * x), h.Mode("after").Flow((x, calm), (x * x, 1.0)));
            h.Transition(before, after, "open").After(1.0);
        });
        Trajectory run = model.TrySimulate(until: 5.0);
        Assert.That(run.Status, Is.EqualTo(RunStatus.StepTooSmall).Or.EqualTo(RunStatus.NotFinite));
        Assert.That(run.Reason, Does.Contain("mode 'after'").And.Contain("j = 1").And.Contain("'fast'").And.Contain("'open'"));
        Assert.That(run.EndTime, Is.EqualTo(2.0).Within(0.01));
        Assert.That(run.Reason, Does.Contain("select").Or.Contain("growth"), "a remedy");
    }

    // "Piecewise right-hand sides without declared events give wrong answers in silence."
    [Test]
    public void A_choice_in_a_flow_is_an_event_and_the_answer_is_that_of_its_pieces()
    {
        var model = HybridAutomaton.Build("valve", h =>
        {
            var x = h.State("x");
            h.Mode("m").Flow(x, Expr.Select(x >= 1.0, 0.001, 10.0));
        });
        Trajectory run = model.Simulate(until: 100.0);
        Assert.That(run.Value("x", 100.0), Is.EqualTo(1.0 + (0.001 * 99.9)).Within(1e-9));
        LogRecord choice = run.Log.Single(record => record.Kind == LogKind.Branch);
        Assert.That(choice.Time, Is.EqualTo(0.1).Within(1e-9));
    }
}
