using HybridControl.Numerics;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Numerics;

public sealed class BlockProductTests
{
    private static readonly int[] s_sizes = [0, 1, 2, 3, 4, 5, 7, 8, 11, 16, 23, 24, 40, 41];

    [Test]
    public void A_product_is_that_of_three_loops_for_every_size()
    {
        foreach (int m in s_sizes)
        {
            foreach (int n in s_sizes)
            {
                foreach (int k in (int[])[0, 1, 3, 9])
                {
                    Check(m, k, n, Accumulation.Set, Zeros.None);
                }
            }
        }
    }

    [Test]
    public void A_product_can_be_added_and_subtracted()
    {
        foreach (int size in s_sizes)
        {
            Check(size, 5, size + 1, Accumulation.Add, Zeros.None);
            Check(size, 5, size + 1, Accumulation.Subtract, Zeros.None);
        }
    }

    [Test]
    public void Zeros_of_triangles_change_nothing()
    {
        Zeros[] all =
        [
            Zeros.LeftBelow, Zeros.LeftAbove, Zeros.RightAbove, Zeros.ResultBelow, Zeros.ResultAbove, Zeros.Lower,
            Zeros.LeftBelow | Zeros.ResultBelow,
        ];
        foreach (Zeros zeros in all)
        {
            foreach (int size in s_sizes)
            {
                Check(size, size, size, Accumulation.Set, zeros);
                Check(size, size, size, Accumulation.Subtract, zeros);
            }
        }
    }

    [Test]
    public void Triangles_may_be_wider_than_the_product()
    {
        Check(9, 4, 13, Accumulation.Set, Zeros.LeftBelow);
        Check(4, 9, 13, Accumulation.Set, Zeros.LeftAbove);
        Check(9, 4, 13, Accumulation.Set, Zeros.RightAbove);
        Check(4, 3, 19, Accumulation.Add, Zeros.ResultBelow);
    }

    // Operands with room between their rows, the left one transposed too; nothing beside the result may change.
    private static void Check(int m, int k, int n, Accumulation accumulation, Zeros zeros)
    {
        foreach (bool isTransposed in (bool[])[false, true])
        {
            const int Gap = 3;
            (int aRow, int aColumn) = isTransposed ? (1, m + Gap) : (k + Gap, 1);
            var random = new NormalDraws(7, m + (100 * k) + (10000 * n));
            double[] a = random.Numbers((Math.Max(m, k) + 1) * (Math.Max(m, k) + Gap));
            double[] b = random.Numbers((k + 1) * (n + Gap));
            double[] c = random.Numbers((m + 1) * (n + Gap));
            Clear(a, m, k, aRow, aColumn, (i, p) => (zeros.HasFlag(Zeros.LeftBelow) && p < i) || (zeros.HasFlag(Zeros.LeftAbove) && p > i));
            Clear(b, k, n, n + Gap, 1, (p, j) => zeros.HasFlag(Zeros.RightAbove) && p < j);
            double[] before = [.. c];

            BlockProduct.Apply(a, aRow, aColumn, b, n + Gap, c, n + Gap, m, k, n, accumulation, zeros);

            for (int at = 0; at < c.Length; at++)
            {
                (int i, int j) = Math.DivRem(at, n + Gap);
                if (i >= m || j >= n)
                {
                    Assert.That(c[at], Is.EqualTo(before[at]), "outside");
                    continue;
                }

                double sum = 0.0;
                for (int p = 0; p < k; p++)
                {
                    sum += a[(i * aRow) + (p * aColumn)] * b[(p * (n + Gap)) + j];
                }

                double expected = accumulation switch
                {
                    Accumulation.Add => before[at] + sum,
                    Accumulation.Subtract => before[at] - sum,
                    _ => sum,
                };
                bool isWanted = !(zeros.HasFlag(Zeros.ResultBelow) && i > j) && !(zeros.HasFlag(Zeros.ResultAbove) && i < j);
                if (isWanted || c[at] != before[at])
                {
                    Assert.That(c[at], Is.EqualTo(expected).Within(1e-14 * (k + 1)), $"({i}, {j}) of {m} by {k} by {n}");
                }
            }
        }
    }

    private static void Clear(double[] matrix, int rows, int columns, int row, int column, Func<int, int, bool> isZero)
    {
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++)
            {
                if (isZero(i, j))
                {
                    matrix[(i * row) + (j * column)] = 0.0;
                }
            }
        }
    }
}
