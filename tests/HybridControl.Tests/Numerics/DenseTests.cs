using HybridControl.Numerics;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Numerics;

public sealed class DenseTests
{
    private static readonly int[] s_sizes = [0, 1, 2, 3, 4, 5, 6, 8, 9, 12, 17, 40];

    [Test]
    public void Vectors_are_copied_and_subtracted_as_by_a_loop()
    {
        foreach (int n in s_sizes)
        {
            double[] a = new NormalDraws(23, n).Numbers(n);
            double[] b = new NormalDraws(29, n).Numbers(n);
            double[] copy = new double[n + 1];
            double[] difference = new double[n];

            Dense.Copy(a, copy);
            Dense.Subtract(a, b, difference);

            Assert.That(copy, Is.EqualTo((double[])[.. a, 0.0]));
            Assert.That(difference, Is.EqualTo(a.Zip(b, (x, y) => x - y)));
        }
    }

    [Test]
    public void One_number_that_is_not_finite_is_found_wherever_it_is()
    {
        foreach (int n in s_sizes)
        {
            double[] a = new NormalDraws(31, n).Numbers(n);
            Assert.That(Dense.IsFinite(a), Is.True);
            for (int i = 0; i < n; i++)
            {
                foreach (double bad in (double[])[double.NaN, double.PositiveInfinity, double.NegativeInfinity])
                {
                    double[] spoilt = [.. a];
                    spoilt[i] = bad;
                    Assert.That(Dense.IsFinite(spoilt), Is.False, $"{n} numbers, {i}");
                }
            }
        }
    }

    [Test]
    public void Products_are_those_of_three_loops()
    {
        foreach (int m in s_sizes)
        {
            foreach (int k in s_sizes)
            {
                foreach (int n in s_sizes)
                {
                    var random = new NormalDraws(19, m + (100 * k) + (10000 * n));
                    double[] a = random.Numbers(m * k);
                    double[] b = random.Numbers(k * n);
                    double[] plain = new double[m * n];
                    Dense.Multiply(a, b, plain, m, k, n);
                    double[] left = new double[m * n];
                    Dense.TransposedMultiply(Transposed(a, m, k), b, left, m, k, n);
                    double[] right = new double[m * n];
                    Dense.MultiplyTransposed(a, Transposed(b, k, n), right, m, k, n);
                    double[] expected = Loops(a, b, m, k, n);
                    Assert.That(plain, Is.EqualTo(expected).Within(1e-14 * (k + 1)));
                    Assert.That(left, Is.EqualTo(expected).Within(1e-14 * (k + 1)));
                    Assert.That(right, Is.EqualTo(expected).Within(1e-14 * (k + 1)));
                }
            }
        }
    }

    [Test]
    public void Products_with_triangles_are_those_of_three_loops()
    {
        foreach (int m in s_sizes)
        {
            foreach (int n in s_sizes)
            {
                var random = new NormalDraws(23, m + (100 * n));
                double[] a = random.Numbers(m * n);
                double[] l = random.Numbers(n * n);
                for (int i = 0; i < n; i++)
                {
                    l.AsSpan((i * n) + i + 1, n - i - 1).Clear();
                }

                int stride = n + 3;
                double[] c = new double[m * stride];
                Dense.MultiplyLower(a, l, c, m, n, stride);
                double[] expected = Loops(a, l, m, n, n);
                for (int i = 0; i < m; i++)
                {
                    Assert.That(c.AsSpan(i * stride, n).ToArray(), Is.EqualTo(expected.AsSpan(i * n, n).ToArray()).Within(1e-14 * (n + 1)));
                    Assert.That(c.AsSpan((i * stride) + n, 3).ToArray(), Is.All.Zero);
                }

                double[] square = new double[n * n];
                Dense.LowerSquare(l, square, n);
                Assert.That(square, Is.EqualTo(Loops(l, Transposed(l, n, n), n, n, n)).Within(1e-14 * (n + 1)));
            }
        }
    }

    [Test]
    public void A_vector_is_multiplied_row_by_row()
    {
        foreach (int m in s_sizes)
        {
            foreach (int n in s_sizes)
            {
                var random = new NormalDraws(29, m + (100 * n));
                double[] a = random.Numbers(m * n);
                double[] x = random.Numbers(n);
                double[] y = new double[m];
                Dense.MultiplyVector(a, x, y);
                Assert.That(y, Is.EqualTo(Loops(a, x, m, n, 1)).Within(1e-14 * (n + 1)));
            }
        }
    }

    [Test]
    public void A_single_number_that_is_not_finite_is_found([Values(double.NaN, double.PositiveInfinity, double.NegativeInfinity)] double bad)
    {
        for (int n = 0; n < 40; n++)
        {
            double[] values = new NormalDraws(31, n).Numbers(n);
            Assert.That(Dense.IsFinite(values), Is.True);
            for (int at = 0; at < n; at++)
            {
                double good = values[at];
                values[at] = bad;
                Assert.That(Dense.IsFinite(values), Is.False);
                values[at] = good;
            }
        }
    }

    private static double[] Loops(double[] a, double[] b, int m, int k, int n)
    {
        double[] c = new double[m * n];
        for (int i = 0; i < m; i++)
        {
            for (int j = 0; j < n; j++)
            {
                for (int p = 0; p < k; p++)
                {
                    c[(i * n) + j] += a[(i * k) + p] * b[(p * n) + j];
                }
            }
        }

        return c;
    }

    private static double[] Transposed(double[] a, int rows, int columns)
    {
        double[] b = new double[a.Length];
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++)
            {
                b[(j * rows) + i] = a[(i * columns) + j];
            }
        }

        return b;
    }
}
