using HybridControl.Simulation;

namespace HybridControl.Tests.Models;

internal sealed class GearboxImpactsTests
{
    [Test]
    public void It_settles_on_the_motion_that_meets_each_flank_once_in_a_period()
    {
        (double a, double w, double gap, double e) = (0.05, 50.0 * Math.PI, 0.2, 0.6);
        double stretch = Math.PI * (1.0 + e) / (1.0 - e);
        double phase = Math.Atan2(2.0, stretch) - Math.Acos(gap / a / Math.Sqrt(4.0 + (stretch * stretch)));
        double speed = (1.0 + e) / (1.0 - e) * a * w * Math.Cos(phase);

        Trajectory run = ModelLibrary.Run("gearbox-impacts", 6);
        double period = 2.0 * Math.PI / w;
        double last = run.TimesOf("drive")[^1];
        Assert.That(Math.IEEERemainder(last - (phase / w), period), Is.Zero.Within(1e-9));
        Assert.That(last - run.TimesOf("drive")[^2], Is.EqualTo(period).Within(1e-9));
        Assert.That(Math.Abs(run.TimesOf("coast")[^1] - last), Is.EqualTo(0.5 * period).Within(1e-9));
        Assert.That(run.Value("v", last), Is.EqualTo(speed).Within(1e-7));
        Assert.That(run.Value("lastSpeed", last), Is.EqualTo(speed + (a * w * Math.Cos(phase))).Within(1e-7));
    }

    [Test]
    public void The_loose_gear_stays_between_the_flanks()
    {
        Trajectory run = ModelLibrary.Run("gearbox-impacts", 0.6, ("drag", 20.0));
        Assert.That(run.Curve("play", 16).Select(point => point.Value), Is.All.InRange(-1e-9, 0.2 + 1e-9));
    }
}
