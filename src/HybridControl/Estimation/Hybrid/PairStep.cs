using HybridControl.Numerics;

namespace HybridControl.Estimation;

/// <summary>The belief of one mode moved by the model of another, there and back.</summary>
/// <remarks>
/// Back by the smoother of Rauch, Tung and Striebel in factor form: with the gain K = P F' C^-1 and the target N(t, T T') for
/// what was predicted as N(m, C), the mean moves by K (t - m) and the factor comes from [(I - K F) L, K G, K T]: no
/// difference of covariances. H. E. Rauch, F. Tung and C. T. Striebel, AIAA J. 3 (1965), 1445-1450.
/// </remarks>
internal sealed class PairStep(int n)
{
    private readonly double[] _jacobian = new double[n * n];
    private readonly double[] _gain = new double[n * n];
    private readonly double[] _product = new double[n * n];
    private readonly double[] _difference = new double[n];
    private readonly double[] _shift = new double[n];
    private double[] _noise = [];
    private int _noiseCount;
    private double[] _array = [];

    /// <summary>The prediction.</summary>
    public GaussianBelief Predicted { get; } = new(n);

    /// <summary>Predicts.</summary>
    /// <returns>False if the model has no result.</returns>
    public bool Predict(TransitionModel model, double from, double to, ReadOnlySpan<double> input, GaussianBelief belief)
    {
        _noiseCount = model.NoiseCount;
        int columns = (2 * n) + _noiseCount;
        if (_array.Length < n * columns)
        {
            _noise = new double[n * _noiseCount];
            _array = new double[n * columns];
        }

        if (!model.Linearize(from, to, belief.Mean, input, Predicted.MutableMean, _jacobian, _noise))
        {
            return false;
        }

        columns = n + _noiseCount;
        Dense.MultiplyLower(_jacobian, belief.Factor, _array, n, n, columns);
        for (int i = 0; i < n; i++)
        {
            _noise.AsSpan(i * _noiseCount, _noiseCount).CopyTo(_array.AsSpan((i * columns) + n));
        }

        LowerTriangularization.Apply(_array, n, columns);
        LowerTriangularization.CopyTriangle(_array, columns, 0, Predicted.MutableFactor, n);
        return Predicted.IsFinite;
    }

    /// <summary>Goes back.</summary>
    /// <param name="belief">The belief that was predicted.</param>
    /// <param name="target">What its prediction turned out to be.</param>
    /// <param name="geometry">How states are subtracted and corrected.</param>
    /// <param name="result">Receives the smoothed belief.</param>
    public void Smooth(GaussianBelief belief, GaussianBelief target, StateGeometry geometry, GaussianBelief result)
    {
        // K = L (F L)' C^-1, row by row through the factor of C.
        int columns = (2 * n) + _noiseCount;
        Dense.MultiplyLower(_jacobian, belief.Factor, _product, n, n, n);
        Dense.MultiplyTransposed(belief.Factor, _product, _gain, n, n, n);
        LowerTriangular.SolveRows(Predicted.Factor, _gain, n);
        LowerTriangular.SolveTransposedRows(Predicted.Factor, _gain, n);

        geometry.Subtract(target.Mean, Predicted.Mean, _difference);
        Dense.MultiplyVector(_gain, _difference, _shift);
        belief.Mean.CopyTo(result.MutableMean);
        geometry.Add(result.MutableMean, _shift);

        Span<double> array = _array.AsSpan(0, n * columns);
        for (int i = 0; i < n; i++)
        {
            ReadOnlySpan<double> gain = _gain.AsSpan(i * n, n);
            Span<double> row = array.Slice(i * columns, columns);
            row.Clear();
            belief.Factor.Slice(i * n, n).CopyTo(row);
            for (int k = 0; k < n; k++)
            {
                Dense.Axpy(-gain[k], _product.AsSpan(k * n, n), row[..n]);
                Dense.Axpy(gain[k], _noise.AsSpan(k * _noiseCount, _noiseCount), row.Slice(n, _noiseCount));
                Dense.Axpy(gain[k], target.Factor.Slice(k * n, n), row[(n + _noiseCount)..]);
            }
        }

        LowerTriangularization.Apply(array, n, columns);
        LowerTriangularization.CopyTriangle(array, columns, 0, result.MutableFactor, n);
    }
}
