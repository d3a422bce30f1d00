using HybridControl.Numerics;

namespace HybridControl.Estimation;

/// <summary>Predicts a covariance in factor form: L+ L+' = F L L' F' + G G', by triangularising [F L, G].</summary>
/// <remarks>Work space of one filter. T. Kailath, A. H. Sayed and B. Hassibi, Linear Estimation (2000), section 12.3.</remarks>
internal sealed class ArrayPrediction
{
    private readonly int _n;
    private readonly int _columns;
    private readonly double[] _array;

    /// <summary>Makes room for n states and q columns of noise.</summary>
    public ArrayPrediction(int n, int q)
    {
        _n = n;
        _columns = n + q;
        _array = new double[n * _columns];
    }

    /// <summary>Predicts a factor.</summary>
    /// <param name="jacobian">F, n by n.</param>
    /// <param name="noise">G, n by q.</param>
    /// <param name="factor">L, n by n, lower triangular.</param>
    /// <param name="result">Receives L+, n by n, lower triangular.</param>
    public void Apply(ReadOnlySpan<double> jacobian, ReadOnlySpan<double> noise, ReadOnlySpan<double> factor, Span<double> result)
    {
        int q = _columns - _n;
        Dense.MultiplyLower(jacobian, factor, _array, _n, _n, _columns);
        for (int i = 0; i < _n; i++)
        {
            noise.Slice(i * q, q).CopyTo(_array.AsSpan((i * _columns) + _n));
        }

        LowerTriangularization.Apply(_array, _n, _columns);
        LowerTriangularization.CopyTriangle(_array, _columns, 0, result, _n);
    }
}
