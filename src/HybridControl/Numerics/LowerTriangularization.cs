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
    /// <summary>Overwrites A by [L, 0], the diagonal of L not negative; where it is zero, so is the column.</summary>
    /// <param name="a">rows by columns.</param>
    /// <param name="rows">Rows of A.</param>
    /// <param name="columns">Columns of A. With fewer columns than rows, L has as many, and a zero row moves what follows to the left.</param>
    /// <param name="smallest">For each leading row the length that counts as zero, for rows that may consist of rounding errors; none by default.</param>
    /// <remarks>
    /// A row of rounding errors has a direction like any other row, but a meaningless one: reflecting onto it would take what
    /// later rows have there. It is set to zero. Zero rows use up no direction.
    /// rows^2 (columns - rows/3) multiplications and as many additions.
    /// </remarks>
    public static void Apply(Span<double> a, int rows, int columns, ReadOnlySpan<double> smallest = default)
    {
        int rank = 0;
        for (int k = 0; k < rows && rank < columns; k++)
        {
            if (k < smallest.Length)
            {
                Span<double> rest = a.Slice((k * columns) + rank, columns - rank);
                if (Dense.Dot(rest, rest) <= smallest[k] * smallest[k])
                {
                    rest.Clear();
                    continue;
                }
            }

            rank += Reflect(a, k, rank, rows, columns) ? 1 : 0;
        }

        if (rank < rows && rows <= columns)
        {
            SpreadColumns(a, rows, columns);
        }
    }

    /// <summary>As <see cref="Apply"/>, for rows of numbers whose squares may leave the range of doubles, however unlike the rows are.</summary>
    /// <param name="a">rows by columns.</param>
    /// <param name="rows">Rows of A, not more than columns.</param>
    /// <param name="columns">Columns of A.</param>
    /// <remarks>A row of A that is scaled scales the same row of L: such rows are brought near one by powers of two, and back.</remarks>
    public static void ApplyScaled(Span<double> a, int rows, int columns)
    {
        const double large = 1e140;
        Span<int> exponents = rows <= 64 ? stackalloc int[rows] : new int[rows];
        for (int i = 0; i < rows; i++)
        {
            double largest = 0.0;
            foreach (double value in a.Slice(i * columns, columns))
            {
                largest = Math.Max(largest, Math.Abs(value));
            }

            bool isFar = largest > 0.0 && double.IsFinite(largest) && (largest > large || largest < 1.0 / large);
            exponents[i] = isFar ? Math.ILogB(largest) : 0;
            ScaleRow(a.Slice(i * columns, columns), -exponents[i]);
        }

        Apply(a, rows, columns);
        for (int i = 0; i < rows; i++)
        {
            ScaleRow(a.Slice(i * columns, columns), exponents[i]);
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

    private static void ScaleRow(Span<double> row, int exponent)
    {
        foreach (ref double value in row)
        {
            value = exponent == 0 ? value : Math.ScaleB(value, exponent);
        }
    }

    // Reflects row k onto its element in column c; rows below follow. False if there is nothing to reflect.
    private static bool Reflect(Span<double> a, int k, int c, int rows, int columns)
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

            return head != 0.0;
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
        return true;
    }

    // From the columns that were used to those of the triangle: the pivot of a row goes to the diagonal.
    private static void SpreadColumns(Span<double> a, int rows, int columns)
    {
        int rank = 0;
        for (int i = 0; i < rows; i++)
        {
            Span<double> row = a.Slice(i * columns, columns);
            bool isPivot = row[rank] != 0.0;
            int from = rank;
            double pivot = row[rank];
            for (int k = i - 1; k >= 0; k--)
            {
                // Rows above are in place already.
                row[k] = a[k * (columns + 1)] != 0.0 ? row[--from] : 0.0;
            }

            if (rank < i)
            {
                row[i] = isPivot ? pivot : 0.0;
            }

            rank += isPivot ? 1 : 0;
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
