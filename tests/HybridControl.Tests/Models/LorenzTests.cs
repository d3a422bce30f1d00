using HybridControl.Simulation;

namespace HybridControl.Tests.Models;

internal sealed class LorenzTests
{
    // SciPy's DOP853 at 1e-12 and at 1e-13 agree to the digits given: tests/reference/ensemble_models.py.
    [TestCase(2.0, -9.4920376124, -7.4607852678, 24.8793277371, 1e-8)]
    [TestCase(5.0, -7.6798354709, -5.5252576924, 23.1925751827, 1e-7)]
    [TestCase(10.0, -7.8734410766, -6.7133208532, 22.1761596528, 1e-6)]
    public void State_is_that_of_an_independent_solver(double time, double x, double y, double z, double tolerance)
    {
        Trajectory run = ModelLibrary.Run("lorenz", time);
        Assert.That(
            (double[])[run.Value("x", time), run.Value("y", time), run.Value("z", time)],
            Is.EqualTo((double[])[x, y, z]).Within(tolerance));
    }

    [Test]
    public void On_the_axis_of_symmetry_z_decays_exponentially()
    {
        Trajectory run = ModelLibrary.Run("lorenz", 2, ("x", 0), ("y", 0), ("z", 5));
        Assert.That(run.Value("x", 2), Is.Zero);
        Assert.That(run.Value("z", 2), Is.EqualTo(5 * Math.Exp(-16.0 / 3.0)).Within(1e-11));
    }

    [Test]
    public void Above_one_the_flow_settles_on_the_convection_rolls()
    {
        Trajectory run = ModelLibrary.Run("lorenz", 40, ("rho", 5));
        double roll = Math.Sqrt(8.0 / 3.0 * 4.0); // x = y = +-sqrt(beta (rho - 1)), z = rho - 1
        Assert.That(Math.Abs(run.Value("x", 40)), Is.EqualTo(roll).Within(1e-8));
        Assert.That(run.Value("z", 40), Is.EqualTo(4).Within(1e-8));
    }
}
