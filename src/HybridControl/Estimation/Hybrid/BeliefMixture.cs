using HybridControl.Numerics;

namespace HybridControl.Estimation;

/// <summary>The Gaussian with the mean and the covariance of a mixture of Gaussians.</summary>
/// <remarks>
/// m = sum of w_i m_i, and L from triangularising [sqrt(w_i) L_i, sqrt(w_i) (m_i - m)] over all i; or the sum of
/// w_i (P_i + (m_i - m)(m_i - m)') where <see cref="CovarianceForm"/> or <see cref="GramTriangle"/> vouches for its digits, with
/// squares L_i L_i' that are kept for the next mixture of the same beliefs. Means and differences are those of the geometry, so
/// that angles mix the short way around. Work space of one user.
/// </remarks>
internal sealed class BeliefMixture
{
    private readonly int _n;
    private readonly double[] _points;
    private readonly double[] _weights;
    private readonly double[] _work;
    private readonly SquareMemory[] _squares;
    private readonly WorkMatrix _spread;
    private readonly WorkMatrix _gram;
    private readonly double[] _array;

    /// <summary>Makes room for up to <paramref name="capacity"/> beliefs of n states.</summary>
    public BeliefMixture(int n, int capacity)
    {
        _n = n;
        _points = new double[n * capacity];
        _weights = new double[capacity];
        _work = new double[2 * n];
        _squares = [.. Enumerable.Range(0, capacity).Select(_ => new SquareMemory(Zeros.LeftAbove))];
        _spread = new WorkMatrix(capacity, n);
        _gram = new WorkMatrix(n, n);
        _array = new double[n * (n + 1) * capacity];
    }

    /// <summary>Matches the moments of a mixture.</summary>
    /// <param name="weights">Weights that add up to one; beliefs of weight zero are not looked at.</param>
    /// <param name="beliefs">The beliefs.</param>
    /// <param name="geometry">How states are averaged and subtracted.</param>
    /// <param name="result">Receives the match; must not be one of the beliefs.</param>
    public void Match(
        ReadOnlySpan<double> weights, ReadOnlySpan<GaussianBelief> beliefs, StateGeometry geometry, GaussianBelief result)
    {
        int n = _n;
        int count = 0;
        int last = 0;
        for (int i = 0; i < weights.Length; i++)
        {
            if (weights[i] > 0.0)
            {
                Dense.Copy(beliefs[i].Mean, _points.AsSpan(count * n, n));
                _weights[count++] = weights[i];
                last = i;
            }
        }

        if (count == 1)
        {
            result.CopyFrom(beliefs[last]);
            return;
        }

        Span<double> mean = result.MutableMean;
        geometry.Mean(_points.AsSpan(0, count * n), _weights.AsSpan(0, count), mean, _work);
        if (!TryCovariance(weights, beliefs, geometry, result) && !TryGram(weights, beliefs, geometry, result))
        {
            Reflect(weights, beliefs, geometry, count, result);
        }
    }

    private bool TryCovariance(
        ReadOnlySpan<double> weights, ReadOnlySpan<GaussianBelief> beliefs, StateGeometry geometry, GaussianBelief result)
    {
        CovarianceForm target = result.RoomForForm();
        Span<double> difference = _spread.Span[.._spread.Width];
        int k = 0;
        for (int i = 0; i < weights.Length; i++)
        {
            if (weights[i] > 0.0)
            {
                if (beliefs[i].Form is not { } form)
                {
                    return false;
                }

                geometry.Subtract(_points.AsSpan(k * _n, _n), result.Mean, difference[.._n]);
                target.Accumulate(weights[i], form, difference, isFirst: k == 0);
                k++;
            }
        }

        if (!target.IsVouched(1.0))
        {
            return false;
        }

        result.HoldForm();
        return true;
    }

    private bool TryGram(
        ReadOnlySpan<double> weights, ReadOnlySpan<GaussianBelief> beliefs, StateGeometry geometry, GaussianBelief result)
    {
        int n = _n;
        Span<double> gram = _gram.Span;
        int k = 0;
        for (int i = 0; i < weights.Length; i++)
        {
            if (weights[i] > 0.0)
            {
                ReadOnlySpan<double> square = _squares[i].Of(beliefs[i].Factor, n, n).Span;
                if (k == 0)
                {
                    Dense.Scale(weights[i], square, gram);
                }
                else
                {
                    Dense.Axpy(weights[i], square, gram);
                }

                Span<double> difference = _spread.Span.Slice(k * _spread.Width, n);
                geometry.Subtract(_points.AsSpan(k * n, n), result.Mean, difference);
                Dense.Scale(Math.Sqrt(weights[i]), difference, difference);
                k++;
            }
        }

        GramTriangle.Add(_spread, k, _gram, n);
        return GramTriangle.TryFactor(_gram, n, result.MutableFactor);
    }

    private void Reflect(
        ReadOnlySpan<double> weights, ReadOnlySpan<GaussianBelief> beliefs, StateGeometry geometry, int count, GaussianBelief result)
    {
        int n = _n;
        int columns = count * (n + 1);
        Span<double> array = _array.AsSpan(0, n * columns);
        Span<double> difference = _work.AsSpan(0, n);
        int k = 0;
        for (int i = 0; i < weights.Length; i++)
        {
            if (weights[i] > 0.0)
            {
                geometry.Subtract(_points.AsSpan(k * n, n), result.Mean, difference);
                Place(Math.Sqrt(weights[i]), beliefs[i].Factor, difference, array, columns, k);
                k++;
            }
        }

        LowerTriangularization.ApplyScaled(array, n, columns);
        LowerTriangularization.CopyTriangle(array, columns, 0, result.MutableFactor, n);
    }

    private void Place(double root, ReadOnlySpan<double> factor, ReadOnlySpan<double> difference, Span<double> array, int columns, int block)
    {
        int n = _n;
        for (int row = 0; row < n; row++)
        {
            Span<double> target = array.Slice((row * columns) + (block * (n + 1)), n + 1);
            for (int column = 0; column < n; column++)
            {
                target[column] = root * factor[(row * n) + column];
            }

            target[n] = root * difference[row];
        }
    }
}
