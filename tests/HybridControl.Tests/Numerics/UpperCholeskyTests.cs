using HybridControl.Numerics;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Numerics;

public sealed class UpperCholeskyTests
{
    [Test]
    public void Factor_and_solved_columns_give_back_the_array([Values(1, 2, 3, 4, 5, 6, 7, 8, 12, 19, 20, 40)] int n, [Values(0, 1, 2, 5, 41)] int beside)
    {
        int columns = n + beside;
        int stride = columns + 2;
        double[] array = Definite(n, beside, stride);
        double[] factored = [.. array];
        for (int i = 1; i < n; i++)
        {
            factored.AsSpan(i * stride, i).Fill(12345.0); // the lower triangle is not read
        }

        Assert.That(UpperCholesky.TryFactor(factored, stride, n, columns, 1e-6), Is.True);

        for (int i = 0; i < n; i++)
        {
            for (int j = i; j < columns; j++)
            {
                double sum = 0.0;
                for (int k = 0; k <= i; k++)
                {
                    sum += factored[(k * stride) + i] * factored[(k * stride) + j];
                }

                Assert.That(sum, Is.EqualTo(array[(i * stride) + j]).Within(1e-12 * n), $"({i}, {j})");
            }

            Assert.That(factored[(i * stride) + i], Is.Positive);
            Assert.That(factored.AsSpan((i * stride) + columns, 2).ToArray(), Is.EqualTo(array.AsSpan((i * stride) + columns, 2).ToArray()), "beside");
        }
    }

    [Test]
    public void A_pivot_that_keeps_too_little_is_refused_wherever_it_stands([Values(1, 2, 3, 4, 5, 7, 8, 13)] int n)
    {
        for (int weak = 0; weak < n; weak++)
        {
            // Row weak is the row before it but for one part in a million; the first row is weak in absolute size only.
            double[] array = Definite(n, 0, n);
            for (int j = 0; j < n; j++)
            {
                if (weak > 0)
                {
                    array[(weak * n) + j] = array[((weak - 1) * n) + j];
                }
            }

            for (int i = 0; i < n; i++)
            {
                if (weak > 0)
                {
                    array[(i * n) + weak] = array[(i * n) + weak - 1];
                }
            }

            array[weak * (n + 1)] = weak > 0 ? array[(weak - 1) * (n + 1)] * (1.0 + 1e-6) : 1e-6;
            if (weak == 0)
            {
                array.AsSpan(1, n - 1).Clear();
            }

            Assert.That(UpperCholesky.TryFactor([.. array], n, n, n, weak > 0 ? 1e-4 : 0.0, weak > 0 ? 0.0 : 1e-4), Is.False, $"row {weak}");
            array[weak * (n + 1)] *= 2.0;
            array[weak * (n + 1)] += weak == 0 ? 1.0 : 0.0;
            Assert.That(UpperCholesky.TryFactor([.. array], n, n, n, 1e-4), Is.True, $"row {weak} mended");
        }
    }

    [Test]
    public void What_is_not_a_number_is_refused([Values(1, 2, 4, 6, 9)] int n)
    {
        for (int bad = 0; bad < n; bad++)
        {
            double[] array = Definite(n, 0, n);
            array[bad * (n + 1)] = double.NaN;
            Assert.That(UpperCholesky.TryFactor(array, n, n, n, 1e-4), Is.False);
        }
    }

    // [G, B] with G = A'A / n + I.
    private static double[] Definite(int n, int beside, int stride)
    {
        var random = new NormalDraws(11, n + (1000 * beside));
        double[] a = random.Numbers(n * n);
        double[] array = random.Numbers(n * stride);
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < n; j++)
            {
                double sum = i == j ? 1.0 : 0.0;
                for (int k = 0; k < n; k++)
                {
                    sum += a[(k * n) + i] * a[(k * n) + j] / n;
                }

                array[(i * stride) + j] = sum;
            }
        }

        return array;
    }
}
