using HybridControl.Numerics;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Numerics;

public sealed class DiagonalFloorTests
{
    [Test]
    public void The_floor_of_a_diagonal_matrix_is_the_matrix()
    {
        double[] floors = new double[3];

        double least = DiagonalFloor.Write([2.0, 0.0, 0.0, 0.0, 1e-9, 0.0, 0.0, 0.0, 1e9], 3, floors);

        Assert.That(floors, Is.EqualTo(new[] { 4.0, 1e-18, 1e18 }).Within(1e-12).Percent);
        Assert.That(least, Is.EqualTo(1.0).Within(1e-14));
    }

    [Test]
    public void No_matrix_is_below_its_floor([Values(1, 2, 3, 5, 8, 13)] int n, [Values(0.1, 1.0, 3.0)] double size)
    {
        double[] factor = new double[n * n];
        double[] floors = new double[n];
        double[] rest = new double[n * n];
        for (int run = 0; run < 10; run++)
        {
            var random = new NormalDraws(5, run);
            for (int i = 0; i < n; i++)
            {
                for (int j = 0; j <= i; j++)
                {
                    factor[(i * n) + j] = i == j ? 0.5 + Math.Abs(random.Next()) : size * random.Next() / Math.Sqrt(n);
                }
            }

            double least = DiagonalFloor.Write(factor, n, floors);

            Dense.LowerSquare(factor, rest, n);
            double share = double.PositiveInfinity;
            for (int i = 0; i < n; i++)
            {
                Assert.That(floors[i], Is.Positive);
                share = Math.Min(share, floors[i] / rest[i * (n + 1)]);
                rest[i * (n + 1)] -= floors[i] * (1.0 - 1e-9);
            }

            Assert.That(least, Is.EqualTo(share).Within(1e-10).Percent);
            Assert.That(UpperCholesky.TryFactor(rest, n, n, n, 0.0), Is.True);
        }
    }

    [Test]
    public void A_singular_matrix_has_no_floor()
    {
        double[] floors = new double[2];

        Assert.That(DiagonalFloor.Write([1.0, 0.0, 1.0, 0.0], 2, floors) > 0.0, Is.False);
    }
}
