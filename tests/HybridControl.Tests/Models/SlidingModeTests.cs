using HybridControl.Simulation;

namespace HybridControl.Tests.Models;

internal sealed class SlidingModeTests
{
    [Test]
    public void Both_states_meet_after_a_seventh_and_fall_together()
    {
        Trajectory run = ModelLibrary.Run("sliding-mode", 1);
        Assert.That(run.Jumps, Has.Length.EqualTo(1));
        Assert.That(run.Jumps[0].Time, Is.EqualTo(1.0 / 7.0).Within(1e-9));
        Assert.That(run.Jumps[0].StatesAfter, Is.EqualTo(new[] { 17.0 / 14.0, 17.0 / 14.0 }).Within(1e-12));
        Assert.That(run.Value("x", 1.0), Is.EqualTo(31.0 / 34.0).Within(1e-9));
        Assert.That(run.Value("y", 1.0), Is.EqualTo(31.0 / 34.0).Within(1e-9));
    }
}
