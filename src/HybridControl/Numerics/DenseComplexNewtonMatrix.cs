using System.Numerics;

namespace HybridControl.Numerics;

/// <summary>Dense complex factors with partial pivoting, real and imaginary parts apart.</summary>
internal sealed class DenseComplexNewtonMatrix(SparsityPattern pattern) : ComplexNewtonMatrix
{
    private readonly double[] _real = new double[pattern.Size * pattern.Size];
    private readonly double[] _imaginary = new double[pattern.Size * pattern.Size];
    private readonly int[] _pivots = new int[pattern.Size];

    /// <inheritdoc/>
    public override int Size => pattern.Size;

    /// <inheritdoc/>
    public override bool Factor(Complex scale, ReadOnlySpan<double> mass, ReadOnlySpan<double> jacobian)
    {
        DenseStorage.Load(pattern, scale.Real, mass, jacobian, _real);
        _imaginary.AsSpan().Clear();
        DenseStorage.AddMass(pattern, scale.Imaginary, mass, _imaginary);
        int n = Size;
        for (int k = 0; k < n; k++)
        {
            int pivot = k;
            double largest = -1.0;
            for (int i = k; i < n; i++)
            {
                double size = Math.Abs(_real[(i * n) + k]) + Math.Abs(_imaginary[(i * n) + k]);
                (pivot, largest) = size > largest ? (i, size) : (pivot, largest);
            }

            if (!(largest > 0.0 && double.IsFinite(largest)))
            {
                SingularColumn = k;
                return false;
            }

            _pivots[k] = pivot;
            if (pivot != k)
            {
                DenseStorage.Swap(_real.AsSpan(k * n, n), _real.AsSpan(pivot * n, n));
                DenseStorage.Swap(_imaginary.AsSpan(k * n, n), _imaginary.AsSpan(pivot * n, n));
            }

            Eliminate(k);
        }

        SingularColumn = -1;
        return true;
    }

    /// <inheritdoc/>
    public override void Solve(Span<double> real, Span<double> imaginary)
    {
        int n = Size;
        for (int k = 0; k < n; k++)
        {
            (real[k], real[_pivots[k]]) = (real[_pivots[k]], real[k]);
            (imaginary[k], imaginary[_pivots[k]]) = (imaginary[_pivots[k]], imaginary[k]);
        }

        for (int i = 1; i < n; i++)
        {
            SubtractRow(i, 0, i, real, imaginary);
        }

        for (int i = n - 1; i >= 0; i--)
        {
            SubtractRow(i, i + 1, n, real, imaginary);
            var quotient = new Complex(real[i], imaginary[i]) / new Complex(_real[(i * n) + i], _imaginary[(i * n) + i]);
            (real[i], imaginary[i]) = (quotient.Real, quotient.Imaginary);
        }
    }

    private void Eliminate(int k)
    {
        int n = Size;
        var inverse = Complex.Reciprocal(new(_real[(k * n) + k], _imaginary[(k * n) + k]));
        ReadOnlySpan<double> re = _real.AsSpan(k * n, n)[(k + 1)..];
        ReadOnlySpan<double> im = _imaginary.AsSpan(k * n, n)[(k + 1)..];
        for (int i = k + 1; i < n; i++)
        {
            Span<double> rowRe = _real.AsSpan(i * n, n);
            Span<double> rowIm = _imaginary.AsSpan(i * n, n);
            Complex factor = new Complex(rowRe[k], rowIm[k]) * inverse;
            (rowRe[k], rowIm[k]) = (factor.Real, factor.Imaginary);
            if (factor != Complex.Zero)
            {
                Dense.Axpy(-factor.Real, re, rowRe[(k + 1)..]);
                Dense.Axpy(factor.Imaginary, im, rowRe[(k + 1)..]);
                Dense.Axpy(-factor.Real, im, rowIm[(k + 1)..]);
                Dense.Axpy(-factor.Imaginary, re, rowIm[(k + 1)..]);
            }
        }
    }

    private void SubtractRow(int row, int from, int to, Span<double> real, Span<double> imaginary)
    {
        ReadOnlySpan<double> re = _real.AsSpan((row * Size) + from, to - from);
        ReadOnlySpan<double> im = _imaginary.AsSpan((row * Size) + from, to - from);
        ReadOnlySpan<double> x = real[from..to];
        ReadOnlySpan<double> y = imaginary[from..to];
        real[row] -= Dense.Dot(re, x) - Dense.Dot(im, y);
        imaginary[row] -= Dense.Dot(re, y) + Dense.Dot(im, x);
    }
}
