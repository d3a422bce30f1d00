namespace HybridControl.Numerics;

/// <summary>The lower triangular L with L L' = A A': what an array filter does to its array.</summary>
/// <remarks>
/// Householder reflections from the right, row by row; the reflections are not kept. Backward stable: each row of A is
/// disturbed by a few eps of its own length. Row-major spans, nothing allocated, thread-safe.
/// T. Kailath, A. H. Sayed and B. Hassibi, Linear Estimation (2000), chapter 12; N. J. Higham, Accuracy and Stability of
/// Numerical Algorithms (2002), chapter 19.
/// </remarks>
public static class LowerTriangularization
{
    /// <summary>Overwrites A by [L, 0], the diagonal of L not negative.</summary>
    /// <param name="a">rows by columns.</param>
    /// <param name="rows">Rows of A.</param>
    /// <param name="columns">Columns of A, not fewer than are needed: L is rows by min(rows, columns).</param>
    /// <remarks>rows^2 (columns - rows/3) multiplications and as many additions.</remarks>
    public static void Apply(Span<double> a, int rows, int columns)
    {
        int steps = Math.Min(rows, columns);
        for (int k = 0; k < steps; k++)
        {
            Span<double> v = a.Slice((k * columns) + k, columns - k);
            double tail = v.Length > 1 ? Dense.Dot(v[1..], v[1..]) : 0.0;
            double head = v[0];
            if (tail == 0.0)
            {
                if (head < 0.0)
                {
                    FlipColumn(a, k, rows, columns);
                }

                continue;
            }

            // v = x - |x| e1 without cancellation: x0 - |x| = -tail / (x0 + |x|).
            double norm = Math.Sqrt((head * head) + tail);
            double pivot = head <= 0.0 ? head - norm : -tail / (head + norm);
            double scale = 2.0 / ((pivot * pivot) + tail);
            v[0] = pivot;
            for (int i = k + 1; i < rows; i++)
            {
                Span<double> row = a.Slice((i * columns) + k, columns - k);
                Dense.Axpy(-scale * Dense.Dot(v, row), v, row);
            }

            v.Clear();
            v[0] = norm;
        }
    }

    /// <summary>Copies the triangle out of an array that <see cref="Apply"/> has treated.</summary>
    /// <param name="a">The array.</param>
    /// <param name="columns">Its columns.</param>
    /// <param name="first">First row and column of the block.</param>
    /// <param name="l">Receives n by n, lower triangular with zeros above.</param>
    /// <param name="n">Size of the block.</param>
    public static void CopyTriangle(ReadOnlySpan<double> a, int columns, int first, Span<double> l, int n)
    {
        int available = Math.Min(n, columns - first);
        l[..(n * n)].Clear();
        for (int i = 0; i < n; i++)
        {
            a.Slice(((first + i) * columns) + first, Math.Min(i + 1, available)).CopyTo(l[(i * n)..]);
        }
    }

    private static void FlipColumn(Span<double> a, int column, int rows, int columns)
    {
        for (int i = column; i < rows; i++)
        {
            a[(i * columns) + column] = -a[(i * columns) + column];
        }
    }
}
