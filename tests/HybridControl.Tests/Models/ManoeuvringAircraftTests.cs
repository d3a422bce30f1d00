using HybridControl.Simulation;

namespace HybridControl.Tests.Models;

internal sealed class ManoeuvringAircraftTests
{
    [Test]
    public void Legs_are_straight_and_turns_are_arcs()
    {
        Trajectory run = ModelLibrary.Run("manoeuvring-aircraft", 500);
        Assert.That(run.Jumps.Select(jump => jump.Time), Is.EqualTo((double[])[125, 215, 340, 370]).Within(1e-9));
        double slow = 120.0 / (Math.PI / 180.0);
        double fast = slow / 3.0;
        Assert.That((double[])[run.Value("east", 125), run.Value("north", 125)], Is.EqualTo((double[])[10_000, 10_000]).Within(1e-4));
        Assert.That(
            (double[])[run.Value("east", 215), run.Value("north", 215)], Is.EqualTo((double[])[10_000 - slow, 10_000 - slow]).Within(1e-3));
        Assert.That(
            (double[])[run.Value("east", 370), run.Value("north", 370)],
            Is.EqualTo((double[])[10_000 - slow - fast, 10_000 - slow - 15_000 - fast]).Within(1e-3));
        Assert.That((double[])[run.Value("vEast", 500), run.Value("vNorth", 500)], Is.EqualTo((double[])[-120, 0]).Within(1e-5));
    }

    [Test]
    public void Turns_keep_the_speed() =>
        Assert.That(
            ModelLibrary.Run("manoeuvring-aircraft", 500).Sample("airspeed", [50.0, 150.0, 300.0, 355.0, 450.0]),
            Is.All.EqualTo(120.0).Within(1e-5));
}
