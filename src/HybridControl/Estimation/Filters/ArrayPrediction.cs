using HybridControl.Numerics;

namespace HybridControl.Estimation;

/// <summary>Predicts a covariance in factor form: L+ L+' = F L L' F' + G G', by triangularising [F L, G].</summary>
/// <remarks>
/// The factor of F L (F L)' + G G' where <see cref="GramTriangle"/> vouches for its digits, reflections elsewhere. About
/// 5/3 n^3 multiplications, or 3 n^3. Work space of one filter. T. Kailath, A. H. Sayed and B. Hassibi, Linear Estimation (2000), chapter 12.
/// </remarks>
internal sealed class ArrayPrediction
{
    private readonly int _n;
    private readonly int _columns;
    private readonly WorkMatrix _jacobian;
    private readonly WorkMatrix _moved;
    private readonly WorkMatrix _gram;
    private readonly double[] _array;
    private readonly SquareMemory _noise = new();
    private WorkMatrix _noiseSquare;
    private bool _isSet;

    /// <summary>Makes room for n states and q columns of noise.</summary>
    public ArrayPrediction(int n, int q)
    {
        _n = n;
        _columns = n + q;
        _jacobian = new WorkMatrix(n, n);
        _moved = new WorkMatrix(n, n);
        _gram = new WorkMatrix(n, n);
        _array = new double[n * _columns];
    }

    /// <summary>Predicts a factor.</summary>
    /// <param name="jacobian">F, n by n.</param>
    /// <param name="noise">G, n by q.</param>
    /// <param name="factor">L, n by n, lower triangular.</param>
    /// <param name="result">Receives L+, n by n, lower triangular; zeros above the diagonal must be there.</param>
    /// <param name="isSame">Whether F and G are those of the last call.</param>
    public void Apply(
        ReadOnlySpan<double> jacobian, ReadOnlySpan<double> noise, ReadOnlySpan<double> factor, Span<double> result, bool isSame = false)
    {
        int n = _n;
        int width = _gram.Width;
        if (!isSame || !_isSet)
        {
            _isSet = true;
            BlockTranspose.Apply(jacobian, n, _jacobian.Span, width, n, n);
            _noiseSquare = _noise.Of(noise, n, _columns - n);
        }

        BlockProduct.Apply(factor, 1, n, _jacobian.Span, width, _moved.Span, width, n, n, width, zeros: Zeros.LeftBelow);
        _noiseSquare.Span.CopyTo(_gram.Span);
        GramTriangle.Add(_moved, n, _gram, n);
        if (!GramTriangle.TryFactor(_gram, n, result))
        {
            Reflect(jacobian, noise, factor, result);
        }
    }

    private void Reflect(ReadOnlySpan<double> jacobian, ReadOnlySpan<double> noise, ReadOnlySpan<double> factor, Span<double> result)
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
