using HybridControl.Numerics;

namespace HybridControl.Estimation;

/// <summary>The update of <see cref="ArrayUpdate"/> where neither the innovation covariance nor the information is extreme.</summary>
/// <remarks>
/// With M = H L: S = M M' + R = W'W and V' = W'^-1 M; then P+ = L (I - V V') L' = (L B)(L B)' with B B' = I - V V', both
/// factors by rows. I - V V' has no more condition than the measurement gives it, whatever that of P is: none that matters if R
/// is at least <see cref="GramTriangle.Trust"/> of the diagonal of S, in the order of matrices, since S is at most k times its
/// diagonal, and the eigenvalues of I - V V' are at least those of S^-1 R; else it declines. About n^3/3 + n^2 k + n k^2 multiplications.
/// A. Andrews, AIAA J. 6 (1968), 1165-1166, for the form. Work space of one filter.
/// </remarks>
internal sealed class GramUpdate
{
    private readonly int _n;
    private readonly WorkMatrix _rest;
    private readonly WorkMatrix _shrink;
    private readonly double[] _correction;
    private readonly SquareMemory _noise = new();
    private WorkMatrix _seen;
    private WorkMatrix _array;
    private int _k = -1;

    /// <summary>Makes room for n states; the room for measurements grows when it must.</summary>
    public GramUpdate(int n)
    {
        _n = n;
        _rest = new WorkMatrix(n, n);
        _shrink = new WorkMatrix(n, n);
        _correction = new double[_rest.Width + n];
    }

    /// <summary>Updates a belief with a linear measurement, or declines.</summary>
    /// <inheritdoc cref="ArrayUpdate.Apply"/>
    /// <returns>False if digits would be lost; innovation and posterior may then hold anything.</returns>
    public bool TryApply(
        GaussianBelief prior, ReadOnlySpan<double> h, ReadOnlySpan<double> noise, int noiseColumns, Innovation innovation,
        StateGeometry geometry, GaussianBelief posterior)
    {
        // M = H L goes where the array has it; S needs it transposed too.
        int n = _n;
        int k = innovation.Count;
        Shape(k);
        Span<double> right = _array.Span[_seen.Width..];
        BlockProduct.Apply(h, n, 1, prior.Factor, n, right, _array.Width, k, n, n, zeros: Zeros.RightAbove);
        BlockTranspose.Apply(right, _array.Width, _seen.Span, _seen.Width, k, n);
        return TryComplete(prior, _seen, n, noise, noiseColumns, innovation, geometry, posterior);
    }

    /// <summary>Updates a belief with the deviations of its sigma points, or declines.</summary>
    /// <param name="prior">The belief before.</param>
    /// <param name="deviations">[M, B]' with S = M M' + B B' + R and cov(x, z) = L M'; terms by k.</param>
    /// <param name="terms">Rows of <paramref name="deviations"/>, at least n.</param>
    /// <param name="noise">A, k by <paramref name="noiseColumns"/>, with R = A A'.</param>
    /// <param name="noiseColumns">Columns of A.</param>
    /// <param name="innovation">Holds nu; receives the factor of S and everything that follows from it.</param>
    /// <param name="geometry">How a state is corrected.</param>
    /// <param name="posterior">Receives the belief after.</param>
    /// <returns>False if digits would be lost; innovation and posterior may then hold anything.</returns>
    public bool TryApply(
        GaussianBelief prior, WorkMatrix deviations, int terms, ReadOnlySpan<double> noise, int noiseColumns, Innovation innovation,
        StateGeometry geometry, GaussianBelief posterior)
    {
        Shape(innovation.Count);
        BlockTranspose.Apply(deviations.Span, deviations.Width, _array.Span[deviations.Width..], _array.Width, _n, innovation.Count);
        return TryComplete(prior, deviations, terms, noise, noiseColumns, innovation, geometry, posterior);
    }

    private bool TryComplete(
        GaussianBelief prior, WorkMatrix deviations, int terms, ReadOnlySpan<double> noise, int noiseColumns, Innovation innovation,
        StateGeometry geometry, GaussianBelief posterior)
    {
        int n = _n;
        int k = innovation.Count;
        int width = deviations.Width;

        // [S, M, nu] becomes [W, V', W'^-1 nu], each part as wide as its packs.
        int columns = _array.Width;
        Span<double> array = _array.Span;
        Span<double> right = array[width..];
        ReadOnlySpan<double> noiseSquare = _noise.Of(noise, k, noiseColumns).Span;
        int last = width + _rest.Width;
        for (int i = 0; i < k; i++)
        {
            noiseSquare.Slice(i * width, width).CopyTo(array[(i * columns)..]);
            array[(i * columns) + last] = innovation.Value[i];
        }

        BlockProduct.Apply(
            deviations.Span, 1, width, deviations.Span, width, array, columns, k, terms, width, Accumulation.Add, Zeros.ResultBelow);
        ReadOnlySpan<double> floors = _noise.Floors;
        for (int i = 0; i < k; i++)
        {
            if (!(floors[i] >= GramTriangle.Trust * array[i * (columns + 1)]))
            {
                return false;
            }
        }

        if (!UpperCholesky.TryFactor(array, columns, k, columns, 0.0))
        {
            return false;
        }

        int square = _rest.Width;
        _rest.Span.Clear();
        for (int i = 0; i < n; i++)
        {
            _rest.Span[i * (square + 1)] = 1.0;
        }

        BlockProduct.Apply(right, 1, columns, right, columns, _rest.Span, square, n, k, square, Accumulation.Subtract, Zeros.ResultBelow);
        if (!UpperCholesky.TryFactor(_rest.Span, square, n, square, 0.0))
        {
            return false;
        }

        BlockTranspose.Upper(_rest.Span, square, _shrink.Span, square, n);
        BlockProduct.Apply(prior.Factor, n, 1, _shrink.Span, square, posterior.MutableFactor, n, n, n, n, zeros: Zeros.Lower);

        // x + K nu = x + L V (W'^-1 nu)
        Span<double> seen = _correction.AsSpan(0, square);
        Span<double> correction = _correction.AsSpan(square, n);
        BlockProduct.Apply(array[last..], 0, columns, right, columns, seen, square, 1, k, square);
        Dense.MultiplyVector(prior.Factor, seen[..n], correction);
        prior.Mean.CopyTo(posterior.MutableMean);
        geometry.Add(posterior.MutableMean, correction);
        innovation.MutableFactor.Clear();
        BlockTranspose.Upper(array, columns, innovation.MutableFactor, k, k);
        innovation.WeighWhitened(array[last..], columns);
        return true;
    }

    private void Shape(int k)
    {
        if (k != _k)
        {
            _k = k;
            _seen = _seen.Reshape(_n, k);
            _array = _array.Reshape(k, _seen.Width + _rest.Width + 1);
        }
    }
}
