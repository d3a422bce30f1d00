using HybridControl.Numerics;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Numerics;

public sealed class BlockTransposeTests
{
    private static readonly int[] s_sizes = [0, 1, 2, 3, 4, 5, 8, 11, 40];

    [Test]
    public void Rows_become_columns_and_nothing_else_changes()
    {
        foreach (int rows in s_sizes)
        {
            foreach (int columns in s_sizes)
            {
                double[] a = new NormalDraws(3, rows).Numbers((rows + 1) * (columns + 2));
                double[] b = new NormalDraws(5, rows).Numbers((columns + 1) * (rows + 3));
                double[] before = [.. b];

                BlockTranspose.Apply(a, columns + 2, b, rows + 3, rows, columns);

                for (int at = 0; at < b.Length; at++)
                {
                    (int i, int j) = Math.DivRem(at, rows + 3);
                    Assert.That(b[at], Is.EqualTo(i < columns && j < rows ? a[(j * (columns + 2)) + i] : before[at]), $"{rows} by {columns}");
                }
            }
        }
    }

    [Test]
    public void An_upper_triangle_becomes_a_lower_one_with_zeros_above([Values(0, 1, 2, 3, 4, 5, 8, 11, 40)] int n)
    {
        double[] u = new NormalDraws(3, n).Numbers((n + 1) * (n + 2));
        double[] before = [.. u];
        double[] l = new double[n * (n + 1)];

        BlockTranspose.Upper(u, n + 2, l, n + 1, n);

        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < n; j++)
            {
                Assert.That(l[(i * (n + 1)) + j], Is.EqualTo(j <= i ? before[(j * (n + 2)) + i] : 0.0), $"({i}, {j})");
            }
        }
    }

    [Test]
    public void An_upper_triangle_is_mirrored_and_nothing_else_changes([Values(0, 1, 2, 3, 4, 5, 8, 11, 40)] int n)
    {
        int stride = n + 2;
        double[] a = new NormalDraws(7, n).Numbers((n + 1) * stride);
        double[] before = [.. a];

        BlockTranspose.Mirror(a, stride, n);

        for (int at = 0; at < a.Length; at++)
        {
            (int i, int j) = Math.DivRem(at, stride);
            Assert.That(a[at], Is.EqualTo(i < n && j < i ? before[(j * stride) + i] : before[at]));
        }
    }
}
