using HybridControl.Simulation;

namespace HybridControl.Tests.Models;

internal sealed class StickSlipTests
{
    [Test]
    public void It_slips_and_sticks_by_the_closed_form()
    {
        Trajectory run = ModelLibrary.Run("stick-slip", 60);
        double[] slips = run.TimesOf("stick->slower");
        double[] sticks = run.TimesOf("slower->stick");
        Assert.That(sticks[1] - slips[1], Is.EqualTo(3.5363837733).Within(1e-9));
        Assert.That(slips[2] - sticks[1], Is.EqualTo(10.0).Within(1e-9));
        Assert.That(slips[2] - slips[1], Is.EqualTo(13.5363837733).Within(1e-9));
        Assert.That(run.Jumps, Has.Length.EqualTo(8));
    }

    [Test]
    public void Friction_that_is_no_stronger_at_rest_lets_it_come_to_rest()
    {
        Trajectory run = ModelLibrary.Run("stick-slip", 200, ("Fs", 0.5));
        Assert.That(run.Value("x", 100.0), Is.EqualTo(0.5).Within(0.1 + 1e-6), "it swings about the balance no wider than the belt is fast");
        Assert.That(run.Curve("slip").Max(point => point.Value), Is.LessThan(1e-6));
    }
}
