using HybridControl.Simulation;

namespace HybridControl.Tests.Models;

internal sealed class LoadSheddingTests
{
    private const double Nominal = 50.0;
    private const double TimeConstant = 10.0; // 2H/D

    [Test]
    public void Relays_trip_a_delay_after_their_pick_up()
    {
        Trajectory run = ModelLibrary.Run("load-shedding", 5);
        (double pickUp1, double pickUp2, double pickUp3) = PickUps();
        Assert.That(run.Jumps.Select(jump => jump.Transition), Is.EqualTo((string[])["stage 1", "stage 2", "stage 3"]));
        Assert.That(
            run.Jumps.Select(jump => jump.Time),
            Is.EqualTo((double[])[pickUp1 + 0.2, pickUp2 + 0.2, pickUp3 + 0.2]).Within(1e-9));
        Assert.That(
            run.Jumps.Select(jump => jump.StatesBefore[0]),
            Is.EqualTo((double[])[48.722781426, 48.598170263, 48.527672266]).Within(2e-9));
    }

    [Test]
    public void Timers_start_at_the_frequencies_of_the_relays()
    {
        Trajectory run = ModelLibrary.Run("load-shedding", 5);
        (double pickUp1, double pickUp2, double pickUp3) = PickUps();
        double[] started = [.. run.Log.Where(entry => entry.Kind == LogKind.TimerStarted).Select(entry => entry.Time)];
        Assert.That(started, Is.EqualTo((double[])[pickUp1, pickUp2, pickUp3]).Within(1e-9));
    }

    // f relaxes to f0 (1 - imbalance/D) with the time constant 2H/D; the imbalance falls by 0.1 at every trip.
    private static (double First, double Second, double Third) PickUps()
    {
        double first = TimeFrom(Nominal, 49.0, 0.3);
        double second = TimeFrom(Nominal, 48.8, 0.3); // before the first trip
        double third = first + 0.2 + TimeFrom(After(first + 0.2, Nominal, 0.3), 48.6, 0.2); // before the second
        return (first, second, third);
    }

    private static double Settled(double imbalance) => Nominal * (1.0 - imbalance);

    private static double TimeFrom(double from, double to, double imbalance) =>
        TimeConstant * Math.Log((from - Settled(imbalance)) / (to - Settled(imbalance)));

    private static double After(double time, double from, double imbalance) =>
        Settled(imbalance) + ((from - Settled(imbalance)) * Math.Exp(-time / TimeConstant));
}
