using HybridControl.Numerics;

namespace HybridControl.Estimation;

/// <summary>Directions of which nothing is known, as columns of a matrix whose rows have units of their own.</summary>
internal static class UnknownDirections
{
    /// <summary>Directions are told from rounding by this fraction of what could have been seen.</summary>
    public const double Resolution = 1e-10;

    /// <summary>Writes the length of each row.</summary>
    public static void Measure(ReadOnlySpan<double> b, int rows, int columns, Span<double> scales)
    {
        for (int i = 0; i < rows; i++)
        {
            ReadOnlySpan<double> row = b.Slice(i * columns, columns);
            scales[i] = Math.Sqrt(Dense.Dot(row, row));
        }
    }

    /// <summary>The row that is longest relative to its scale, from a column on; -1 if all are rounding errors.</summary>
    /// <param name="b">The matrix.</param>
    /// <param name="columns">Its columns.</param>
    /// <param name="first">First row to look at.</param>
    /// <param name="end">End of the rows to look at.</param>
    /// <param name="column">First column that counts.</param>
    /// <param name="scales">What each row is relative to.</param>
    public static int Largest(ReadOnlySpan<double> b, int columns, int first, int end, int column, ReadOnlySpan<double> scales)
    {
        (int best, double largest) = (-1, Resolution);
        for (int i = first; i < end; i++)
        {
            ReadOnlySpan<double> row = b.Slice((i * columns) + column, columns - column);
            double part = Math.Sqrt(Dense.Dot(row, row)) / scales[i];
            if (part > largest)
            {
                (best, largest) = (i, part);
            }
        }

        return best;
    }

    /// <summary>Reflects the columns from <paramref name="column"/> on so that one row has nothing after it; returns what it has there.</summary>
    public static double Turn(Span<double> b, int columns, int row, int column)
    {
        Span<double> v = b.Slice((row * columns) + column, columns - column);
        double norm = Math.Sqrt(Dense.Dot(v, v));
        double beta = v[0] > 0.0 ? -norm : norm;
        v[0] -= beta;
        double factor = 2.0 / Dense.Dot(v, v);
        for (int i = 0; i < b.Length / columns; i++)
        {
            if (i != row)
            {
                Span<double> other = b.Slice((i * columns) + column, columns - column);
                Dense.Axpy(-factor * Dense.Dot(other, v), v, other);
            }
        }

        v.Clear();
        v[0] = beta;
        return beta;
    }

    /// <summary>Turns directions so that as many as possible are zero, and leaves those out; rounding errors are set to zero.</summary>
    /// <param name="b">n by <paramref name="columns"/>; receives n by the result.</param>
    /// <param name="n">Rows.</param>
    /// <param name="columns">Columns.</param>
    /// <param name="scales">What the rounding errors of each row are relative to.</param>
    /// <returns>The number of directions that are left.</returns>
    public static int Reduce(Span<double> b, int n, int columns, ReadOnlySpan<double> scales)
    {
        int rank = 0;
        while (rank < columns && Largest(b, columns, 0, n, rank, scales) is var row and >= 0)
        {
            Turn(b, columns, row, rank++);
        }

        for (int i = 0; i < n; i++)
        {
            b.Slice(i * columns, rank).CopyTo(b[(i * rank)..]);
        }

        Clean(b[..(n * rank)], n, rank, scales);
        return rank;
    }

    /// <summary>Sets rows of rounding errors to zero, so that a state that has become known does not look unknown on its own small scale.</summary>
    public static void Clean(Span<double> b, int n, int columns, ReadOnlySpan<double> scales)
    {
        for (int i = 0; i < n; i++)
        {
            Span<double> row = b.Slice(i * columns, columns);
            if (Math.Sqrt(Dense.Dot(row, row)) <= Resolution * scales[i])
            {
                row.Clear();
            }
        }
    }

    /// <summary>Moves directions, F B, and tells for each row what its rounding errors are relative to.</summary>
    /// <param name="jacobian">F, n by n.</param>
    /// <param name="b">B, n by d.</param>
    /// <param name="moved">Receives n by d; rows of rounding errors are zero.</param>
    /// <param name="scales">Receives n numbers.</param>
    public static void Move(ReadOnlySpan<double> jacobian, ReadOnlySpan<double> b, Span<double> moved, Span<double> scales)
    {
        int n = scales.Length;
        int d = b.Length / n;
        Dense.Multiply(jacobian, b, moved, n, n, d);
        scales.Clear();
        for (int j = 0; j < n; j++)
        {
            ReadOnlySpan<double> row = b.Slice(j * d, d);
            double length = Math.Sqrt(Dense.Dot(row, row));
            for (int i = 0; i < n; i++)
            {
                scales[i] += Math.Abs(jacobian[(i * n) + j]) * length;
            }
        }

        Clean(moved, n, d, scales);
    }

    /// <summary>Exchanges two rows.</summary>
    public static void ExchangeRows(Span<double> b, int columns, int i, int j)
    {
        Span<double> one = b.Slice(i * columns, columns);
        Span<double> other = b.Slice(j * columns, columns);
        for (int k = 0; k < columns; k++)
        {
            (one[k], other[k]) = (other[k], one[k]);
        }
    }
}
