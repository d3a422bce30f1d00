using HybridControl.Simulation;
using HybridControl.Solvers;

namespace HybridControl.Tests.Models;

internal sealed class BatchTankTests
{
    private const double Area = 1.0;
    private const double Outlet = 0.5;

    // A h' = -c sqrt(h).
    private static double DrainTime(double from, double to) => 2.0 * Area / Outlet * (Math.Sqrt(from) - Math.Sqrt(to));

    [Test]
    public void Batches_repeat_with_the_time_to_drain_fill_and_rest()
    {
        Trajectory run = ModelLibrary.Run("batch-tank", 21);
        double drain = DrainTime(2.0, 0.5);
        double cycle = drain + 3.0 + 1.0; // 1.5 m at 0.5 m/s, then a second of rest
        double[] drained = [drain, cycle + drain, (2.0 * cycle) + drain];
        Assert.That(run.TimesOf("drain->fill"), Is.EqualTo(drained).Within(1e-9));
        Assert.That(run.TimesOf("fill->hold"), Is.EqualTo(drained.Select(t => t + 3.0)).Within(1e-9));
        Assert.That(run.TimesOf("hold->drain"), Is.EqualTo(drained.Select(t => t + 4.0)).Within(1e-9));
        Assert.That(run.Value("batches", 21), Is.EqualTo(3));
    }

    [TestCase(1e-2)]
    [TestCase(1e-4)]
    [TestCase(1e-6)]
    public void Trial_steps_below_the_bottom_do_not_stop_the_run(double low)
    {
        // Loose, so that the solver tries steps into negative levels, where the root is not a number.
        SimulationOptions options = new() { Solver = new DormandPrince5 { RelativeTolerance = 1e-3, AbsoluteTolerance = 1e-6 } };
        options = options with { Values = options.Values.Add("low", low) };
        Trajectory run = Scenario.For(ModelLibrary.Load("batch-tank")).Simulate(7, options: options);
        Assert.That(run.Jumps[0].Time, Is.EqualTo(DrainTime(2.0, low)).Within(5e-3));
        Assert.That(run.Statistics.Rejections, Is.Positive);
    }
}
