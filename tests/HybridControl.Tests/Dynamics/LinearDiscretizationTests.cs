using HybridControl.Dynamics;

namespace HybridControl.Tests.Dynamics;

public class LinearDiscretizationTests
{
    [TestCase(0.001)]
    [TestCase(0.5)]
    [TestCase(40.0)]
    public void A_double_integrator_has_its_closed_form(double h)
    {
        var system = new LinearDiscretization([0.0, 1.0, 0.0, 0.0], [0.0, 1.0], [0.0, 0.0, 0.0, 2.0], 2);
        Assert.That(system.Prepare(h));
        Assert.That(system.Phi.ToArray(), Is.EqualTo(new[] { 1.0, h, 0.0, 1.0 }).Within(1e-14 * (1.0 + h)));
        Assert.That(system.Gamma.ToArray(), Is.EqualTo(new[] { 0.5 * h * h, h }).Within(1e-14 * (h + (h * h))));
        double[] expected = [2.0 * h * h * h / 3.0, h * h, h * h, 2.0 * h];
        Assert.That(Square(system.Noise, 2), Is.EqualTo(expected).Within(1e-14 * expected.Max()));
    }

    [TestCase(1e-3)]
    [TestCase(1.0)]
    [TestCase(1e4)]
    public void A_fast_decay_over_a_long_step_stays_finite_and_reaches_its_stationary_variance(double h)
    {
        const double rate = 300.0;
        var system = new LinearDiscretization([-rate], [rate], [2.0 * rate], 1);
        Assert.That(system.Prepare(h));
        Assert.That(system.Phi[0], Is.EqualTo(Math.Exp(-rate * h)).Within(1e-13));
        Assert.That(system.Gamma[0], Is.EqualTo(-double.ExpM1(-rate * h)).Within(1e-13));
        Assert.That(Square(system.Noise, 1)[0], Is.EqualTo(-double.ExpM1(-2.0 * rate * h)).Within(1e-13));
    }

    [Test]
    public void A_rotation_keeps_its_closed_form_over_many_turns()
    {
        const double w = 3.0;
        const double h = 25.0;
        var system = new LinearDiscretization([0.0, -w, w, 0.0], [], [1.0, 0.0, 0.0, 1.0], 2);
        Assert.That(system.Prepare(h));
        (double s, double c) = Math.SinCos(w * h);
        Assert.That(system.Phi.ToArray(), Is.EqualTo(new[] { c, -s, s, c }).Within(1e-12));
        Assert.That(Square(system.Noise, 2), Is.EqualTo(new[] { h, 0.0, 0.0, h }).Within(1e-11));
    }

    [Test]
    public void What_overflows_is_told()
    {
        var system = new LinearDiscretization([1.0], [], [1.0], 1);
        Assert.That(system.Prepare(1e4), Is.False);
        Assert.That(system.Prepare(double.PositiveInfinity), Is.False);
        Assert.That(system.Prepare(1.0), "a later step of reasonable length works again");
        Assert.That(system.Phi[0], Is.EqualTo(Math.E).Within(1e-14));
    }

    private static double[] Square(ReadOnlySpan<double> factor, int n)
    {
        double[] product = new double[n * n];
        HybridControl.Numerics.Dense.LowerSquare(factor, product, n);
        return product;
    }
}
