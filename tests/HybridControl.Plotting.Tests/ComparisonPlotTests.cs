using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Serialization;
using HybridControl.Simulation;
using HybridControl.Symbolics;

namespace HybridControl.Plotting.Tests;

public sealed class ComparisonPlotTests
{
    private static readonly Trajectory Ball = SampleRuns.BallModel.Simulate(until: 5);

    [Test]
    public void Each_run_has_a_colour_and_a_line_in_the_legend()
    {
        string svg = Ball.Plot("y").Compare(SampleRuns.BallModel.Simulate(until: 3), "short", own: "long").ToSvg();
        Assert.That(svg, Does.Contain(">long<").And.Contain(">short<").And.Contain("y [m]"));
        Assert.That(svg, Does.Contain("rgb(0,114,178)").And.Contain("rgb(213,94,0)"));
    }

    [Test]
    public void Runs_of_different_models_share_what_both_have()
    {
        var other = HybridAutomaton.Build("other", h =>
        {
            Expr y = h.State("y", initial: 3, unit: "m");
            Expr z = h.State("z");
            h.Mode("m").Flow((y, z), (-y, 1.0));
        });
        Trajectory run = other.Simulate(until: 9);
        string svg = Plot.Compare(("ball", Ball), ("decay", run)).ToSvg();
        Assert.That(svg, Does.Contain("y [m]").And.Not.Contain(">z<"));
        Assert.That(
            () => Ball.Plot("y", "v").Compare(run, "decay"),
            Throws.TypeOf<ModelException>().With.Message.Contains("decay").And.Message.Contains("no variable 'v'"));
        Assert.That(() => Plot.Compare(("a", Ball), ("b", SampleRuns.Thermostat())), Throws.TypeOf<ModelException>().With.Message.Contains("no state in common"));
    }

    [Test]
    public void One_label_for_two_runs_is_refused() => Assert.That(
        () => Plot.Compare(("same", Ball), ("same", Ball)), Throws.TypeOf<ModelException>().With.Message.Contains("two runs are called 'same'"));

    [Test]
    public void The_difference_of_a_run_and_its_shift_is_the_shift_between_jumps()
    {
        // Free fall from 10 and from 9 with the same speed: one apart until the lower one lands at sqrt(2 * 9 / g).
        ComparedRun high = ComparedRun.Of(Fall(10.0), "high");
        ComparedRun low = ComparedRun.Of(Fall(9.0), "low");
        List<CurvePoint> points = RunDifference.Of(low, high, "y", 0.0, 1.3);
        Assert.That(points[^1].Time, Is.EqualTo(1.3));
        Assert.That(points.Select(point => point.Value), Is.All.EqualTo(-1.0).Within(1e-12));
        Assert.That(RunDifference.Of(low, high, "y", 5.0, 9.0), Is.Empty, "no time in common");
    }

    [Test]
    public void A_jump_that_comes_late_is_a_spike_as_wide_as_it_is_late()
    {
        ComparedRun early = ComparedRun.Of(Fall(9.0, until: 1.5), "early");
        ComparedRun late = ComparedRun.Of(Fall(10.0, until: 1.5), "late");
        (double first, double second) = (early.Jumps[0], late.Jumps[0]);
        List<CurvePoint> spike = [.. RunDifference.Of(late, early, "v", 0.0, 1.5).Where(point => Math.Abs(point.Value) > 3.0)];
        Assert.That(spike[0].Time, Is.EqualTo(first));
        Assert.That(spike[^1].Time, Is.EqualTo(second));
    }

    [Test]
    public void A_saved_table_lies_on_the_run_that_it_came_from()
    {
        var table = TrajectoryTable.From(Ball);
        ComparedRun saved = ComparedRun.Of(table, "saved");
        ComparedRun run = ComparedRun.Of(Ball, "run");
        Assert.That(saved.Jumps, Is.EqualTo(run.Jumps));
        foreach (double time in run.Jumps)
        {
            Assert.That(saved.At("v", time, Side.Left), Is.EqualTo(run.At("v", time, Side.Left)));
            Assert.That(saved.At("v", time, Side.Right), Is.EqualTo(run.At("v", time, Side.Right)));
        }

        Assert.That(saved.At("v", 6.0, Side.Right), Is.NaN);
        string svg = Ball.Plot("y").Compare(table, "saved").WithDifference().MarkJumps().ToSvg();
        Assert.That(svg, Does.Contain(">saved<").And.Contain("difference of y").And.Not.Contain("NaN"));
    }

    private static Trajectory Fall(double height, double until = 1.32) => HybridAutomaton.Build("fall", h =>
    {
        Expr y = h.State("y", initial: height, unit: "m");
        Expr v = h.State("v");
        ModeBuilder fall = h.Mode("fall").Flow((y, v), (v, -9.81));
        h.Transition(fall, fall).Guard(y <= 0 & v < 0).Reset(v, -0.5 * v);
    }).Simulate(until: until);
}
