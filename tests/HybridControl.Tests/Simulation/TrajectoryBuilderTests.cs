using HybridControl.Diagnostics;
using HybridControl.Simulation;
using HybridControl.Tests.Requirements;

namespace HybridControl.Tests.Simulation;

public class TrajectoryBuilderTests
{
    [Test]
    public void A_trajectory_says_what_was_told()
    {
        Trajectory run = new TrajectoryBuilder(RandomArcs.Model, startTime: 1.0)
            .Flow(2.0, ("x", [1.0, 0.5])).Jump("calm to busy", ("y", 3.0)).Jump("busy to late", ("k", 2.0)).Flow(1.0).Set(("x", -1.0)).Flow(1.0).ToTrajectory();
        Assert.That((run.StartTime, run.EndTime), Is.EqualTo((1.0, 5.0)));
        Assert.That(run.Value("x", 2.0), Is.EqualTo(1.5));
        Assert.That(run.Value("x", 3.0, Side.Left), Is.EqualTo(4.0));
        Assert.That(run.Value("y", 3.0, Side.Left), Is.Zero);
        Assert.That(run.At(3.0), Has.Property("Mode").EqualTo("late").And.Property("JumpIndex").EqualTo(2));
        Assert.That(run.Value("x", 4.0, Side.Left), Is.EqualTo(4.0));
        Assert.That(run.Value("x", 4.0), Is.EqualTo(-1.0));
        Assert.That(run.Jumps.Select(jump => jump.Transition), Is.EqualTo(new[] { "calm to busy", "busy to late" }));
        Assert.That(run.Jumps[1].DiscretesAfter, Is.EqualTo(new[] { 2.0 }));
        Assert.That(run.Segments.Select(segment => segment.End - segment.Start), Is.EqualTo(new[] { 2.0, 0.0, 2.0 }));
    }

    [Test]
    public void What_does_not_fit_is_refused()
    {
        Assert.That(() => new TrajectoryBuilder(RandomArcs.Model, double.NaN), Throws.TypeOf<ModelException>());
        var builder = new TrajectoryBuilder(RandomArcs.Model);
        Assert.That(() => builder.Flow(0.0), Throws.TypeOf<ModelException>());
        Assert.That(() => builder.Flow(1.0, ("k", [1.0])), Throws.TypeOf<ModelException>().With.Message.Contains("'k' with 1 rates"));
        Assert.That(() => builder.Jump("busy to late"), Throws.TypeOf<ModelException>().With.Message.Contains("leaves the mode 'calm'"));
        Assert.That(() => builder.Set(("q", 1.0)), Throws.TypeOf<ModelException>());
    }
}
