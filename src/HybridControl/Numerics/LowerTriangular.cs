namespace HybridControl.Numerics;

/// <summary>Solutions of lower triangular systems over row-major spans.</summary>
/// <remarks>
/// A zero on the diagonal stands for a direction without extent: its unknown becomes zero, so that factors of singular
/// covariances can be used; <see cref="ResidualOfZeroPivots"/> tells whether that was right. Nothing is allocated; thread-safe.
/// </remarks>
public static class LowerTriangular
{
    /// <summary>Solves L x = b in place.</summary>
    /// <param name="l">n by n, lower triangular.</param>
    /// <param name="x">b, then x; n numbers.</param>
    public static void Solve(ReadOnlySpan<double> l, Span<double> x)
    {
        int n = x.Length;
        for (int i = 0; i < n; i++)
        {
            double pivot = l[(i * n) + i];
            double rest = x[i] - Dense.Dot(l.Slice(i * n, i), x[..i]);
            x[i] = pivot == 0.0 ? 0.0 : rest / pivot;
        }
    }

    /// <summary>Solves L' x = b in place.</summary>
    /// <param name="l">n by n, lower triangular.</param>
    /// <param name="x">b, then x; n numbers.</param>
    public static void SolveTransposed(ReadOnlySpan<double> l, Span<double> x) => SolveTransposed(l, x.Length, x);

    /// <summary>Solves L' x = b in place, for a triangle in a wider array.</summary>
    /// <param name="l">L, its rows <paramref name="columns"/> apart.</param>
    /// <param name="columns">Columns of the array, at least n.</param>
    /// <param name="x">b, then x; n numbers.</param>
    public static void SolveTransposed(ReadOnlySpan<double> l, int columns, Span<double> x)
    {
        for (int i = x.Length - 1; i >= 0; i--)
        {
            double pivot = l[(i * columns) + i];
            double value = pivot == 0.0 ? 0.0 : x[i] / pivot;
            x[i] = value;
            Dense.Axpy(-value, l.Slice(i * columns, i), x[..i]);
        }
    }

    /// <summary>Solves L X' = B' in place, so that X = B L'^-1: each row of B is a right-hand side.</summary>
    /// <param name="l">n by n, lower triangular.</param>
    /// <param name="rows">B, then X; rows of n numbers.</param>
    /// <param name="n">Size of <paramref name="l"/>.</param>
    public static void SolveRows(ReadOnlySpan<double> l, Span<double> rows, int n)
    {
        for (int start = 0; start + n <= rows.Length; start += n)
        {
            Solve(l, rows.Slice(start, n));
        }
    }

    /// <summary>Solves L' X' = B' in place, so that X = B L^-1: each row of B is a right-hand side.</summary>
    /// <param name="l">n by n, lower triangular.</param>
    /// <param name="rows">B, then X; rows of n numbers.</param>
    /// <param name="n">Size of <paramref name="l"/>.</param>
    public static void SolveTransposedRows(ReadOnlySpan<double> l, Span<double> rows, int n)
    {
        for (int start = 0; start + n <= rows.Length; start += n)
        {
            SolveTransposed(l, rows.Slice(start, n));
        }
    }

    /// <summary>The largest |b_i - sum_j L_ij x_j| over rows whose pivot is zero: how far b is outside the range of L.</summary>
    /// <param name="l">n by n, lower triangular.</param>
    /// <param name="b">Right-hand side.</param>
    /// <param name="x">Its solution by <see cref="Solve"/>.</param>
    public static double ResidualOfZeroPivots(ReadOnlySpan<double> l, ReadOnlySpan<double> b, ReadOnlySpan<double> x)
    {
        int n = x.Length;
        double largest = 0.0;
        for (int i = 0; i < n; i++)
        {
            if (l[(i * n) + i] == 0.0)
            {
                largest = Math.Max(largest, Math.Abs(b[i] - Dense.Dot(l.Slice(i * n, i), x[..i])));
            }
        }

        return largest;
    }
}
