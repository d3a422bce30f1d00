using HybridControl.Simulation;

namespace HybridControl.Tests.Models;

internal sealed class BatchReactorTests
{
    private static double Rate(double[] x) => 1.2e9 * Math.Exp(-9000.0 / x[1]) * x[2];

    [Test]
    public void The_recipe_of_a_batch_is_that_of_a_plain_integration()
    {
        Trajectory run = ModelLibrary.Run("batch-reactor", 5000);
        Jump[] batch = [.. run.Jumps.TakeWhile(jump => jump.Transition != "empty")];
        Assert.That(batch[0].Time, Is.EqualTo(950.0).Within(1e-7), "0.95 m^3 at a litre a second");
        var tank = new PlainFlow(0.05, 0.05, 295.0, 0.0, 0.0);
        foreach (Jump jump in batch)
        {
            double time = tank.Until(
                jump.Transition switch
                {
                    "filled" => x => x[0] - 1.0,
                    "warm" => x => x[1] - 335.0,
                    "too hot" => x => x[1] - 350.0,
                    "mild again" => x => 345.0 - x[1],
                    "cooled" => x => 310.0 - x[1],
                    _ => x => 0.04 - x[2],
                },
                (x, slope) => Slopes(jump.From, x, slope));
            Assert.That(jump.Time, Is.EqualTo(time).Within(1e-5), jump.Transition);
        }

        Assert.That(batch.Select(jump => jump.Transition), Has.Some.EqualTo("too hot").And.Some.EqualTo("cooled"));
    }

    [Test]
    public void Draining_and_rinsing_take_the_times_of_their_formulas()
    {
        Trajectory run = ModelLibrary.Run("batch-reactor", 12000);
        double[] cooled = run.TimesOf("cooled"), empty = run.TimesOf("empty"), rinsed = run.TimesOf("rinsed");
        double drain = 2.0 / 0.0025 * (1.0 - Math.Sqrt(0.05));
        for (int i = 0; i < rinsed.Length; i++)
        {
            Assert.That(empty[i] - cooled[i], Is.EqualTo(drain).Within(1e-6));
            Assert.That(rinsed[i] - empty[i], Is.EqualTo(300.0).Within(1e-9));
        }

        Assert.That(rinsed, Is.Not.Empty);
        Assert.That(cooled.Skip(1).Zip(rinsed, (next, before) => next - before), Is.All.EqualTo(cooled[0]).Within(1e-4), "batches repeat");
    }

    [Test]
    public void Moles_are_conserved_through_a_batch()
    {
        Trajectory run = ModelLibrary.Run("batch-reactor", 4000);
        double end = run.TimesOf("cooled")[0];
        double filled = run.TimesOf("filled")[0];
        foreach (double t in new[] { filled, 0.5 * (filled + end), end })
        {
            double moles = run.Value("V", t, Side.Left) * (run.Value("cA", t, Side.Left) + run.Value("cB", t, Side.Left));
            Assert.That(moles, Is.EqualTo(2.0 * 0.95).Within(1e-8));
        }
    }

    private static void Slopes(string mode, double[] x, double[] slope)
    {
        double rate = Rate(x);
        double inflow = mode == "fill" ? 0.001 / x[0] : 0.0;
        double jacket = mode switch
        {
            "heat" => 400.0 - x[1],
            "hold" or "cool" => 285.0 - x[1],
            _ => 0.0,
        };
        slope[0] = mode == "fill" ? 0.001 : 0.0;
        slope[1] = (inflow * (295.0 - x[1])) + (0.0025 / x[0] * jacket) + (15.0 * rate);
        slope[2] = (inflow * (2.0 - x[2])) - rate;
        slope[3] = rate - (inflow * x[3]);
    }
}
