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
            Reflect(a, k, k, rows, columns);
        }
    }

    /// <summary>Overwrites A by [L, 0], with a zero column in L where a leading row has nothing but rounding errors left.</summary>
    /// <param name="a">rows by columns.</param>
    /// <param name="rows">Rows of A.</param>
    /// <param name="columns">Columns of A, at least as many as rows.</param>
    /// <param name="smallest">For each leading row the length that counts as zero; receives -1 where that was so.</param>
    /// <remarks>
    /// A row of rounding errors has a direction like any other row, but a meaningless one: reflecting onto it would take what
    /// later rows have there. It is set to zero and uses up no column.
    /// </remarks>
    public static void Apply(Span<double> a, int rows, int columns, Span<double> smallest)
    {
        int leading = smallest.Length;
        int rank = 0;
        for (int k = 0; k < leading; k++)
        {
            Span<double> rest = a.Slice((k * columns) + rank, columns - rank);
            if (Dense.Dot(rest, rest) <= smallest[k] * smallest[k])
            {
                rest.Clear();
                smallest[k] = -1.0;
            }
            else
            {
                Reflect(a, k, rank, rows, columns);
                rank++;
            }
        }

        for (int k = leading; k < rows; k++)
        {
            Reflect(a, k, rank + k - leading, rows, columns);
        }

        if (rank < leading)
        {
            SpreadColumns(a, rows, columns, smallest, rank);
        }
    }

    /// <summary>Copies the triangle out of an array that <see cref="Apply(Span{double}, int, int)"/> has treated.</summary>
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

    // Reflects row k onto its element in column c; rows below follow.
    private static void Reflect(Span<double> a, int k, int c, int rows, int columns)
    {
        Span<double> v = a.Slice((k * columns) + c, columns - c);
        double tail = v.Length > 1 ? Dense.Dot(v[1..], v[1..]) : 0.0;
        double head = v[0];
        if (tail == 0.0)
        {
            if (head < 0.0)
            {
                FlipColumn(a, k, c, rows, columns);
            }

            return;
        }

        // v = x - |x| e1 without cancellation: x0 - |x| = -tail / (x0 + |x|).
        double norm = Math.Sqrt((head * head) + tail);
        double pivot = head <= 0.0 ? head - norm : -tail / (head + norm);
        double scale = 2.0 / ((pivot * pivot) + tail);
        v[0] = pivot;
        for (int i = k + 1; i < rows; i++)
        {
            Span<double> row = a.Slice((i * columns) + c, columns - c);
            Dense.Axpy(-scale * Dense.Dot(v, row), v, row);
        }

        v.Clear();
        v[0] = norm;
    }

    // From the columns that were used to those of the triangle, right to left.
    private static void SpreadColumns(Span<double> a, int rows, int columns, ReadOnlySpan<double> smallest, int rank)
    {
        int leading = smallest.Length;
        for (int i = 0; i < rows; i++)
        {
            Span<double> row = a.Slice(i * columns, columns);
            if (i >= leading)
            {
                row.Slice(rank, i - leading + 1).CopyTo(row[leading..]);
            }

            int last = Math.Min(i, leading - 1);
            int from = rank;
            for (int k = leading - 1; k >= 0; k--)
            {
                from -= smallest[k] < 0.0 ? 0 : 1;
                if (k <= last)
                {
                    row[k] = smallest[k] < 0.0 ? 0.0 : row[from];
                }
            }
        }
    }

    private static void FlipColumn(Span<double> a, int first, int column, int rows, int columns)
    {
        for (int i = first; i < rows; i++)
        {
            a[(i * columns) + column] = -a[(i * columns) + column];
        }
    }
}
