using HybridControl.Automata;
using HybridControl.Simulation;

namespace HybridControl.Tests.Models;

internal sealed class RocketStagingTests
{
    private const double Gravity = 1.62;
    private const double Flow1 = 4.0, Flow2 = 2.0, Exhaust1 = 3000.0, Exhaust2 = 3100.0;

    [Test]
    public void Each_burn_changes_the_speed_by_Tsiolkovskys_equation_and_the_mass_drops_at_its_end()
    {
        Trajectory run = ModelLibrary.Run("rocket-staging", 100);
        Jump separation = run.Jumps[0];
        double first = (Exhaust1 * Math.Log(1000.0 / 900.0)) - (Gravity * 25.0);
        Assert.That(separation.Time, Is.EqualTo(25.0).Within(1e-10));
        Assert.That(separation.StatesBefore[1], Is.EqualTo(first).Within(1e-8));
        Assert.That(separation.StatesBefore[0], Is.EqualTo(Climb(0.0, 0.0, 1000.0, Flow1, Exhaust1, 25.0).Height).Within(1e-6));
        Assert.That((separation.StatesBefore[2], separation.StatesAfter[2]), Is.EqualTo((900.0, 800.0)).Within(1e-9));
        Jump cutOff = run.Jumps[1];
        Assert.That(cutOff.Time, Is.EqualTo(55.0).Within(1e-10));
        Assert.That(cutOff.StatesBefore[1], Is.EqualTo(first + (Exhaust2 * Math.Log(800.0 / 740.0)) - (Gravity * 30.0)).Within(1e-8));
    }

    [Test]
    public void The_landing_switches_where_closed_forms_do()
    {
        Trajectory run = ModelLibrary.Run("rocket-staging", 900);
        Jump start = run.Jumps[1];
        (double time, double h, double v, double m) = (start.Time, start.StatesAfter[0], start.StatesAfter[1], start.StatesAfter[2]);
        Jump[] switches = [.. run.Jumps.Skip(2).TakeWhile(jump => jump.To != "landed")];
        foreach (Jump jump in switches)
        {
            // On either phase the state is a formula of time; the switch is where its condition changes sign.
            bool burns = jump.From == "brake";
            (double Height, double Speed, double Mass) At(double t) => burns
                ? Climb(h, v, m, Flow2, Exhaust2, t)
                : (h + (v * t) - (0.5 * Gravity * t * t), v - (Gravity * t), m);
            double Left(double t)
            {
                (double height, double speed, _) = At(t);
                double curve = burns ? (1.6 * height) - (speed * speed) : (speed * speed) - (4.0 * height);
                return speed >= 0.0 ? -1.0 : Math.Max(curve, 150.0 - height);
            }

            double step = 0.01;
            while (Left(step) < 0.0)
            {
                step += 0.01;
            }

            (double low, double high) = (step - 0.01, step);
            for (int i = 0; i < 60; i++)
            {
                double middle = 0.5 * (low + high);
                (low, high) = Left(middle) < 0.0 ? (middle, high) : (low, middle);
            }

            Assert.That(jump.Time, Is.EqualTo(time + high).Within(1e-6), jump.Transition);
            (time, (h, v, m)) = (time + high, At(high));
            Assert.That(jump.StatesBefore[2], Is.EqualTo(m).Within(1e-5), jump.Transition);
        }

        Assert.That(switches, Has.Length.GreaterThanOrEqualTo(3));
        Assert.That(run.Jumps[^1].To, Is.EqualTo("landed"));
        double throttled = run.Jumps[^1].Time - time;
        // v = -touch + (v0 + touch) e^(-k t) under the throttled engine.
        Assert.That(run.Jumps[^1].StatesBefore[1], Is.EqualTo(-2.0 + ((v + 2.0) * Math.Exp(-0.2 * throttled))).Within(1e-6));
        Assert.That(h - (2.0 * throttled) + ((v + 2.0) / 0.2 * (1.0 - Math.Exp(-0.2 * throttled))), Is.EqualTo(0.0).Within(1e-5));
        Assert.That(run.Jumps[^1].StatesBefore[1], Is.InRange(-4.0, -2.0), "a soft landing");
    }

    // Height, speed and mass after a burn of t seconds: Tsiolkovsky's equation and its integral.
    private static (double Height, double Speed, double Mass) Climb(double h, double v, double m, double q, double ve, double t)
    {
        double end = m - (q * t);
        double integral = t - (end / q * Math.Log(m / end));
        return (h + (v * t) - (0.5 * Gravity * t * t) + (ve * integral), v - (Gravity * t) + (ve * Math.Log(m / end)), end);
    }
}
