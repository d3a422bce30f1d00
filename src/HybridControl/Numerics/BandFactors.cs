using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace HybridControl.Numerics;

/// <summary>Factors of a banded matrix with partial pivoting.</summary>
/// <remarks>
/// Row i holds the columns from i - lower to i + lower + upper: exchanges of rows fill that far. n (lower + 1)
/// (lower + upper + 1) products. G. H. Golub and C. F. Van Loan, Matrix Computations (2013), chapter 4.
/// </remarks>
internal sealed class BandFactors<T> : Factors<T> where T : struct, INumberBase<T>
{
    private readonly SparsityPattern _pattern;
    private readonly int _n;
    private int _lower;
    private int _upper;
    private int _reach; // columns right of the diagonal, with fill
    private int _width;
    private readonly T[] _factors; // reciprocals on the diagonal
    private readonly int[] _pivots;

    public BandFactors(SparsityPattern pattern)
    {
        _pattern = pattern;
        _n = pattern.Size;
        SetBand(pattern.LowerBandwidth, pattern.UpperBandwidth);
        _factors = new T[checked(_n * _width)];
        _pivots = new int[_n];
    }

    /// <summary>Makes room for the band of a full pattern whose entries may turn out to be zero.</summary>
    /// <param name="pattern">The full pattern.</param>
    /// <param name="width">Numbers that are kept for each row.</param>
    public BandFactors(SparsityPattern pattern, int width)
    {
        _pattern = pattern;
        _n = pattern.Size;
        _factors = new T[checked(_n * width)];
        _pivots = new int[_n];
    }

    /// <summary>Takes on the band of the entries that are not zero.</summary>
    /// <returns>False if there is no room for it.</returns>
    public bool Fit(ReadOnlySpan<double> mass, ReadOnlySpan<double> jacobian)
    {
        int most = _factors.Length / _n;
        SetBand(0, 0);
        Widen(jacobian, most);
        if (!mass.IsEmpty)
        {
            Widen(mass, most);
        }

        return _width <= most;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override int Factor(T scale, ReadOnlySpan<double> mass, ReadOnlySpan<double> jacobian)
    {
        Load(scale, mass, jacobian);
        int n = _n;
        int down = _width - 1; // from an entry to the one below it
        ref T diagonal = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_factors), _lower);
        for (int k = 0; k < n; k++)
        {
            int rows = Math.Min(_lower, n - 1 - k);
            int columns = Math.Min(_reach, n - 1 - k);
            int pivot = 0;
            double largest = Field.Size(diagonal);
            for (int i = 1; i <= rows; i++)
            {
                double size = Field.Size(Unsafe.Add(ref diagonal, i * down));
                if (size > largest)
                {
                    (largest, pivot) = (size, i);
                }
            }

            if (!Field.IsPivot(largest))
            {
                return k;
            }

            _pivots[k] = pivot;
            if (pivot != 0)
            {
                ref T other = ref Unsafe.Add(ref diagonal, pivot * down);
                for (int j = 0; j <= columns; j++)
                {
                    (Unsafe.Add(ref diagonal, j), Unsafe.Add(ref other, j)) = (Unsafe.Add(ref other, j), Unsafe.Add(ref diagonal, j));
                }
            }

            T inverse = Field.Reciprocal(diagonal);
            diagonal = inverse;
            for (int i = 1; i <= rows; i++)
            {
                ref T row = ref Unsafe.Add(ref diagonal, i * down);
                T factor = row * inverse;
                row = factor;
                Subtract(factor, ref Unsafe.Add(ref diagonal, 1), ref Unsafe.Add(ref row, 1), columns);
            }

            diagonal = ref Unsafe.Add(ref diagonal, _width);
        }

        return -1;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Solve(Span<T> right)
    {
        int n = _n;
        int down = _width - 1;
        ref T x = ref MemoryMarshal.GetReference(right[..n]);
        ref T diagonal = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_factors), _lower);
        for (int k = 0; k < n; k++)
        {
            int rows = Math.Min(_lower, n - 1 - k);
            int pivot = _pivots[k];
            T value = Unsafe.Add(ref x, pivot);
            Unsafe.Add(ref x, pivot) = x;
            x = value;
            for (int i = 1; i <= rows; i++)
            {
                Unsafe.Add(ref x, i) = Field.SubtractProduct(Unsafe.Add(ref x, i), Unsafe.Add(ref diagonal, i * down), value);
            }

            x = ref Unsafe.Add(ref x, 1);
            diagonal = ref Unsafe.Add(ref diagonal, _width);
        }

        for (int k = n - 1; k >= 0; k--)
        {
            x = ref Unsafe.Subtract(ref x, 1);
            diagonal = ref Unsafe.Subtract(ref diagonal, _width);
            int columns = Math.Min(_reach, n - 1 - k);
            T sum = x;
            for (int j = columns; j >= 1; j--) // the newest last: it is waited for
            {
                sum = Field.SubtractProduct(sum, Unsafe.Add(ref diagonal, j), Unsafe.Add(ref x, j));
            }

            x = sum * diagonal;
        }
    }

    // Looks only outside the band so far: a full matrix is told from its first row.
    private void Widen(ReadOnlySpan<double> values, int most)
    {
        for (int row = 0; row < _n && _width <= most; row++)
        {
            ReadOnlySpan<double> entries = values.Slice(row * _n, _n);
            int left = Math.Max(0, row - _lower);
            int right = Math.Min(_n, row + _upper + 1);
            int first = ZeroRuns.First(entries[..left]);
            int last = ZeroRuns.Last(entries[right..]);
            SetBand(first < 0 ? _lower : row - first, last < 0 ? _upper : right + last - row);
        }
    }

    private void SetBand(int lower, int upper)
    {
        (_lower, _upper, _reach) = (lower, upper, lower + upper);
        _width = _lower + 1 + _reach;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Subtract(T factor, ref T from, ref T to, int count)
    {
        if (typeof(T) == typeof(double) && count >= 16)
        {
            Dense.Axpy(
                -Unsafe.BitCast<T, double>(factor),
                MemoryMarshal.CreateReadOnlySpan(ref Unsafe.As<T, double>(ref from), count),
                MemoryMarshal.CreateSpan(ref Unsafe.As<T, double>(ref to), count));
            return;
        }

        for (int j = 0; j < count; j++)
        {
            Unsafe.Add(ref to, j) = Field.SubtractProduct(Unsafe.Add(ref to, j), factor, Unsafe.Add(ref from, j));
        }
    }

    private void Load(T scale, ReadOnlySpan<double> mass, ReadOnlySpan<double> jacobian)
    {
        Array.Clear(_factors, 0, _n * _width);
        ReadOnlySpan<int> starts = _pattern.RowStarts;
        ReadOnlySpan<int> columns = _pattern.Columns;
        bool dense = _pattern.IsDense;
        for (int row = 0; row < _n; row++)
        {
            Span<T> place = _factors.AsSpan(row * _width, _width);
            int first = dense ? (row * _n) + Math.Max(0, row - _lower) : starts[row];
            int last = dense ? (row * _n) + Math.Min(_n, row + _upper + 1) : starts[row + 1];
            for (int k = first; k < last; k++)
            {
                place[columns[k] - row + _lower] = mass.IsEmpty
                    ? Field.Lift<T>(-jacobian[k])
                    : Field.Scale(scale, mass[k]) - Field.Lift<T>(jacobian[k]);
            }

            if (mass.IsEmpty)
            {
                place[_lower] += scale;
            }
        }
    }
}
