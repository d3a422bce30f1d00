using HybridControl.Simulation;

namespace HybridControl.Tests.Models;

internal sealed class PressureReliefValveTests
{
    // SciPy's DOP853 at 1e-12 and at 1e-13 agree to 1e-11: tests/reference/ensemble_models.py.
    [Test]
    public void Impacts_come_when_an_independent_solver_says()
    {
        double[] times =
        [
            0.222114066717, 2.293681041926, 3.228509039989, 4.579581804299, 5.850976735645, 7.211641636883, 8.320746175505, 9.704090545727,
        ];
        double[] speeds =
        [
            -1.582894348526, -3.138290849862, -1.469618865496, -1.975612389722, -1.234126610774, -2.486809989454, -1.001026926613,
            -2.838222732251,
        ];
        Trajectory run = ModelLibrary.Run("pressure-relief-valve", 10);
        Assert.That(run.TimesOf("impact"), Is.EqualTo(times).Within(1e-8));
        Assert.That(run.Jumps.Select(jump => jump.StatesBefore[1]), Is.EqualTo(speeds).Within(1e-7));
    }

    [Test]
    public void Early_impacts_of_a_small_feed_come_when_an_independent_solver_says()
    {
        double[] times =
            [0.209066209968, 0.505795558790, 0.732180616789, 0.908421531759, 1.047399598133, 1.157860148957, 1.246068717787];
        Trajectory run = ModelLibrary.Run("pressure-relief-valve", 1.3, ("q", 0.2));
        Assert.That(run.TimesOf("impact").Take(7), Is.EqualTo(times).Within(1e-8));
    }

    [Test]
    public void Chatter_ends_on_the_seat_until_the_feed_has_raised_the_pressure()
    {
        Trajectory run = ModelLibrary.Run("pressure-relief-valve", 4, ("q", 0.2));
        Jump settle = run.Jumps.First(jump => jump.Transition == "settle");
        Jump lift = run.Jumps.First(jump => jump.Transition == "lift");
        double[] impacts = [.. run.Jumps.TakeWhile(jump => jump != settle).Select(jump => jump.StatesBefore[1])];
        Assert.Multiple(() =>
        {
            // Close to the seat the net force is constant during a hop: each keeps r of the speed.
            Assert.That(impacts[^1] / impacts[^2], Is.EqualTo(0.8).Within(1e-4));
            Assert.That(settle.StatesBefore[1], Is.InRange(-1e-6, 0));
            Assert.That(lift.Time - settle.Time, Is.EqualTo((10 - settle.StatesAfter[2]) / (20 * 0.2)).Within(1e-9));
        });
    }

    [Test]
    public void A_large_feed_opens_the_valve_to_its_equilibrium()
    {
        Trajectory run = ModelLibrary.Run("pressure-relief-valve", 600, ("q", 9.5));
        double lift = run.Value("y", 600);
        Assert.That(run.Jumps, Is.Empty);
        Assert.That(run.Value("p", 600), Is.EqualTo(lift + 10).Within(1e-6));
        Assert.That(lift * Math.Sqrt(lift + 10), Is.EqualTo(9.5).Within(1e-6));
    }
}
