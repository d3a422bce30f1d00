using HybridControl.Numerics;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Numerics;

public class SymmetricEigenTests
{
    [TestCase(1)]
    [TestCase(2)]
    [TestCase(7)]
    [TestCase(40)]
    public void Values_and_vectors_make_the_matrix_again(int n)
    {
        var noise = new NormalDraws(5, n);
        double[] a = new double[n * n];
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                a[(i * n) + j] = a[(j * n) + i] = noise.Next();
            }
        }

        double[] diagonal = [.. a];
        double[] vectors = new double[n * n];
        Assert.That(SymmetricEigen.Decompose(diagonal, vectors, n), Is.True);
        double[] scaled = [.. vectors];
        for (int i = 0; i < n * n; i++)
        {
            scaled[i] *= diagonal[i / n * (n + 1)];
        }

        double[] again = new double[n * n];
        Dense.TransposedMultiply(vectors, scaled, again, n, n, n);
        Assert.That(again, Is.EqualTo(a).Within(1e-13 * n));
        Dense.MultiplyTransposed(vectors, vectors, again, n, n, n);
        Assert.That(again.Select((value, i) => Math.Abs(value - (i % (n + 1) == 0 ? 1.0 : 0.0))).Max(), Is.LessThan(1e-14 * (n + 4)));
    }

    [Test]
    public void Small_eigenvalues_of_a_graded_matrix_keep_their_digits()
    {
        // D A D with D = diag(1, 1e-6, 1e-12) and A = [2 1 1; 1 2 1; 1 1 2]: by products of determinants 2, 1.5e-12, 4/3 e-24.
        double[] a = [2.0, 1e-6, 1e-12, 1e-6, 2e-12, 1e-18, 1e-12, 1e-18, 2e-24];
        double[] vectors = new double[9];
        Assert.That(SymmetricEigen.Decompose(a, vectors, 3), Is.True);
        double[] values = [.. new[] { a[0], a[4], a[8] }.Order()];
        Assert.That(values[0], Is.EqualTo(4.0 / 3.0 * 1e-24).Within(1e-35));
        Assert.That(values[1], Is.EqualTo(1.5e-12).Within(1e-23));
    }

    [Test]
    public void Numbers_that_are_not_finite_are_refused() =>
        Assert.That(SymmetricEigen.Decompose([1.0, double.NaN, double.NaN, 1.0], new double[4], 2), Is.False);
}
