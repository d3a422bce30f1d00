using HybridControl.Numerics;

namespace HybridControl.Tests.Numerics;

public class GaussianEliminationTests
{
    [Test]
    public void A_system_that_needs_row_exchanges_is_solved_with_its_determinant()
    {
        double[] a = [0.0, 2.0, 1.0, 1.0, 0.0, -1.0, 3.0, 1.0, 0.0];
        double[] b = [7.0, 0.0, -2.0, 1.0, 5.0, 2.0];
        // x = (1, 2, 3) for the first right-hand side; the second follows from substitution.
        Assert.That(GaussianElimination.Solve((double[])a.Clone(), b, 3, 2, out double logDeterminant));
        Assert.That(logDeterminant, Is.EqualTo(Math.Log(5.0)).Within(1e-15));
        double[] product = new double[6];
        Dense.Multiply(a, b, product, 3, 3, 2);
        Assert.That(product, Is.EqualTo(new[] { 7.0, 0.0, -2.0, 1.0, 5.0, 2.0 }).Within(1e-14));
        Assert.That((b[0], b[2], b[4]), Is.EqualTo((1.0, 2.0, 3.0)));
    }

    [Test]
    public void A_singular_system_is_told()
    {
        Assert.That(GaussianElimination.Solve([1.0, 2.0, 2.0, 4.0], [1.0, 1.0], 2, 1, out double logDeterminant), Is.False);
        Assert.That(logDeterminant, Is.EqualTo(double.NegativeInfinity));
        Assert.That(GaussianElimination.Solve([double.NaN], [1.0], 1, 1, out _), Is.False);
    }
}
