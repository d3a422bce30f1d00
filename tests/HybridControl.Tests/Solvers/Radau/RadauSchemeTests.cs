using HybridControl.Solvers;
using MathNet.Numerics.LinearAlgebra;

namespace HybridControl.Tests.Solvers;

public class RadauSchemeTests
{
    private static readonly int[] Schemes = [3, 5, 7];

    // E. Hairer and G. Wanner II (1996), table IV.5.6, and their transformation of it in section IV.8.
    [Test]
    public void Three_stages_are_those_that_are_published()
    {
        RadauScheme scheme = RadauScheme.Of(3);
        double root = Math.Sqrt(6.0);
        Matrix<double> a = Matrix<double>.Build.DenseOfArray(new[,]
        {
            { (88.0 - (7.0 * root)) / 360.0, (296.0 - (169.0 * root)) / 1800.0, (-2.0 + (3.0 * root)) / 225.0 },
            { (296.0 + (169.0 * root)) / 1800.0, (88.0 + (7.0 * root)) / 360.0, (-2.0 - (3.0 * root)) / 225.0 },
            { (16.0 - root) / 36.0, (16.0 + root) / 36.0, 1.0 / 9.0 },
        });
        Assert.That((CoefficientsOf(scheme) - a).InfinityNorm(), Is.LessThan(Rounding(scheme)));
        Assert.That(scheme.Gamma, Is.EqualTo(3.6378342527444957322).Within(1e-15));
        Assert.That(scheme.Pairs, Is.EqualTo(new[] { (2.6810828736277521339, 3.0504301992474105694) }));
        double[][] t =
        [
            [9.1232394870892942792e-02, -0.14125529502095420843, -3.0029194105147424492e-02],
            [0.24171793270710701896, 0.20412935229379993199, 0.38294211275726193779],
            [0.96604818261509293619, 1.0, 0.0],
        ];
        Assert.That((MatrixOf(scheme, scheme.Transform) - Matrix<double>.Build.DenseOfRowArrays(t)).InfinityNorm(), Is.LessThan(1e-15));
    }

    [TestCaseSource(nameof(Schemes))]
    public void The_transformation_takes_the_inverse_of_the_coefficients_apart(int stages)
    {
        RadauScheme scheme = RadauScheme.Of(stages);
        Matrix<double> t = MatrixOf(scheme, scheme.Transform);
        Matrix<double> inverse = MatrixOf(scheme, scheme.Inverse);
        Matrix<double> blocks = Matrix<double>.Build.Dense(stages, stages);
        blocks[0, 0] = scheme.Gamma;
        for (int p = 0; p < scheme.Pairs.Length; p++)
        {
            int k = (2 * p) + 1;
            blocks[k, k] = blocks[k + 1, k + 1] = scheme.Pairs[p].Alpha;
            (blocks[k, k + 1], blocks[k + 1, k]) = (-scheme.Pairs[p].Beta, scheme.Pairs[p].Beta);
        }

        double rounding = Rounding(scheme) * t.InfinityNorm() * inverse.InfinityNorm();
        Assert.That(((t * inverse) - Matrix<double>.Build.DenseIdentity(stages)).InfinityNorm(), Is.LessThan(rounding));
        Assert.That(((CoefficientsOf(scheme) * t * blocks) - t).InfinityNorm(), Is.LessThan(rounding * blocks.InfinityNorm()));
    }

    // With B(2 s - 1), C(s) and D(s - 1) the order is 2 s - 1: J. C. Butcher, Math. Comp. 18 (1964), 50-64.
    [TestCaseSource(nameof(Schemes))]
    public void The_coefficients_meet_the_simplifying_assumptions_of_the_order(int stages)
    {
        RadauScheme scheme = RadauScheme.Of(stages);
        Matrix<double> a = CoefficientsOf(scheme);
        double[] c = scheme.Nodes[..stages];
        double Sum(int row, int power) => Enumerable.Range(0, stages).Sum(j => a[row, j] * Math.Pow(c[j], power));
        Assert.That(c[^1], Is.EqualTo(1.0));
        for (int k = 1; k <= (2 * stages) - 1; k++)
        {
            Assert.That(Sum(stages - 1, k - 1), Is.EqualTo(1.0 / k).Within(Rounding(scheme)), $"B({k})");
        }

        for (int k = 1; k <= stages; k++)
        {
            for (int i = 0; i < stages; i++)
            {
                Assert.That(Sum(i, k - 1), Is.EqualTo(Math.Pow(c[i], k) / k).Within(Rounding(scheme)), $"C({k})");
            }
        }

        for (int k = 1; k < stages; k++)
        {
            for (int j = 0; j < stages; j++)
            {
                Assert.That(
                    Enumerable.Range(0, stages).Sum(i => a[stages - 1, i] * Math.Pow(c[i], k - 1) * a[i, j]),
                    Is.EqualTo(a[stages - 1, j] / k * (1.0 - Math.Pow(c[j], k))).Within(Rounding(scheme)), $"D({k})");
            }
        }
    }

    [TestCaseSource(nameof(Schemes))]
    public void The_correction_has_the_slope_one_at_the_start_and_none_at_the_nodes(int stages)
    {
        RadauScheme scheme = RadauScheme.Of(stages);
        double[] c = scheme.Correction;
        double Slope(double theta) => Enumerable.Range(0, c.Length).Sum(k => (k + 1) * c[k] * Math.Pow(theta, k));
        Assert.That(Slope(0.0), Is.EqualTo(1.0));
        Assert.That(scheme.Nodes[..stages].Select(Slope), Is.All.EqualTo(0.0).Within(1e-10));
        Assert.That(c.Sum(), Is.Zero.Within(1e-10));
    }

    [Test]
    public void The_polynomial_of_a_step_goes_on_in_the_next([ValueSource(nameof(Schemes))] int last, [ValueSource(nameof(Schemes))] int next)
    {
        RadauScheme before = RadauScheme.Of(last);
        RadauScheme after = RadauScheme.Of(next);
        double[] matrix = new double[7 * RadauScheme.Stride];
        RadauKernels.Extrapolation(before, after, 0.7, matrix);
        double P(double t) => t * (1.0 + (t * (0.5 - (0.3 * t))));
        for (int j = 0; j < next; j++)
        {
            double sum = Enumerable.Range(0, last).Sum(k => matrix[(k * RadauScheme.Stride) + j] * P(before.Nodes[k]));
            Assert.That(sum, Is.EqualTo(P(1.0 + (0.7 * after.Nodes[j])) - P(1.0)).Within(1e-11));
        }
    }

    // Of every width: a loop over states, and over stages of the states that are left.
    [Test]
    public void Kernels_treat_every_state_alike([ValueSource(nameof(Schemes))] int stages, [Values(1, 3, 4, 8, 13)] int n)
    {
        RadauScheme scheme = RadauScheme.Of(stages);
        double[] Numbers(double a, int count) => [.. Enumerable.Range(0, count).Select(i => Math.Sin((a * i) + a))];
        double[] f = Numbers(1.1, stages * n);
        double[] w = Numbers(0.7, stages * n);
        double[] d = Numbers(1.7, stages * n);
        double[] x = Numbers(0.3, n);
        double[] weights = Numbers(0.2, n);
        double[] sum = new double[stages * n];
        RadauKernels.Sum(scheme, n, scheme.Inverse, f, scheme.Transform, w, sum);
        double At(double[] matrix, double[] vector, int j, int i) =>
            Enumerable.Range(0, stages).Sum(k => matrix[(k * RadauScheme.Stride) + j] * vector[(k * n) + i]);
        double[] Each(Func<int, int, double> of) => [.. Enumerable.Range(0, stages * n).Select(at => of(at / n, at % n))];
        Assert.That(sum, Is.EqualTo(Each((j, i) => At(scheme.Inverse, f, j, i) + At(scheme.Transform, w, j, i))).Within(1e-11));
        double[] moved = [.. w.Zip(d, (a, b) => a + b)];
        (double[] z, double[] points) = (new double[stages * n], new double[stages * n]);
        double squares = RadauKernels.Update(scheme, n, d, weights, w, x, z, points);
        Assert.That(squares, Is.EqualTo(d.Select((value, at) => Math.Pow(value * weights[at % n], 2.0)).Sum()).Within(1e-11));
        Assert.That(w, Is.EqualTo(moved));
        Assert.That(z, Is.EqualTo(Each((j, i) => At(scheme.Transform, moved, j, i))).Within(1e-11));
        Assert.That(points, Is.EqualTo(Each((j, i) => x[i] + z[(j * n) + i])));
        RadauKernels.Map(scheme, stages, n, scheme.Transform, d, x, z, points);
        Assert.That(z, Is.EqualTo(Each((j, i) => At(scheme.Transform, d, j, i))).Within(1e-11));
    }

    // A from its definition: the integrals of Lagrange's polynomials on the nodes, which the powers of the nodes determine.
    private static Matrix<double> CoefficientsOf(RadauScheme scheme)
    {
        int s = scheme.Stages;
        Matrix<double> powers = MatrixOf(scheme, scheme.Powers); // from z to coefficients
        Matrix<double> slopes = Matrix<double>.Build.Dense(s, s, (i, k) => (k + 1) * Math.Pow(scheme.Nodes[i], k));
        return (slopes * powers).Inverse();
    }

    // What the inverse of the powers loses.
    private static double Rounding(RadauScheme scheme) => 5e-17 * MatrixOf(scheme, scheme.Powers).InfinityNorm();

    private static Matrix<double> MatrixOf(RadauScheme scheme, double[] columns) =>
        Matrix<double>.Build.Dense(scheme.Stages, scheme.Stages, (j, k) => columns[(k * RadauScheme.Stride) + j]);
}
