using HybridControl.Numerics;

namespace HybridControl.Estimation;

/// <summary>The update of <see cref="ArrayUpdate"/> by the difference P+ = P - P H' S^-1 H P, where that loses no digits.</summary>
/// <remarks>
/// With S = W'W = H P H' + R and V' = W'^-1 H P: P+ = P - V V'. Since P+ = L (I - U U') L' for P = L L', and the least
/// eigenvalue of I - U U' is one over the largest of R^-1 S, no pivot of P+ is below that share of what it was in P. No
/// eigenvalue of R^-1 S is below one, so that none is above trace(R^-1 S) - k + 1. Where these bounds do not vouch for the digits
/// (<see cref="CovarianceForm"/>), it declines. About n^2 k + 3/2 n k^2 multiplications. Work space of one filter.
/// </remarks>
internal sealed class CovarianceUpdate
{
    private readonly int _n;
    private readonly int _width;
    private readonly double[] _correction;
    private readonly SquareMemory _noise = new();
    private WorkMatrix _square;
    private WorkMatrix _transposed;
    private WorkMatrix _array;
    private WorkMatrix _weights;
    private double[] _sizes = [];
    private bool _hasWeights;
    private bool _isSmall;
    private int _version;
    private int _changes;
    private int _k = -1;

    /// <summary>Makes room for n states; the room for measurements grows when it must.</summary>
    public CovarianceUpdate(int n)
    {
        _n = n;
        _width = WorkMatrix.WidthOf(n);
        _correction = new double[_width];
    }

    /// <summary>Updates a belief with a linear measurement, or declines.</summary>
    /// <inheritdoc cref="ArrayUpdate.Apply"/>
    /// <returns>False if digits would be lost; innovation and posterior may then hold anything.</returns>
    public bool TryApply(
        GaussianBelief prior, ReadOnlySpan<double> h, ReadOnlySpan<double> noise, int noiseColumns, Innovation innovation,
        StateGeometry geometry, GaussianBelief posterior, int version)
    {
        if (prior.Form is not { } form || !TrySee(form, h, noise, noiseColumns, innovation, version))
        {
            return false;
        }

        // [S, H P, nu] becomes [W, V', W'^-1 nu].
        (int n, int k, int columns) = (_n, innovation.Count, _array.Width);
        Span<double> array = _array.Span;
        double share = Share();
        if (!TryVouch(prior, form, share) || !UpperCholesky.TryFactor(array, columns, k, columns, GramTriangle.Trust))
        {
            return false;
        }

        for (int i = 0; i < k; i++)
        {
            double root = array[i * (columns + 1)];
            if (!(root * root >= GramTriangle.Trust * _sizes[i]))
            {
                return false;
            }
        }

        // P - V V', and x + K nu = x + V (W'^-1 nu)
        CovarianceForm result = posterior.RoomForForm();
        ReadOnlySpan<double> right = array[_transposed.Width..];
        ReadOnlySpan<double> white = right[_width..];
        if (_isSmall)
        {
            FourByFour.Reduce(form.Matrix, right, columns, k, result.Matrix, _correction);
        }
        else
        {
            form.Matrix.Span.CopyTo(result.Matrix.Span);
            BlockProduct.Apply(right, 1, columns, right, columns, result.Matrix.Span, _width, n, k, _width, Accumulation.Subtract);
            BlockProduct.Apply(white, 0, columns, right, columns, _correction, _width, 1, k, _width);
        }

        Dense.Scale(share, form.Floors, result.Floors);
        posterior.HoldForm();
        Dense.Copy(prior.Mean, posterior.MutableMean);
        geometry.Add(posterior.MutableMean, _correction.AsSpan(0, n));
        innovation.MutableFactor.Clear();
        BlockTranspose.Upper(array, columns, innovation.MutableFactor, k, k);
        innovation.WeighWhitened(white, columns);
        return true;
    }

    // Writes [S, H P, nu]; false if R has no inverse.
    private bool TrySee(
        CovarianceForm prior, ReadOnlySpan<double> h, ReadOnlySpan<double> noise, int noiseColumns, Innovation innovation, int version)
    {
        (int n, int k) = (_n, innovation.Count);
        if (version == 0 || version != _version)
        {
            Prepare(h, noise, noiseColumns, k);
            _version = version;
        }

        if (!_hasWeights)
        {
            return false;
        }

        int columns = _array.Width;
        int width = _square.Width;
        Span<double> array = _array.Span;
        for (int i = 0; i < k; i++)
        {
            array[(i * columns) + width + _width] = innovation.Value[i];
        }

        if (_isSmall)
        {
            FourByFour.Sight(_transposed, prior.Matrix, _square, array, columns, k);
        }
        else
        {
            Span<double> right = array[width..];
            for (int i = 0; i < k; i++)
            {
                _square.Span.Slice(i * width, width).CopyTo(array[(i * columns)..]);
            }

            BlockProduct.Apply(h, n, 1, prior.Matrix.Span, _width, right, columns, k, n, _width);
            BlockProduct.Apply(
                right, columns, 1, _transposed.Span, width, array, columns, k, n, width, Accumulation.Add, Zeros.ResultBelow);
        }

        prior.WriteSizes(_transposed, _square, _sizes, k);
        return true;
    }

    // The share of P that is left at least.
    private double Share()
    {
        int width = _weights.Width;
        double trace = 0.0;
        for (int i = 0; i < _k; i++)
        {
            trace += Dense.Dot(_weights.Span.Slice(i * width, width), _array.Span.Slice(i * _array.Width, width));
        }

        return 1.0 / Math.Max(1.0, trace - _k + 1.0);
    }

    // Where the bounds are not enough, the pivots themselves may be.
    private static bool TryVouch(GaussianBelief prior, CovarianceForm form, double share)
    {
        if (form.IsVouched(share))
        {
            return true;
        }

        form.SetFloors(prior.Factor);
        return form.IsVouched(share);
    }

    private void Prepare(ReadOnlySpan<double> h, ReadOnlySpan<double> noise, int noiseColumns, int k)
    {
        _square = _noise.Of(noise, k, noiseColumns);
        if (k != _k)
        {
            _k = k;
            _changes = -1;
            _transposed = _transposed.Reshape(_n, k);
            _array = _array.Reshape(k, _transposed.Width + _width + 1);
            _weights = _weights.Reshape(k, k);
            _isSmall = _width == FourByFour.Width && _transposed.Width == FourByFour.Width && FourByFour.IsSupported;
            if (_sizes.Length < _transposed.Width)
            {
                _sizes = new double[_transposed.Width];
            }
        }

        if (_changes != _noise.Changes)
        {
            _changes = _noise.Changes;
            Weigh();
        }

        BlockTranspose.Apply(h, _n, _transposed.Span, _transposed.Width, k, _n);
    }

    // Weights w with trace(R^-1 S) = sum of w_ij S_ij over the upper triangle.
    private void Weigh()
    {
        int k = _k;
        int width = _square.Width;
        int columns = _array.Width;
        Span<double> array = _array.Span;
        array.Clear();
        for (int i = 0; i < k; i++)
        {
            _square.Span.Slice(i * width, width).CopyTo(array[(i * columns)..]);
            array[(i * columns) + width + i] = 1.0;
        }

        _hasWeights = UpperCholesky.TryFactor(array, columns, k, width + k, GramTriangle.Trust);
        ReadOnlySpan<double> inverse = array[width..];
        BlockProduct.Apply(inverse, 1, columns, inverse, columns, _weights.Span, width, k, k, k);
        for (int i = 0; i < k; i++)
        {
            Span<double> row = _weights.Span.Slice(i * width, k);
            row[..i].Clear();
            Dense.Scale(2.0, row[(i + 1)..], row[(i + 1)..]);
        }

        array.Clear();
    }
}
