using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace HybridControl.Numerics;

/// <summary><see cref="BlockFactors"/> of a complex matrix, its real and imaginary parts in matrices of their own.</summary>
internal sealed class ComplexBlockFactors : ComplexNewtonMatrix
{
    private const int Panel = BlockFactors.Panel;
    private const int Strip = BlockFactors.Strip;

    private readonly SparsityPattern _pattern;
    private readonly int _n;
    private readonly int _stride;
    private readonly double[] _real;
    private readonly double[] _imaginary;
    private readonly Complex[] _inverses;
    private readonly int[] _pivots;
    private readonly BandFactors<Complex>? _band;
    private readonly InterleavedNewtonMatrix? _banded;
    private bool _isBand;
    private readonly double[] _top = new double[2 * Panel];
    private readonly double[] _stripReal = new double[Panel * Strip];
    private readonly double[] _stripImaginary = new double[Panel * Strip];

    public ComplexBlockFactors(SparsityPattern pattern)
        : base(pattern)
    {
        _pattern = pattern;
        _n = pattern.Size;
        _stride = BlockFactors.StrideFor(_n);
        _real = new double[checked(_n * _stride)];
        _imaginary = new double[_n * _stride];
        _inverses = new Complex[_n];
        _pivots = new int[_n];
        _band = BlockFactors.BandFor<Complex>(pattern);
        _banded = _band is null ? null : new(pattern, _band);
    }

    /// <inheritdoc/>
    public override void Solve(Span<double> real, Span<double> imaginary)
    {
        if (_isBand)
        {
            _banded!.Solve(real, imaginary);
            return;
        }

        for (int i = 0; i < _n; i++)
        {
            int pivot = _pivots[i];
            (double re, double im) = (real[pivot], imaginary[pivot]);
            (real[pivot], imaginary[pivot]) = (real[i], imaginary[i]);
            (double a, double b) = RowTimes(i, 0, i, real, imaginary);
            (real[i], imaginary[i]) = (re - a, im - b);
        }

        for (int i = _n - 1; i >= 0; i--)
        {
            (double a, double b) = RowTimes(i, i + 1, _n, real, imaginary);
            (double re, double im) = (real[i] - a, imaginary[i] - b);
            Complex inverse = _inverses[i];
            real[i] = (re * inverse.Real) - (im * inverse.Imaginary);
            imaginary[i] = (re * inverse.Imaginary) + (im * inverse.Real);
        }
    }

    /// <inheritdoc/>
    protected override int FactorFinite(Complex scale, ReadOnlySpan<double> mass, ReadOnlySpan<double> jacobian)
    {
        _isBand = _band is not null && _band.Fit(mass, jacobian);
        if (_isBand)
        {
            return _band!.Factor(scale, mass, jacobian);
        }

        BlockFactors.Load(_pattern, scale.Real, mass, jacobian, _real, _stride);
        LoadImaginary(scale.Imaginary, mass);
        for (int first = 0; first < _n; first += Panel)
        {
            int width = Math.Min(Panel, _n - first);
            int singular = FactorPanel(first, width);
            if (singular >= 0)
            {
                return singular;
            }

            for (int column = first + width; column < _n; column += Strip)
            {
                Update(first, width, column, Math.Min(Strip, _n - column));
            }
        }

        return -1;
    }

    private static void Swap(Span<double> one, Span<double> two)
    {
        for (int j = 0; j < one.Length; j++)
        {
            (one[j], two[j]) = (two[j], one[j]);
        }
    }

    private void LoadImaginary(double scale, ReadOnlySpan<double> mass)
    {
        Array.Clear(_imaginary);
        ReadOnlySpan<int> starts = _pattern.RowStarts;
        ReadOnlySpan<int> columns = _pattern.Columns;
        for (int row = 0; row < _n; row++)
        {
            if (mass.IsEmpty)
            {
                _imaginary[(row * _stride) + row] = scale;
                continue;
            }

            for (int k = starts[row]; k < starts[row + 1]; k++)
            {
                _imaginary[(row * _stride) + columns[k]] = scale * mass[k];
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private (double Real, double Imaginary) RowTimes(int row, int from, int to, ReadOnlySpan<double> real, ReadOnlySpan<double> imaginary)
    {
        ref double re = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_real), row * _stride);
        ref double im = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_imaginary), row * _stride);
        ref double x = ref MemoryMarshal.GetReference(real);
        ref double y = ref MemoryMarshal.GetReference(imaginary);
        Vector512<double> sumReal = Vector512<double>.Zero;
        Vector512<double> sumImaginary = Vector512<double>.Zero;
        int j = from;
        for (; j + 8 <= to; j += 8)
        {
            Vector512<double> a = Vector512.LoadUnsafe(ref re, (nuint)j);
            Vector512<double> b = Vector512.LoadUnsafe(ref im, (nuint)j);
            Vector512<double> c = Vector512.LoadUnsafe(ref x, (nuint)j);
            Vector512<double> d = Vector512.LoadUnsafe(ref y, (nuint)j);
            sumReal = Vector512.FusedMultiplyAdd(-b, d, Vector512.FusedMultiplyAdd(a, c, sumReal));
            sumImaginary = Vector512.FusedMultiplyAdd(b, c, Vector512.FusedMultiplyAdd(a, d, sumImaginary));
        }

        double totalReal = Vector512.Sum(sumReal);
        double totalImaginary = Vector512.Sum(sumImaginary);
        for (; j < to; j++)
        {
            (double a, double b) = (Unsafe.Add(ref re, j), Unsafe.Add(ref im, j));
            (double c, double d) = (Unsafe.Add(ref x, j), Unsafe.Add(ref y, j));
            totalReal += (a * c) - (b * d);
            totalImaginary += (a * d) + (b * c);
        }

        return (totalReal, totalImaginary);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int FactorPanel(int first, int width)
    {
        int n = _n;
        int stride = _stride;
        int packs = (width + 7) / 8;
        ref double re = ref MemoryMarshal.GetArrayDataReference(_real);
        ref double im = ref MemoryMarshal.GetArrayDataReference(_imaginary);
        ref double top = ref MemoryMarshal.GetArrayDataReference(_top);
        int pivot = first;
        double largest = -1.0;
        for (int i = first; i < n; i++)
        {
            double size = Math.Abs(Unsafe.Add(ref re, (i * stride) + first)) + Math.Abs(Unsafe.Add(ref im, (i * stride) + first));
            (largest, pivot) = size > largest ? (size, i) : (largest, pivot);
        }

        for (int k = 0; k < width; k++)
        {
            int row = first + k;
            if (!Field.IsPivot(largest))
            {
                return row;
            }

            _pivots[row] = pivot;
            if (pivot != row)
            {
                Swap(_real.AsSpan(row * stride, n), _real.AsSpan(pivot * stride, n));
                Swap(_imaginary.AsSpan(row * stride, n), _imaginary.AsSpan(pivot * stride, n));
            }

            int start = (row * stride) + first;
            Complex inverse = Field.Reciprocal(new Complex(Unsafe.Add(ref re, start + k), Unsafe.Add(ref im, start + k)));
            _inverses[row] = inverse;
            for (int j = 0; j < Panel; j++)
            {
                bool needed = j > k && j < width;
                Unsafe.Add(ref top, j) = needed ? Unsafe.Add(ref re, start + j) : 0.0;
                Unsafe.Add(ref top, Panel + j) = needed ? Unsafe.Add(ref im, start + j) : 0.0;
            }

            (largest, pivot) = (-1.0, row + 1);
            int from = (k + 1) / 8;
            for (int i = row + 1; i < n; i++)
            {
                ref double x = ref Unsafe.Add(ref re, (i * stride) + first);
                ref double y = ref Unsafe.Add(ref im, (i * stride) + first);
                (double a, double b) = (Unsafe.Add(ref x, k), Unsafe.Add(ref y, k));
                double p = (a * inverse.Real) - (b * inverse.Imaginary);
                double q = (a * inverse.Imaginary) + (b * inverse.Real);
                Unsafe.Add(ref x, k) = p;
                Unsafe.Add(ref y, k) = q;
                Eliminate(ref x, ref y, ref top, p, q, from, packs);
                if (k + 1 < width)
                {
                    double size = Math.Abs(Unsafe.Add(ref x, k + 1)) + Math.Abs(Unsafe.Add(ref y, k + 1));
                    (largest, pivot) = size > largest ? (size, i) : (largest, pivot);
                }
            }
        }

        return -1;
    }

    // A row minus (p + iq) times the top row.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Eliminate(ref double x, ref double y, ref double top, double p, double q, int from, int packs)
    {
        Vector512<double> minusP = Vector512.Create(-p);
        Vector512<double> minusQ = Vector512.Create(-q);
        Vector512<double> plusQ = Vector512.Create(q);
        for (int pack = from; pack < packs; pack++)
        {
            var j = (nuint)(8 * pack);
            Vector512<double> a = Vector512.LoadUnsafe(ref top, j);
            Vector512<double> b = Vector512.LoadUnsafe(ref top, Panel + j);
            Vector512<double> real = Vector512.FusedMultiplyAdd(minusP, a, Vector512.LoadUnsafe(ref x, j));
            Vector512<double> imaginary = Vector512.FusedMultiplyAdd(minusP, b, Vector512.LoadUnsafe(ref y, j));
            Vector512.FusedMultiplyAdd(plusQ, b, real).StoreUnsafe(ref x, j);
            Vector512.FusedMultiplyAdd(minusQ, a, imaginary).StoreUnsafe(ref y, j);
        }
    }

    private void Update(int first, int width, int column, int count)
    {
        Span<double> packedReal = _stripReal;
        Span<double> packedImaginary = _stripImaginary;
        for (int i = 0; i < width; i++)
        {
            int place = ((first + i) * _stride) + column;
            Span<double> re = packedReal.Slice(i * count, count);
            Span<double> im = packedImaginary.Slice(i * count, count);
            _real.AsSpan(place, count).CopyTo(re);
            _imaginary.AsSpan(place, count).CopyTo(im);
            if (i > 0)
            {
                Subtract(((first + i) * _stride) + first, re, im, count, 1, i, count);
                re.CopyTo(_real.AsSpan(place));
                im.CopyTo(_imaginary.AsSpan(place));
            }
        }

        int below = first + width;
        Subtract(
            (below * _stride) + first, _real.AsSpan((below * _stride) + column), _imaginary.AsSpan((below * _stride) + column), _stride,
            _n - below, width, count);
    }

    // (re, im) -= the factors from `place` on, rows by inner, times the packed strip.
    private void Subtract(int place, Span<double> re, Span<double> im, int rowOf, int rows, int inner, int count)
    {
        ReadOnlySpan<double> a = _real.AsSpan(place);
        ReadOnlySpan<double> b = _imaginary.AsSpan(place);
        BlockProduct.Apply(a, _stride, 1, _stripReal, count, re, rowOf, rows, inner, count, Accumulation.Subtract);
        BlockProduct.Apply(b, _stride, 1, _stripImaginary, count, re, rowOf, rows, inner, count, Accumulation.Add);
        BlockProduct.Apply(a, _stride, 1, _stripImaginary, count, im, rowOf, rows, inner, count, Accumulation.Subtract);
        BlockProduct.Apply(b, _stride, 1, _stripReal, count, im, rowOf, rows, inner, count, Accumulation.Subtract);
    }
}
