namespace HybridControl.Numerics;

/// <summary>Whether a square matrix has full rank, and if not, a row that says so.</summary>
/// <remarks>Rows and columns are scaled to largest entries of one, then eliminated with complete pivots. Time n^3, allocates n^2: for messages.</remarks>
internal static class RankCheck
{
    private const double Smallest = 1e-13;

    /// <summary>A row that depends on the others; -1 if there is none.</summary>
    public static int DependentRow(SparsityPattern pattern, ReadOnlySpan<double> values)
    {
        (int[] rows, _, int rank) = Eliminate(pattern, values, Smallest);
        return rank == pattern.Size ? -1 : rows[rank..].Min();
    }

    /// <summary>The row and the column that are left for the last pivot: what depends on the others most.</summary>
    public static (int Row, int Column) Weakest(SparsityPattern pattern, ReadOnlySpan<double> values)
    {
        (int[] rows, int[] columns, _) = Eliminate(pattern, values, 0.0);
        return (rows[^1], columns[^1]);
    }

    private static (int[] Rows, int[] Columns, int Rank) Eliminate(SparsityPattern pattern, ReadOnlySpan<double> values, double smallest)
    {
        int n = pattern.Size;
        double[,] a = new double[n, n];
        ReadOnlySpan<int> starts = pattern.RowStarts;
        for (int row = 0; row < n; row++)
        {
            for (int e = starts[row]; e < starts[row + 1]; e++)
            {
                a[row, pattern.Columns[e]] = values[e];
            }
        }

        Scale(a, n);
        int[] rows = [.. Enumerable.Range(0, n)];
        int[] columns = [.. Enumerable.Range(0, n)];
        for (int k = 0; k < n; k++)
        {
            (int pivotRow, int pivotColumn) = (k, k);
            for (int i = k; i < n; i++)
            {
                for (int j = k; j < n; j++)
                {
                    if (Math.Abs(a[rows[i], columns[j]]) > Math.Abs(a[rows[pivotRow], columns[pivotColumn]]))
                    {
                        (pivotRow, pivotColumn) = (i, j);
                    }
                }
            }

            (rows[k], rows[pivotRow]) = (rows[pivotRow], rows[k]);
            (columns[k], columns[pivotColumn]) = (columns[pivotColumn], columns[k]);
            double pivot = a[rows[k], columns[k]];
            if (!(Math.Abs(pivot) > smallest))
            {
                return (rows, columns, k);
            }

            for (int i = k + 1; i < n; i++)
            {
                double factor = a[rows[i], columns[k]] / pivot;
                for (int j = k + 1; factor != 0.0 && j < n; j++)
                {
                    a[rows[i], columns[j]] -= factor * a[rows[k], columns[j]];
                }
            }
        }

        return (rows, columns, n);
    }

    private static void Scale(double[,] a, int n)
    {
        for (int pass = 0; pass < 2; pass++)
        {
            for (int i = 0; i < n; i++)
            {
                double largest = 0.0;
                for (int j = 0; j < n; j++)
                {
                    largest = Math.Max(largest, Math.Abs(pass == 0 ? a[i, j] : a[j, i]));
                }

                for (int j = 0; largest > 0.0 && j < n; j++)
                {
                    (int row, int column) = pass == 0 ? (i, j) : (j, i);
                    a[row, column] /= largest;
                }
            }
        }
    }
}
