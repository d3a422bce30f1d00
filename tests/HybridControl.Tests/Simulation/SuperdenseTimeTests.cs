using HybridControl.Automata;
using HybridControl.Simulation;
using HybridControl.Symbolics;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Simulation;

/// <summary>Semantics 1: hybrid arcs, and both sides of every discontinuity.</summary>
public class SuperdenseTimeTests
{
    [Test]
    public void Segments_follow_each_other_without_gaps_and_count_the_jumps()
    {
        Trajectory run = Balls.Dropped(1.0, 9.81, 0.7).Simulate(until: 2.0);
        Assert.That(run.Segments, Has.Length.EqualTo(run.Jumps.Length + 1));
        for (int j = 0; j < run.Segments.Length; j++)
        {
            Assert.That(run.Segments[j].JumpIndex, Is.EqualTo(j));
            Assert.That(run.Segments[j].Start, Is.EqualTo(j == 0 ? 0.0 : run.Segments[j - 1].End));
            Assert.That(run.Segments[j].End, Is.EqualTo(j == run.Jumps.Length ? 2.0 : run.Jumps[j].Time));
        }

        Assert.That(run.Jumps.Select(jump => jump.Index), Is.EqualTo(Enumerable.Range(1, run.Jumps.Length)));
    }

    [Test]
    public void Both_sides_of_a_jump_are_the_recorded_doubles()
    {
        Trajectory run = Balls.Dropped(1.0, 9.81, 0.7).Simulate(until: 2.0);
        foreach (Jump jump in run.Jumps)
        {
            ModelState left = run.At(jump.Time, Side.Left);
            ModelState right = run.At(jump.Time);
            Assert.That(left.States, Is.EqualTo(jump.StatesBefore));
            Assert.That(right.States, Is.EqualTo(jump.StatesAfter));
            Assert.That(left.JumpIndex, Is.EqualTo(jump.Index - 1));
            Assert.That(right.JumpIndex, Is.EqualTo(jump.Index));
            Assert.That(right.States[1], Is.EqualTo(-0.7 * left.States[1]));
            Assert.That(run.Value("v", jump.Time, Side.Left), Is.EqualTo(left.States[1]));
        }
    }

    [Test]
    public void Several_jumps_of_one_instant_are_empty_segments_between_its_outer_sides()
    {
        var model = HybridAutomaton.Build("cascade", h =>
        {
            var x = h.State("x");
            var n = h.Discrete("n");
            var (a, b, c) = (h.Mode("a").Flow(x, 1.0), h.Mode("b"), h.Mode("c").Flow(x, -1.0));
            h.Transition(a, b).Guard(x >= 1.0).Reset(n, 1.0).Reset(x, 5.0);
            h.Transition(b, c).Reset(n, n + 1.0).Reset(x, x + 2.0);
        });
        Trajectory run = model.Simulate(until: 2.0);
        Assert.That(run.Segments.Select(segment => segment.Mode), Is.EqualTo(new[] { "a", "b", "c" }));
        Assert.That(run.Segments[1].Start, Is.EqualTo(run.Segments[1].End));
        double time = run.Jumps[0].Time;
        Assert.That(run.Jumps[1].Time, Is.EqualTo(time));
        Assert.That(run.At(time, Side.Left).Mode, Is.EqualTo("a"));
        Assert.That(run.At(time, Side.Right).Mode, Is.EqualTo("c"));
        Assert.That(run.At(time, Side.Left).Discretes[0], Is.Zero);
        Assert.That(run.At(time, Side.Right).States[0], Is.EqualTo(7.0));
        Assert.That(run.At(time, Side.Right).Discretes[0], Is.EqualTo(2.0));
        Assert.That(run.Value("x", 2.0), Is.EqualTo(6.0).Within(1e-9));
    }

    [Test]
    public void A_tick_has_both_sides_and_raises_no_jump_index()
    {
        var model = HybridAutomaton.Build("counter", h =>
        {
            var x = h.State("x");
            var n = h.Discrete("n");
            h.Mode("m").Flow(x, n);
            h.Every("count", 1.0, 1.0, (n, n + 1.0));
        });
        Trajectory run = model.Simulate(until: 3.5);
        Assert.That(run.Jumps, Is.Empty);
        Assert.That(run.Segments, Has.Length.EqualTo(1));
        for (int k = 1; k <= 3; k++)
        {
            Assert.That(run.Value("n", k, Side.Left), Is.EqualTo(k - 1.0));
            Assert.That(run.Value("n", k), Is.EqualTo(k));
        }

        Assert.That(run.Value("x", 3.5), Is.EqualTo(1.0 + 2.0 + (3.0 * 0.5)).Within(1e-12));
    }

    [Test]
    public void A_setting_from_outside_keeps_the_left_limit()
    {
        var model = HybridAutomaton.Build("set", h =>
        {
            var x = h.State("x");
            h.Mode("m").Flow(x, 1.0);
        });
        Trajectory run = Scenario.For(model).At(1.0, ("x", 10.0)).Simulate(until: 2.0);
        Assert.That(run.Value("x", 1.0, Side.Left), Is.EqualTo(1.0).Within(1e-12));
        Assert.That(run.Value("x", 1.0), Is.EqualTo(10.0));
        Assert.That(run.Value("x", 2.0), Is.EqualTo(11.0).Within(1e-12));
        Assert.That(run.Jumps, Is.Empty);
    }

    [Test]
    public void Output_times_never_cut_a_step()
    {
        var model = HybridAutomaton.Build("spring", h =>
        {
            var (x, v) = (h.State("x", initial: 1.0), h.State("v"));
            h.Mode("m").Flow((x, v), (v, -x));
            h.Output("energy", (x * x) + (v * v));
        });
        Trajectory run = model.Simulate(until: 10.0);
        long steps = run.Statistics.Steps;
        double[] times = [.. Enumerable.Range(0, 1001).Select(k => k * 0.01)];
        Assert.That(run.Sample("x", times), Is.EqualTo(times.Select(Math.Cos)).Within(1e-4));
        Assert.That(run.Value("energy", 7.77), Is.EqualTo(1.0).Within(1e-4));
        Assert.That(run.Statistics.Steps, Is.EqualTo(steps));
        Assert.That(() => run.At(10.5), Throws.TypeOf<ArgumentOutOfRangeException>());
    }
}
