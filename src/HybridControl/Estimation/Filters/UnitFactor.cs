namespace HybridControl.Estimation;

/// <summary>Conversion between a Cholesky factor and P = U D U' with a unit triangle: column j of the factor is U_j sqrt(D_j).</summary>
/// <remarks>Lower triangular here; a zero column of the factor is D_j = 0 with U_j = e_j. n^2 operations and no loss.</remarks>
internal static class UnitFactor
{
    /// <summary>Splits a factor.</summary>
    /// <param name="factor">n by n, lower triangular.</param>
    /// <param name="unit">Receives U, n by n, unit lower triangular.</param>
    /// <param name="pivots">Receives D, n numbers.</param>
    public static void Split(ReadOnlySpan<double> factor, Span<double> unit, Span<double> pivots)
    {
        int n = pivots.Length;
        unit.Clear();
        for (int j = 0; j < n; j++)
        {
            double root = factor[j * (n + 1)];
            pivots[j] = root * root;
            unit[j * (n + 1)] = 1.0;
            for (int i = j + 1; i < n && root != 0.0; i++)
            {
                unit[(i * n) + j] = factor[(i * n) + j] / root;
            }
        }
    }

    /// <summary>Puts a factor together.</summary>
    /// <param name="unit">U, n by n, unit lower triangular.</param>
    /// <param name="pivots">D, n numbers.</param>
    /// <param name="factor">Receives n by n, lower triangular.</param>
    public static void Join(ReadOnlySpan<double> unit, ReadOnlySpan<double> pivots, Span<double> factor)
    {
        int n = pivots.Length;
        factor.Clear();
        for (int j = 0; j < n; j++)
        {
            double root = Math.Sqrt(pivots[j]);
            for (int i = j; i < n && root != 0.0; i++)
            {
                factor[(i * n) + j] = unit[(i * n) + j] * root;
            }
        }
    }
}
