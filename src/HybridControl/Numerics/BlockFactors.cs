using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace HybridControl.Numerics;

/// <summary>Dense factors with partial pivoting, some columns at a time: most of the work is a product of matrices.</summary>
/// <remarks>
/// Right-looking, row-major. Rows are exchanged whole, so that a solution is two sweeps of inner products. A panel is
/// updated in whole packs; the columns that are done stand as zeros in the copy of the top row. A full pattern, which is that
/// of a delegate, may turn out to hold a narrow band of numbers: then only the band is factored.
/// J. W. Demmel, Applied Numerical Linear Algebra (1997), section 2.6.
/// </remarks>
internal sealed class BlockFactors : Factors<double>
{
    /// <summary>Columns of a panel.</summary>
    internal const int Panel = 32;

    /// <summary>Columns of the rest that are updated at once.</summary>
    internal const int Strip = 24;

    private readonly SparsityPattern _pattern;
    private readonly int _n;
    private readonly int _stride;
    private readonly double[] _factors;
    private readonly double[] _inverses;
    private readonly int[] _pivots;
    private readonly BandFactors<double>? _band;
    private bool _isBand;
    private readonly double[] _top = new double[Panel];
    private readonly double[] _strip = new double[Panel * Strip];

    public BlockFactors(SparsityPattern pattern)
    {
        _pattern = pattern;
        _n = pattern.Size;
        _stride = StrideFor(_n);
        _factors = new double[checked(_n * _stride)];
        _inverses = new double[_n];
        _pivots = new int[_n];
        _band = BandFor<double>(pattern);
    }

    /// <summary>Room for a narrow band of a full pattern: an eighth of the matrix; null where a band would not pay.</summary>
    internal static BandFactors<T>? BandFor<T>(SparsityPattern pattern) where T : struct, INumberBase<T> =>
        pattern.IsDense && pattern.Size > Panel ? new BandFactors<T>(pattern, pattern.Size / 8) : null;

    /// <summary>Distance between rows: whole packs, and no power of two, which would put all rows in the same place of a cache.</summary>
    internal static int StrideFor(int n)
    {
        int stride = (n + 7) & ~7;
        return n > Panel && stride % 32 == 0 ? stride + 8 : stride;
    }

    /// <inheritdoc/>
    public override int Factor(double scale, ReadOnlySpan<double> mass, ReadOnlySpan<double> jacobian)
    {
        _isBand = _band is not null && _band.Fit(mass, jacobian);
        if (_isBand)
        {
            return _band!.Factor(scale, mass, jacobian);
        }

        Load(_pattern, scale, mass, jacobian, _factors, _stride);
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

    /// <inheritdoc/>
    public override void Solve(Span<double> right)
    {
        if (_isBand)
        {
            _band!.Solve(right);
            return;
        }

        for (int i = 0; i < _n; i++)
        {
            int pivot = _pivots[i];
            double value = right[pivot];
            right[pivot] = right[i];
            right[i] = value - Dense.Dot(_factors.AsSpan(i * _stride, i), right[..i]);
        }

        for (int i = _n - 1; i >= 0; i--)
        {
            double rest = Dense.Dot(_factors.AsSpan((i * _stride) + i + 1, _n - 1 - i), right[(i + 1).._n]);
            right[i] = (right[i] - rest) * _inverses[i];
        }
    }

    /// <summary>Writes scale M - J into a matrix.</summary>
    internal static void Load(
        SparsityPattern pattern, double scale, ReadOnlySpan<double> mass, ReadOnlySpan<double> jacobian, Span<double> matrix, int stride)
    {
        int n = pattern.Size;
        if (!pattern.IsDense)
        {
            matrix.Clear();
        }

        ReadOnlySpan<int> starts = pattern.RowStarts;
        for (int row = 0; row < n; row++)
        {
            Span<double> place = matrix.Slice(row * stride, n);
            ReadOnlySpan<double> entries = jacobian[starts[row]..starts[row + 1]];
            ReadOnlySpan<double> masses = mass.IsEmpty ? default : mass[starts[row]..starts[row + 1]];
            if (entries.Length == n)
            {
                for (int j = 0; j < place.Length; j++)
                {
                    place[j] = masses.IsEmpty ? -entries[j] : (scale * masses[j]) - entries[j];
                }
            }
            else
            {
                ReadOnlySpan<int> columns = pattern.Columns[starts[row]..starts[row + 1]];
                for (int k = 0; k < columns.Length; k++)
                {
                    place[columns[k]] = masses.IsEmpty ? -entries[k] : (scale * masses[k]) - entries[k];
                }
            }

            if (mass.IsEmpty)
            {
                place[row] += scale;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int FactorPanel(int first, int width)
    {
        int n = _n;
        int stride = _stride;
        int packs = (width + 7) / 8;
        ref double a = ref MemoryMarshal.GetArrayDataReference(_factors);
        ref double top = ref MemoryMarshal.GetArrayDataReference(_top);
        int pivot = first;
        double largest = Math.Abs(Unsafe.Add(ref a, (first * stride) + first));
        for (int i = first + 1; i < n; i++)
        {
            double size = Math.Abs(Unsafe.Add(ref a, (i * stride) + first));
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
            Swap(row, pivot);
            double inverse = 1.0 / Unsafe.Add(ref a, (row * stride) + row);
            _inverses[row] = inverse;
            for (int j = 0; j < Panel; j++)
            {
                Unsafe.Add(ref top, j) = j > k && j < width ? Unsafe.Add(ref a, (row * stride) + first + j) : 0.0;
            }

            (largest, pivot) = (-1.0, row + 1);
            int from = (k + 1) / 8;
            for (int i = row + 1; i < n; i++)
            {
                ref double place = ref Unsafe.Add(ref a, (i * stride) + first);
                double factor = Unsafe.Add(ref place, k) * inverse;
                Unsafe.Add(ref place, k) = factor;
                Vector512<double> factors = Vector512.Create(-factor);
                for (int p = from; p < packs; p++)
                {
                    ref double pack = ref Unsafe.Add(ref place, 8 * p);
                    Vector512.FusedMultiplyAdd(factors, Vector512.LoadUnsafe(ref top, (nuint)(8 * p)), Vector512.LoadUnsafe(ref pack))
                        .StoreUnsafe(ref pack);
                }

                if (k + 1 < width)
                {
                    double size = Math.Abs(Unsafe.Add(ref place, k + 1));
                    (largest, pivot) = size > largest ? (size, i) : (largest, pivot);
                }
            }
        }

        return -1;
    }

    private void Swap(int first, int second)
    {
        if (first == second)
        {
            return;
        }

        Span<double> one = _factors.AsSpan(first * _stride, _n);
        Span<double> two = _factors.AsSpan(second * _stride, _n);
        for (int j = 0; j < one.Length; j++)
        {
            (one[j], two[j]) = (two[j], one[j]);
        }
    }

    // The top rows of some columns of the rest, packed and solved, then what is below them.
    private void Update(int first, int width, int column, int count)
    {
        Span<double> packed = _strip;
        for (int i = 0; i < width; i++)
        {
            Span<double> row = packed.Slice(i * count, count);
            Span<double> place = _factors.AsSpan(((first + i) * _stride) + column, count);
            place.CopyTo(row);
            if (i > 0)
            {
                BlockProduct.Apply(
                    _factors.AsSpan(((first + i) * _stride) + first), _stride, 1, packed, count, row, count, 1, i, count,
                    Accumulation.Subtract);
                row.CopyTo(place);
            }
        }

        int below = first + width;
        BlockProduct.Apply(
            _factors.AsSpan((below * _stride) + first), _stride, 1, packed, count, _factors.AsSpan((below * _stride) + column), _stride,
            _n - below, width, count, Accumulation.Subtract);
    }
}
