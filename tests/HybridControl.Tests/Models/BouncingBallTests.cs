using HybridControl.Simulation;

namespace HybridControl.Tests.Models;

internal sealed class BouncingBallTests
{
    [Test]
    public void Bounces_come_at_the_partial_sums_of_a_geometric_series()
    {
        const double g = 9.81;
        const double e = 0.7;
        const double h0 = 1.0;
        Trajectory run = ModelLibrary.Run("bouncing-ball", 2.5, ("g", g), ("e", e), ("h0", h0));

        double first = Math.Sqrt(2.0 * h0 / g);
        double[] expected = [.. Enumerable.Range(1, 9).Select(n => first * (1.0 + (2.0 * Enumerable.Range(1, n - 1).Sum(k => Math.Pow(e, k)))))];
        Assert.That(run.TimesOf("bounce").Take(9), Is.EqualTo(expected).Within(1e-10));
    }

    [Test]
    public void Every_bounce_keeps_the_fraction_e_of_the_speed()
    {
        Trajectory run = ModelLibrary.Run("bouncing-ball", 10);
        Assert.That(run.Jumps, Is.Not.Empty);
        foreach (Jump jump in run.Jumps)
        {
            Assert.That(jump.StatesAfter[1], Is.EqualTo(-0.8 * jump.StatesBefore[1]));
        }
    }
}
