using HybridControl.Simulation;

namespace HybridControl.Tests.Models;

internal sealed class KellerMiksisTests
{
    // The equation in SI units, solved for the acceleration, by SciPy's DOP853 at 1e-12 and at 1e-13, which agree to 1e-11:
    // tests/reference/ensemble_models.py.
    [Test]
    public void Collapses_come_when_an_independent_solver_of_the_equation_in_SI_units_says()
    {
        double[] times =
        [
            0.161010614896, 0.327410587397, 0.503435388453, 1.069433224619, 1.286410124759, 2.168555644588, 2.399977073443,
            2.697253323868,
        ];
        double[] radii =
        [
            0.809273950375, 0.794157804241, 0.873763738461, 0.877522363232, 0.857693879558, 0.223203982557, 0.299239547169,
            0.531944438582,
        ];
        Trajectory run = ModelLibrary.Run("keller-miksis", 3);
        Assert.Multiple(() =>
        {
            Assert.That(run.TimesOf("collapse"), Is.EqualTo(times).Within(1e-8));
            Assert.That(run.Jumps.Select(jump => jump.StatesBefore[0]), Is.EqualTo(radii).Within(1e-8));
            Assert.That(run.Value("R", 3), Is.EqualTo(1.801617632892e-5).Within(1e-12));
            Assert.That(run.Value("wallSpeed", 3), Is.EqualTo(-3.2075318224).Within(1e-6));
            Assert.That(run.Value("smallest", 3), Is.EqualTo(0.223203982557).Within(1e-8));
        });
    }

    [Test]
    public void A_bubble_at_rest_stays_at_rest_without_sound()
    {
        Trajectory run = ModelLibrary.Run("keller-miksis", 5, ("PA1", 0), ("PA2", 0));
        Assert.That(run.Value("y", 5), Is.EqualTo(1).Within(1e-9));
    }

    [Test]
    public void Small_oscillations_have_the_natural_frequency_and_damping_of_the_linearised_equation()
    {
        // With y = 1 + x: (1 + viscosity mach) x'' + damping x' + stiffness x = 0.
        const double radius = 1e-5;
        const double frequency = 1e5;
        const double density = 997.0639504998557;
        const double sound = 1497.251785455527;
        const double tension = 2 * 0.071977583160056 / radius;
        const double gas = 1e5 - 3166.775638952003 + tension;
        const double gamma = 1.4;
        double scale = 1 / (density * Math.Pow(radius * frequency, 2));
        double mach = radius * frequency / sound;
        double viscosity = 4 * 8.902125058209557e-4 / (density * radius * radius * frequency);
        double mass = 1 + (viscosity * mach);
        double stiffness = scale * ((3 * gamma * gas) - tension) / mass;
        double damping = (viscosity + (mach * scale * ((3 * gamma * gas) - tension))) / mass;
        double period = 2 * Math.PI / Math.Sqrt(stiffness - (damping * damping / 4));

        Trajectory run = ModelLibrary.Run("keller-miksis", 2, ("PA1", 0), ("PA2", 0), ("y", 1 + 1e-5));
        double[] least = run.TimesOf("collapse");
        double first = 1 - run.Jumps[0].StatesBefore[0];
        double second = 1 - run.Jumps[1].StatesBefore[0];
        Assert.Multiple(() =>
        {
            Assert.That(least[1] - least[0], Is.EqualTo(period).Within(1e-4 * period));
            Assert.That(Math.Log(first / second) / period, Is.EqualTo(damping / 2).Within(1e-3 * damping));
        });
    }
}
