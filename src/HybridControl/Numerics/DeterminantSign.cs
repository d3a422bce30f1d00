namespace HybridControl.Numerics;

/// <summary>The sign of the determinant of a small matrix: it changes along a path only where the matrix is singular.</summary>
/// <remarks>Rows and columns are scaled to largest entries of one, then eliminated with pivots of rows. Time n^3, allocates nothing.</remarks>
internal static class DeterminantSign
{
    private const double Smallest = 1e-11;

    /// <summary>The sign of the determinant; zero where rounding hides it.</summary>
    /// <param name="pattern">Pattern of the matrix.</param>
    /// <param name="values">Its values.</param>
    /// <param name="work">Work space of n squared numbers.</param>
    public static int Of(SparsityPattern pattern, ReadOnlySpan<double> values, Span<double> work)
    {
        int n = pattern.Size;
        Span<double> a = work[..(n * n)];
        a.Clear();
        ReadOnlySpan<int> starts = pattern.RowStarts;
        ReadOnlySpan<int> columns = pattern.Columns;
        for (int row = 0; row < n; row++)
        {
            for (int e = starts[row]; e < starts[row + 1]; e++)
            {
                a[(row * n) + columns[e]] = values[e];
            }
        }

        Scale(a, n, 1, n);
        Scale(a, n, n, 1);
        int sign = 1;
        for (int k = 0; k < n; k++)
        {
            sign *= Eliminate(a, n, k);
            if (sign == 0)
            {
                return 0;
            }
        }

        return sign;
    }

    // Divides lines by their largest entries: entries of a line lie "along" apart, lines "across".
    private static void Scale(Span<double> a, int n, int along, int across)
    {
        for (int i = 0; i < n; i++)
        {
            double largest = 0.0;
            for (int j = 0; j < n; j++)
            {
                largest = Math.Max(largest, Math.Abs(a[(i * across) + (j * along)]));
            }

            for (int j = 0; largest > 0.0 && j < n; j++)
            {
                a[(i * across) + (j * along)] /= largest;
            }
        }
    }

    // The sign that a column adds; zero without a pivot.
    private static int Eliminate(Span<double> a, int n, int k)
    {
        int pivot = k;
        for (int i = k + 1; i < n; i++)
        {
            pivot = Math.Abs(a[(i * n) + k]) > Math.Abs(a[(pivot * n) + k]) ? i : pivot;
        }

        double value = a[(pivot * n) + k];
        if (!(Math.Abs(value) > Smallest))
        {
            return 0;
        }

        for (int j = k; pivot != k && j < n; j++)
        {
            (a[(k * n) + j], a[(pivot * n) + j]) = (a[(pivot * n) + j], a[(k * n) + j]);
        }

        for (int i = k + 1; i < n; i++)
        {
            double factor = a[(i * n) + k] / value;
            for (int j = k + 1; factor != 0.0 && j < n; j++)
            {
                a[(i * n) + j] -= factor * a[(k * n) + j];
            }
        }

        return (pivot == k ? 1 : -1) * Math.Sign(value);
    }
}
