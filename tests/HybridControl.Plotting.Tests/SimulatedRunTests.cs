using HybridControl.Simulation;

namespace HybridControl.Plotting.Tests;

/// <summary>What the simulator records is drawn as what it means.</summary>
public sealed class SimulatedRunTests
{
    [Test]
    public void The_height_of_a_ball_is_one_stroke_and_its_speed_breaks_at_each_bounce()
    {
        Trajectory run = SampleRuns.BallModel.Simulate(until: 5);
        List<Discontinuity> height = Discontinuity.Find(CurveReader.Read(run, "y", 0, 5), 1e-9);
        List<Discontinuity> speed = Discontinuity.Find(CurveReader.Read(run, "v", 0, 5), 1e-9);
        Assert.Multiple(() =>
        {
            Assert.That(run.Jumps, Is.Not.Empty);
            Assert.That(height, Is.Empty);
            Assert.That(speed, Has.Count.EqualTo(run.Jumps.Length));
            Assert.That(speed.Select(jump => jump.Right / jump.Left), Is.All.EqualTo(-0.8).Within(1e-9));
        });
    }

    [Test]
    public void A_flight_of_few_steps_is_drawn_as_a_smooth_parabola()
    {
        Trajectory run = SampleRuns.BallModel.Simulate(until: 1);
        List<CurvePoint> points = CurveReader.Read(run, "y", 0, 1);
        double sag = points.Zip(points.Skip(1), (a, b) => 9.81 / 8 * (b.Time - a.Time) * (b.Time - a.Time)).Max();
        Assert.That(sag, Is.LessThan(10.0 / 500), "the chord of two points must stay within a fraction of a pixel");
    }

    [Test]
    public void The_phase_portrait_has_a_connector_for_each_bounce()
    {
        Trajectory run = SampleRuns.BallModel.Simulate(until: 5);
        Assert.That(PhaseCurve.Read(run, "y", "v", 0, 5).Jumps, Has.Count.EqualTo(run.Jumps.Length));
    }
}
