using HybridControl.Numerics;

namespace HybridControl.Estimation;

/// <summary>The update of <see cref="ArrayUpdate"/> where neither the innovation covariance nor the information is extreme.</summary>
/// <remarks>
/// With M = H L: S = M M' + R = W'W and V' = W'^-1 M; then P+ = L (I - V V') L' = (L B)(L B)' with B B' = I - V V', both
/// factors by rows. I - V V' has no more condition than the measurement gives it, whatever that of P is; where a pivot of S
/// or of I - V V' falls below <see cref="GramTriangle.Trust"/>, it declines. About n^3/3 + n^2 k + n k^2 multiplications.
/// A. Andrews, AIAA J. 6 (1968), 1165-1166, for the form. Work space of one filter.
/// </remarks>
internal sealed class GramUpdate
{
    private readonly int _n;
    private readonly double[] _rest;
    private readonly double[] _shrink;
    private readonly double[] _correction;
    private readonly SquareMemory _noise = new();
    private double[] _sensor = [];
    private double[] _seen = [];
    private double[] _array = [];

    /// <summary>Makes room for n states; the room for measurements grows when it must.</summary>
    public GramUpdate(int n)
    {
        _n = n;
        _rest = new double[n * n];
        _shrink = new double[n * n];
        _correction = new double[2 * n];
    }

    /// <summary>Updates a belief, or declines.</summary>
    /// <inheritdoc cref="ArrayUpdate.Apply"/>
    /// <returns>False if digits would be lost; innovation and posterior may then hold anything.</returns>
    public bool TryApply(
        GaussianBelief prior, ReadOnlySpan<double> h, ReadOnlySpan<double> noise, int noiseColumns, Innovation innovation,
        StateGeometry geometry, GaussianBelief posterior)
    {
        int n = _n;
        int k = innovation.Count;
        int columns = k + n + 1;
        Reserve(k);
        BlockTranspose.Apply(h, n, _sensor, k, k, n);
        BlockProduct.Apply(prior.Factor, 1, n, _sensor, k, _seen, k, n, n, k, zeros: Zeros.LeftBelow);

        // [S, M, nu] becomes [W, V', W'^-1 nu].
        Span<double> array = _array.AsSpan(0, k * columns);
        ReadOnlySpan<double> noiseSquare = _noise.Of(noise, k, noiseColumns);
        for (int i = 0; i < k; i++)
        {
            noiseSquare.Slice(i * k, k).CopyTo(array[(i * columns)..]);
            array[(i * columns) + columns - 1] = innovation.Value[i];
        }

        BlockProduct.Apply(_seen, 1, k, _seen, k, array, columns, k, n, k, Accumulation.Add, Zeros.ResultBelow);
        BlockTranspose.Apply(_seen, k, array[k..], columns, n, k);
        if (!UpperCholesky.TryFactor(array, columns, k, columns, GramTriangle.Trust))
        {
            return false;
        }

        ReadOnlySpan<double> v = array[k..];
        _rest.AsSpan().Clear();
        for (int i = 0; i < n; i++)
        {
            _rest[i * (n + 1)] = 1.0;
        }

        BlockProduct.Apply(v, 1, columns, v, columns, _rest, n, n, k, n, Accumulation.Subtract, Zeros.ResultBelow);
        if (!UpperCholesky.TryFactor(_rest, n, n, n, 0.0, GramTriangle.Trust))
        {
            return false;
        }

        BlockTranspose.Upper(_rest, n, _shrink, n);
        BlockProduct.Apply(prior.Factor, n, 1, _shrink, n, posterior.MutableFactor, n, n, n, n, zeros: Zeros.Lower);

        // x + K nu = x + L V (W'^-1 nu)
        Span<double> seen = _correction.AsSpan(0, n);
        Span<double> correction = _correction.AsSpan(n, n);
        BlockProduct.Apply(array[(columns - 1)..], 0, columns, v, columns, seen, n, 1, k, n);
        Dense.MultiplyVector(prior.Factor, seen, correction);
        prior.Mean.CopyTo(posterior.MutableMean);
        geometry.Add(posterior.MutableMean, correction);
        innovation.MutableFactor.Clear();
        BlockTranspose.Upper(array, columns, innovation.MutableFactor, k);
        innovation.WeighWhitened(array[(columns - 1)..], columns);
        return true;
    }

    private void Reserve(int k)
    {
        if (_sensor.Length < k * _n)
        {
            _sensor = new double[k * _n];
            _seen = new double[k * _n];
            _array = new double[k * (k + _n + 1)];
        }
    }
}
