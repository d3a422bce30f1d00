using HybridControl.Simulation;

namespace HybridControl.Tests.Models;

internal sealed class ThermostatTests
{
    [Test]
    public void Every_phase_lasts_twice_the_logarithm_of_three()
    {
        Trajectory run = ModelLibrary.Run("thermostat", 15);
        double[] expected = [.. Enumerable.Range(1, 6).Select(n => n * 2.0 * Math.Log(3.0))];
        Assert.That(run.Jumps.Select(jump => jump.Time), Is.EqualTo(expected).Within(1e-9));
        Assert.That(run.Jumps.Select(jump => jump.To), Is.EqualTo((string[])["off", "on", "off", "on", "off", "on"]));
    }

    [Test]
    public void Temperature_stays_in_its_band()
    {
        Trajectory run = ModelLibrary.Run("thermostat", 15);
        Assert.That(run.Curve("T").Select(point => point.Value), Is.All.InRange(65.0 - 1e-8, 75.0 + 1e-8));
    }
}
