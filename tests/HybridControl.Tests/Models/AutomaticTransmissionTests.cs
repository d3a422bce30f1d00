using HybridControl.Simulation;

namespace HybridControl.Tests.Models;

internal sealed class AutomaticTransmissionTests
{
    [Test]
    public void Gears_go_up_and_down_at_the_speeds_of_the_schedule()
    {
        Trajectory run = ModelLibrary.Run("automatic-transmission", 120);
        Assert.That(run.Segments.Select(segment => segment.Mode), Is.EqualTo((string[])["first", "second", "third", "second", "first"]));

        // The speed is t up to 60 s and 120 - t from there: 20 and 40 on the way up, 35 and 15 on the way down.
        Assert.That(run.Jumps.Select(jump => jump.Time), Is.EqualTo((double[])[20, 40, 85, 105]).Within(1e-12));
        Assert.That(run.Jumps.Select(jump => jump.DiscretesAfter[0]), Is.EqualTo((double[])[2, 3, 2, 1]));
    }

    [Test]
    public void Distance_is_the_area_of_the_triangle()
    {
        Trajectory run = ModelLibrary.Run("automatic-transmission", 120);
        Assert.That(run.Value("distance", 120), Is.EqualTo(0.5 * 120.0 * 60.0 / 3.6).Within(1e-9));
    }
}
