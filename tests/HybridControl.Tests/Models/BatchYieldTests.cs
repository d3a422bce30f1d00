using HybridControl.Simulation;

namespace HybridControl.Tests.Models;

internal sealed class BatchYieldTests
{
    // SciPy's DOP853: tests/reference/simulate_model.py models/batch-yield.json --rtol 1e-12.
    [Test]
    public void Phases_change_when_an_independent_solver_says()
    {
        Trajectory run = ModelLibrary.Run("batch-yield", 7200);
        Assert.That(run.Jumps.Select(jump => jump.Transition), Is.EqualTo((string[])["hot", "converted", "cold"]));
        Assert.That(
            run.Jumps.Select(jump => jump.Time),
            Is.EqualTo((double[])[437.598777274040, 2818.991168983439, 3205.341285699738]).Within(1e-6));
        Assert.That(run.Value("b", 7200), Is.EqualTo(0.776477629).Within(2e-9));
    }

    [Test]
    public void At_constant_temperature_the_yield_is_that_of_consecutive_reactions()
    {
        const double k1 = 1e-3;
        const double k2 = 1e-4;
        Trajectory run = ModelLibrary.Run("batch-yield", 3000, ("T0", 350), ("conversion", 1 - 1e-12), ("limit", 3000));
        foreach (double t in (double[])[500, 1500, 2900])
        {
            double expected = k1 / (k2 - k1) * (Math.Exp(-k1 * t) - Math.Exp(-k2 * t));
            Assert.That(run.Value("b", t), Is.EqualTo(expected).Within(1e-9));
        }
    }

    [Test]
    public void Hold_ends_with_the_conversion_or_with_the_time_whichever_is_first()
    {
        Trajectory converted = ModelLibrary.Run("batch-yield", 3000, ("T0", 350), ("conversion", 0.5));
        Assert.That(converted.TimesOf("converted").Single(), Is.EqualTo(Math.Log(2) / 1e-3).Within(1e-7));

        Trajectory late = ModelLibrary.Run("batch-yield", 3000, ("T0", 350), ("conversion", 0.99), ("limit", 1000));
        Assert.That(late.TimesOf("time up").Single(), Is.EqualTo(1000).Within(1e-9));
        Assert.That(late.Value("a", 1000, Side.Left), Is.EqualTo(Math.Exp(-1)).Within(1e-9));
    }

    [Test]
    public void Without_reactions_the_jacket_heats_exponentially()
    {
        Trajectory run = ModelLibrary.Run("batch-yield", 1000, ("k1ref", 0), ("k2ref", 0));
        Assert.That(run.TimesOf("hot").Single(), Is.EqualTo(400 * Math.Log((370.0 - 298.0) / (370.0 - 350.0))).Within(1e-7));
    }
}
