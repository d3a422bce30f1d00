namespace HybridControl.Numerics;

/// <summary>Solutions of square systems by elimination with partial pivoting, over row-major spans.</summary>
/// <remarks>Nothing is allocated; thread-safe. N. J. Higham, Accuracy and Stability of Numerical Algorithms (2002), chapter 9.</remarks>
public static class GaussianElimination
{
    /// <summary>Solves A X = B in place.</summary>
    /// <param name="a">A, n by n; destroyed.</param>
    /// <param name="b">B, then X; n by <paramref name="columns"/>.</param>
    /// <param name="n">Size of A.</param>
    /// <param name="columns">The number of right-hand sides.</param>
    /// <param name="logDeterminant">log |det A|; minus infinity if A is singular.</param>
    /// <returns>False if A is singular to rounding, or not finite.</returns>
    public static bool Solve(Span<double> a, Span<double> b, int n, int columns, out double logDeterminant)
    {
        logDeterminant = 0.0;
        double largest = 0.0;
        for (int i = 0; i < n * n; i++)
        {
            largest = Math.Max(largest, Math.Abs(a[i]));
        }

        for (int k = 0; k < n; k++)
        {
            int pivot = k;
            for (int i = k + 1; i < n; i++)
            {
                pivot = Math.Abs(a[(i * n) + k]) > Math.Abs(a[(pivot * n) + k]) ? i : pivot;
            }

            double head = a[(pivot * n) + k];
            if (!(Math.Abs(head) > n * 2.220446049250313e-16 * largest) || !double.IsFinite(head))
            {
                logDeterminant = double.NegativeInfinity;
                return false;
            }

            if (pivot != k)
            {
                SwapRows(a, n, k, pivot);
                SwapRows(b, columns, k, pivot);
            }

            logDeterminant += Math.Log(Math.Abs(head));
            for (int i = k + 1; i < n; i++)
            {
                double factor = a[(i * n) + k] / head;
                if (factor != 0.0)
                {
                    Dense.Axpy(-factor, a.Slice((k * n) + k, n - k), a.Slice((i * n) + k, n - k));
                    Dense.Axpy(-factor, b.Slice(k * columns, columns), b.Slice(i * columns, columns));
                }
            }
        }

        for (int k = n - 1; k >= 0; k--)
        {
            Span<double> row = b.Slice(k * columns, columns);
            for (int j = k + 1; j < n; j++)
            {
                Dense.Axpy(-a[(k * n) + j], b.Slice(j * columns, columns), row);
            }

            double head = a[(k * n) + k];
            for (int j = 0; j < columns; j++)
            {
                row[j] /= head;
            }
        }

        return true;
    }

    private static void SwapRows(Span<double> matrix, int columns, int first, int second)
    {
        for (int j = 0; j < columns; j++)
        {
            (matrix[(first * columns) + j], matrix[(second * columns) + j]) = (matrix[(second * columns) + j], matrix[(first * columns) + j]);
        }
    }
}
