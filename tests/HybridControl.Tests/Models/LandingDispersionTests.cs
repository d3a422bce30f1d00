using HybridControl.Simulation;

namespace HybridControl.Tests.Models;

internal sealed class LandingDispersionTests
{
    // SciPy's DOP853: tests/reference/simulate_model.py models/landing-dispersion.json --rtol 1e-12.
    [Test]
    public void Touchdown_is_where_and_when_an_independent_solver_says()
    {
        Trajectory run = ModelLibrary.Run("landing-dispersion", 300);
        Assert.That(run.Jumps.Select(jump => jump.Transition), Is.EqualTo((string[])["drogue opens", "main opens", "touchdown"]));
        Assert.That(
            run.Jumps.Select(jump => jump.Time), Is.EqualTo((double[])[3, 72.964400966749, 189.735612238639]).Within(1e-7));
        Assert.That(
            (double[])[run.Value("east", 300), run.Value("north", 300), run.Value("climb", 300)],
            Is.EqualTo((double[])[1696.76619, 668.610562, -6.65745256]).Within(1e-5));
    }

    [Test]
    public void In_constant_density_and_still_air_a_fall_from_rest_is_the_closed_form_of_quadratic_drag()
    {
        // w is the terminal speed: v = w tanh(g t/w), fallen = w^2/g ln cosh(g t/w).
        const double g = 9.80665;
        Trajectory run = ModelLibrary.Run(
            "landing-dispersion", 40, ("scaleHeight", 1e15), ("speed", 0), ("windEast", 0), ("windNorth", 0), ("drogueDelay", 60));
        double w = Math.Sqrt(2 * 250 * g / (1.225 * 0.6));
        foreach (double t in (double[])[2, 10, 25])
        {
            Assert.That(run.Value("climb", t), Is.EqualTo(-w * Math.Tanh(g * t / w)).Within(1e-8));
            Assert.That(run.Value("h", t), Is.EqualTo(3000 - (w * w / g * Math.Log(Math.Cosh(g * t / w)))).Within(1e-6));
        }
    }

    [Test]
    public void Without_air_the_capsule_flies_a_parabola()
    {
        Trajectory run = ModelLibrary.Run("landing-dispersion", 20, ("rho0", 0), ("course", 0));
        Assert.That(run.Value("north", 20), Is.EqualTo(1400).Within(1e-8));
        Assert.That(run.Value("h", 20), Is.EqualTo(3000 - (9.80665 * 200)).Within(1e-8));
    }

    [Test]
    public void Under_the_main_parachute_the_capsule_drifts_with_the_wind()
    {
        Trajectory run = ModelLibrary.Run("landing-dispersion", 300, ("shear", 0));
        double touchdown = run.TimesOf("touchdown").Single();
        double drift = run.Value("east", touchdown) - run.Value("east", touchdown - 50);
        Assert.That(drift, Is.EqualTo(4 * 50).Within(1e-6));
        Assert.That(Math.Abs(run.Value("airEast", touchdown, Side.Left)), Is.LessThan(1e-8));
    }
}
