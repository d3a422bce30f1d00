using HybridControl.Solvers;
using MathNet.Numerics.LinearAlgebra;
using static HybridControl.Solvers.RadauTransformation;

namespace HybridControl.Tests.Solvers;

public class RadauTransformationTests
{
    private static readonly double Root = Math.Sqrt(6.0);

    private static readonly Matrix<double> A = Matrix<double>.Build.DenseOfArray(new[,]
    {
        { (88.0 - (7.0 * Root)) / 360.0, (296.0 - (169.0 * Root)) / 1800.0, (-2.0 + (3.0 * Root)) / 225.0 },
        { (296.0 + (169.0 * Root)) / 1800.0, (88.0 + (7.0 * Root)) / 360.0, (-2.0 - (3.0 * Root)) / 225.0 },
        { (16.0 - Root) / 36.0, (16.0 + Root) / 36.0, 1.0 / 9.0 },
    });

    [Test]
    public void The_transformation_takes_the_inverse_of_the_coefficients_apart()
    {
        Matrix<double> t = Matrix<double>.Build.DenseOfArray(new[,] { { T11, T12, T13 }, { T21, T22, T23 }, { T31, 1.0, 0.0 } });
        Matrix<double> inverse = Matrix<double>.Build.DenseOfArray(new[,] { { I11, I12, I13 }, { I21, I22, I23 }, { I31, I32, I33 } });
        Matrix<double> blocks = Matrix<double>.Build.DenseOfArray(new[,] { { Gamma, 0.0, 0.0 }, { 0.0, Alpha, -Beta }, { 0.0, Beta, Alpha } });
        Assert.That(((t * inverse) - Matrix<double>.Build.DenseIdentity(3)).InfinityNorm(), Is.LessThan(1e-14));
        Assert.That(((inverse * A.Inverse() * t) - blocks).InfinityNorm(), Is.LessThan(1e-13));
    }

    // With B(5), C(3) and D(2) the order is five: J. C. Butcher, Math. Comp. 18 (1964), 50-64.
    [Test]
    public void The_coefficients_meet_the_simplifying_assumptions_of_order_five()
    {
        double[] c = [C1, C2, 1.0];
        for (int k = 1; k <= 5; k++)
        {
            Assert.That(Enumerable.Range(0, 3).Sum(j => A[2, j] * Math.Pow(c[j], k - 1)), Is.EqualTo(1.0 / k).Within(1e-15));
        }

        for (int k = 1; k <= 3; k++)
        {
            for (int i = 0; i < 3; i++)
            {
                Assert.That(Enumerable.Range(0, 3).Sum(j => A[i, j] * Math.Pow(c[j], k - 1)), Is.EqualTo(Math.Pow(c[i], k) / k).Within(1e-15));
            }
        }

        for (int k = 1; k <= 2; k++)
        {
            for (int j = 0; j < 3; j++)
            {
                Assert.That(
                    Enumerable.Range(0, 3).Sum(i => A[2, i] * Math.Pow(c[i], k - 1) * A[i, j]),
                    Is.EqualTo(A[2, j] / k * (1.0 - Math.Pow(c[j], k))).Within(1e-15));
            }
        }
    }

    [Test]
    public void Both_forms_of_the_polynomial_pass_through_the_stages()
    {
        (double z1, double z2, double z3) = (0.3, -0.7, 1.1);
        (double first, double second, double third) = Powers(z1, z2, z3);
        (double p, double q, double r) = Newton(z1, z2, z3);
        foreach ((double theta, double value) in new[] { (0.0, 0.0), (C1, z1), (C2, z2), (1.0, z3) })
        {
            Assert.That(theta * (first + (theta * (second + (theta * third)))), Is.EqualTo(value).Within(1e-14));
            double s = theta - 1.0;
            Assert.That(z3 + (s * (p + ((s - C2 + 1.0) * (q + ((s - C1 + 1.0) * r))))), Is.EqualTo(value).Within(1e-14));
        }
    }
}
