using HybridControl.Estimation.Diagnostics;

namespace HybridControl.Tests.Estimation.Diagnostics;

public sealed class WhitenerTests
{
    private static readonly double[] Factor = [2, 0, 0, 1, 1, 0, -0.5, 0.3, 0.1];

    [Test]
    public void Distance_is_that_of_the_solved_system()
    {
        // L w = r by hand: w = (1, 1, (1 + 0.5 - 0.3) / 0.1).
        var whitener = new Whitener(3, 0);
        Assert.That(whitener.Whiten([2, 2, 1], Factor), Is.True);
        Assert.Multiple(() =>
        {
            Assert.That(whitener.Distance, Is.EqualTo(2 + (12 * 12)).Within(1e-12));
            Assert.That(whitener.Degrees, Is.EqualTo(3));
            Assert.That(whitener.Deviations[1], Is.EqualTo(Math.Sqrt(2)).Within(1e-15));
        });
    }

    [Test]
    public void Any_square_root_gives_the_same_distance()
    {
        // L times a rotation, and a column of zeros.
        (double c, double s) = (Math.Cos(0.7), Math.Sin(0.7));
        double[] root = new double[12];
        for (int i = 0; i < 3; i++)
        {
            (double a, double b, double d) = (Factor[3 * i], Factor[(3 * i) + 1], Factor[(3 * i) + 2]);
            (root[4 * i], root[(4 * i) + 1], root[(4 * i) + 3]) = ((c * a) - (s * d), b, (s * a) + (c * d));
        }

        var whitener = new Whitener(3, 0);
        whitener.Whiten([2, 2, 1], root);
        Assert.That(whitener.Distance, Is.EqualTo(146).Within(1e-10));
    }

    [Test]
    public void A_missing_component_leaves_the_distance_of_the_rest()
    {
        // Without the first: S = [2, -0.2; -0.2, 0.35], r = (2, 1).
        var whitener = new Whitener(3, 0);
        whitener.Whiten([double.NaN, 2, 1], Factor);
        double determinant = (2 * 0.35) - 0.04;
        Assert.Multiple(() =>
        {
            Assert.That(whitener.Distance, Is.EqualTo(((4 * 0.35) + (2 * 2 * 0.2) + 2) / determinant).Within(1e-12));
            Assert.That(whitener.Degrees, Is.EqualTo(2));
            Assert.That(whitener.Deviations[0], Is.NaN);
        });
    }

    [Test]
    public void Units_far_apart_lose_no_degree_and_no_digits()
    {
        var whitener = new Whitener(2, 0);
        whitener.Whiten([1e-12, 3e9], [1e-12, 0, 1e9, 1e9]);
        Assert.That((whitener.Degrees, whitener.Distance), Is.EqualTo((2, 5.0)));

        // The same covariance as an upper triangle.
        whitener.Whiten([1e-12, 3e9], [0, 1e-12, 1e9, 1e9]);
        Assert.That((whitener.Degrees, whitener.Distance), Is.EqualTo((2, 5.0)).Within(1e-9));
    }

    [Test]
    public void A_singular_covariance_counts_its_rank_and_notices_what_it_excludes()
    {
        // Two components that are always equal.
        var whitener = new Whitener(2, 0);
        whitener.Whiten([3, 3], [1, 0, 1, 0]);
        Assert.That((whitener.Degrees, whitener.Distance, whitener.Contradicted), Is.EqualTo((1, 9.0, -1)).Within(1e-12));
        whitener.Whiten([3, 3.1], [1, 0, 1, 0]);
        Assert.That(whitener.Contradicted, Is.EqualTo(1));
    }

    [Test]
    public void The_exact_tolerance_forgives_rounding()
    {
        var whitener = new Whitener(1, 1e-9);
        whitener.Whiten([1e-10], [0]);
        Assert.That((whitener.Degrees, whitener.Contradicted), Is.EqualTo((0, -1)));
        whitener.Whiten([1e-8], [0]);
        Assert.That(whitener.Contradicted, Is.Zero);
    }
}
