using HybridControl.Automata;
using HybridControl.Simulation;

namespace HybridControl.Tests.Models;

/// <summary>Critical clearing by the equal-area criterion: P. Kundur, Power System Stability and Control (1994), section 13.1.</summary>
internal sealed class SmibTests
{
    private const double Pm = 0.8;
    private const double Inertia = 5.0;
    private const double GridSpeed = 2.0 * Math.PI * 60.0;

    [Test]
    public void Critical_clearing_time_of_a_bolted_fault_is_that_of_equal_areas()
    {
        double start = Math.Asin(Pm / 1.8);
        double angle = Math.Acos(((Math.PI - (2.0 * start)) * Math.Sin(start)) - Math.Cos(start));
        double expected = Math.Sqrt(4.0 * Inertia * (angle - start) / (GridSpeed * Pm));
        Assert.That(expected, Is.EqualTo(0.2599561663).Within(1e-10));
        Assert.That(CriticalTime(ModelLibrary.Load("smib"), 0.25, 0.27), Is.EqualTo(expected).Within(2e-9));
    }

    // The time to the critical angle under Pmax = 0.65 was integrated by SciPy's DOP853 at 1e-12.
    [Test]
    public void Critical_clearing_time_of_a_fault_that_leaves_power_is_that_of_equal_areas() =>
        Assert.That(
            CriticalTime(ModelLibrary.Load("smib"), 0.40, 0.42, ("Pfault", 0.65), ("Pafter", 1.4625)),
            Is.EqualTo(0.4112758468).Within(2e-9));

    [Test]
    public void Machine_in_step_swings_with_constant_energy()
    {
        Trajectory run = ModelLibrary.Run("smib", 5);
        double gain = GridSpeed / (2.0 * Inertia);
        double Energy(double t) =>
            (Math.Pow(run.Value("omega", t), 2) / 2.0) -
            (gain * ((Pm * run.Value("delta", t)) + (1.8 * Math.Cos(run.Value("delta", t)))));
        Assert.That(run.Segments[^1].Mode, Is.EqualTo("cleared"));
        Assert.That(Energy(5.0), Is.EqualTo(Energy(0.75)).Within(1e-8));
    }

    private static double CriticalTime(HybridAutomaton model, double stays, double slips, params (string, double)[] values)
    {
        while (slips - stays > 1e-10)
        {
            double middle = (stays + slips) / 2.0;
            Trajectory run = ModelLibrary.Run(model, 6.0, [.. values, ("tc", middle)]);
            (stays, slips) = run.Segments[^1].Mode == "slipped" ? (stays, middle) : (middle, slips);
        }

        return slips;
    }
}
