using HybridControl.Numerics;

namespace HybridControl.Estimation;

/// <summary>The covariance after an update with any gain, in factor form: P+ = (I - K H) P (I - K H)' + K R K'.</summary>
/// <remarks>
/// Right for every gain, not just the optimal one, as long as P, H and R are. L+ comes from triangularising
/// [(I - K H) L, K A] with R = A A'. Work space of one filter. P. D. Joseph, in R. S. Bucy and P. D. Joseph, Filtering for
/// Stochastic Processes with Applications to Guidance (1968).
/// </remarks>
internal sealed class JosephUpdate
{
    private readonly int _n;
    private readonly double[] _residual;
    private double[] _array = [];

    /// <summary>Makes room for n states; the room for measurements grows when it must.</summary>
    public JosephUpdate(int n)
    {
        _n = n;
        _residual = new double[n * n];
    }

    /// <summary>Updates a factor.</summary>
    /// <param name="factor">L, n by n, lower triangular.</param>
    /// <param name="gain">K, n by k.</param>
    /// <param name="h">H, k by n.</param>
    /// <param name="noise">A, k by <paramref name="noiseColumns"/>.</param>
    /// <param name="k">The number of measurements.</param>
    /// <param name="noiseColumns">Columns of A.</param>
    /// <param name="result">Receives L+, n by n, lower triangular.</param>
    public void Apply(
        ReadOnlySpan<double> factor, ReadOnlySpan<double> gain, ReadOnlySpan<double> h, ReadOnlySpan<double> noise, int k, int noiseColumns,
        Span<double> result)
    {
        int n = _n;
        int columns = n + noiseColumns;
        if (_array.Length < n * columns)
        {
            _array = new double[n * columns];
        }

        for (int i = 0; i < n; i++)
        {
            Span<double> row = _residual.AsSpan(i * n, n);
            row.Clear();
            row[i] = 1.0;
            Span<double> noiseRow = _array.AsSpan((i * columns) + n, noiseColumns);
            noiseRow.Clear();
            for (int j = 0; j < k; j++)
            {
                Dense.Axpy(-gain[(i * k) + j], h.Slice(j * n, n), row);
                Dense.Axpy(gain[(i * k) + j], noise.Slice(j * noiseColumns, noiseColumns), noiseRow);
            }
        }

        Dense.MultiplyLower(_residual, factor, _array, n, n, columns);
        LowerTriangularization.Apply(_array, n, columns);
        LowerTriangularization.CopyTriangle(_array, columns, 0, result, n);
    }
}
