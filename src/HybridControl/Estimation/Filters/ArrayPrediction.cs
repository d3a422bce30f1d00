using HybridControl.Numerics;

namespace HybridControl.Estimation;

/// <summary>Predicts a covariance: P+ = F P F' + G G'.</summary>
/// <remarks>
/// The product itself where the prior is a <see cref="CovarianceForm"/> and the result can be vouched for as one; else
/// F L (F L)' + G G', where <see cref="GramTriangle"/> vouches for it; else [F L, G] is triangularised by reflections. 3/2 n^3
/// multiplications, or 7/6 n^3, or 3 n^3. Work space of one filter. T. Kailath, A. H. Sayed and B. Hassibi, Linear Estimation
/// (2000), chapter 12.
/// </remarks>
internal sealed class ArrayPrediction
{
    private readonly int _n;
    private readonly int _columns;
    private readonly WorkMatrix _jacobian;
    private readonly WorkMatrix _moved;
    private readonly double[] _sizes;
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
        _sizes = new double[_moved.Width];
        _array = new double[n * _columns];
    }

    /// <summary>Predicts a covariance.</summary>
    /// <param name="jacobian">F, n by n.</param>
    /// <param name="noise">G, n by q.</param>
    /// <param name="prior">The belief before.</param>
    /// <param name="result">Receives the covariance after.</param>
    /// <param name="isSame">Whether F and G are those of the last call.</param>
    public void Apply(
        ReadOnlySpan<double> jacobian, ReadOnlySpan<double> noise, GaussianBelief prior, GaussianBelief result, bool isSame = false)
    {
        if (!isSame || !_isSet)
        {
            _isSet = true;
            BlockTranspose.Apply(jacobian, _n, _jacobian.Span, _jacobian.Width, _n, _n);
            _noiseSquare = _noise.Of(noise, _n, _columns - _n);
        }

        if (!(prior.Form is { } form && TryCovariance(jacobian, form, result)) && !TryGram(prior, result))
        {
            Reflect(jacobian, noise, prior.Factor, result.MutableFactor);
        }
    }

    private bool TryCovariance(ReadOnlySpan<double> jacobian, CovarianceForm prior, GaussianBelief result)
    {
        int n = _n;
        int width = _moved.Width;
        CovarianceForm form = result.RoomForForm();
        if (width == FourByFour.Width && FourByFour.IsSupported)
        {
            FourByFour.Congruence(_jacobian, prior.Matrix, _noiseSquare, form.Matrix);
        }
        else
        {
            BlockProduct.Apply(prior.Matrix.Span, width, 1, _jacobian.Span, width, _moved.Span, width, n, n, width);
            _noiseSquare.Span.CopyTo(form.Matrix.Span);
            BlockProduct.Apply(
                jacobian, n, 1, _moved.Span, width, form.Matrix.Span, width, n, n, width, Accumulation.Add, Zeros.ResultBelow);
            BlockTranspose.Mirror(form.Matrix.Span, width, n);
        }

        prior.WriteSizes(_jacobian, _noiseSquare, _sizes, n);
        return TryHold(form, result);
    }

    private bool TryGram(GaussianBelief prior, GaussianBelief result)
    {
        int n = _n;
        int width = _moved.Width;
        BlockProduct.Apply(prior.Factor, 1, n, _jacobian.Span, width, _moved.Span, width, n, n, width, zeros: Zeros.LeftBelow);
        CovarianceForm form = result.RoomForForm();
        _noiseSquare.Span.CopyTo(form.Matrix.Span);
        GramTriangle.Add(_moved, n, form.Matrix, n);
        BlockTranspose.Mirror(form.Matrix.Span, width, n);
        for (int i = 0; i < n; i++)
        {
            _sizes[i] = form.Variance(i);
        }

        return TryHold(form, result);
    }

    // No pivot is below that of Q. Where that is not enough, the pivots themselves may be.
    private bool TryHold(CovarianceForm form, GaussianBelief result)
    {
        ReadOnlySpan<double> sizes = _sizes.AsSpan(0, _n);
        result.HoldForm();
        if (CovarianceForm.Vouch(_noise.Pivots, sizes))
        {
            _noise.Pivots.CopyTo(form.Floors);
            return true;
        }

        form.SetFloors(result.Factor);
        return CovarianceForm.Vouch(form.Floors, sizes);
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
