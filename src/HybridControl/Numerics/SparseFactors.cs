using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace HybridControl.Numerics;

/// <summary>Factors of a sparse matrix whose pivots are on the diagonal, in an order that was chosen from the pattern.</summary>
/// <remarks>
/// Row by row: the rows above that a row has entries for are subtracted from a full copy of it. A pivot is good enough if it
/// is not small in its row or not small in its column: in both cases no entry of the rest grows by more than 1 / Threshold
/// times the largest. Where neither holds, there are no factors: the caller takes ones that exchange rows.
/// T. A. Davis, Direct Methods for Sparse Linear Systems (2006), chapter 6.
/// </remarks>
internal sealed class SparseFactors<T> : Factors<T> where T : struct, INumberBase<T>
{
    private const double Threshold = 1e-3;

    private readonly SparsityPattern _pattern;
    private readonly SparseOrder _order;
    private readonly T[] _factors; // reciprocals on the diagonal
    private readonly T[] _row; // the row at work, or the solution
    private readonly double[] _largest; // factor that a column may hold

    public SparseFactors(SparsityPattern pattern, SparseOrder order)
    {
        (_pattern, _order) = (pattern, order);
        _factors = new T[order.Columns.Length];
        _row = new T[pattern.Size];
        _largest = new double[pattern.Size];
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override int Factor(T scale, ReadOnlySpan<double> mass, ReadOnlySpan<double> jacobian)
    {
        int[] starts = _order.RowStarts;
        int[] diagonal = _order.Diagonal;
        ref int columns = ref MemoryMarshal.GetArrayDataReference(_order.Columns);
        ref T factors = ref MemoryMarshal.GetArrayDataReference(_factors);
        ref T row = ref MemoryMarshal.GetArrayDataReference(_row);
        for (int i = 0; i < diagonal.Length; i++)
        {
            int first = starts[i];
            int middle = diagonal[i];
            int end = starts[i + 1];
            Load(i, scale, mass, jacobian);
            for (int p = first; p < middle; p++)
            {
                int k = Unsafe.Add(ref columns, p);
                T factor = Unsafe.Add(ref row, k) * Unsafe.Add(ref factors, diagonal[k]);
                if (!(Field.Size(factor) <= _largest[k]))
                {
                    return _order.Pivots[k];
                }

                Unsafe.Add(ref factors, p) = factor;
                int last = starts[k + 1];
                for (int q = diagonal[k] + 1; q < last; q++)
                {
                    ref T place = ref Unsafe.Add(ref row, Unsafe.Add(ref columns, q));
                    place = Field.SubtractProduct(place, factor, Unsafe.Add(ref factors, q));
                }
            }

            double largest = 0.0;
            for (int p = middle + 1; p < end; p++)
            {
                T value = Unsafe.Add(ref row, Unsafe.Add(ref columns, p));
                Unsafe.Add(ref factors, p) = value;
                largest = Math.Max(largest, Field.Size(value));
            }

            double size = Field.Size(Unsafe.Add(ref row, i));
            if (!Field.IsPivot(size))
            {
                return _order.Pivots[i];
            }

            Unsafe.Add(ref factors, middle) = Field.Reciprocal(Unsafe.Add(ref row, i));
            _largest[i] = size >= Threshold * largest ? double.MaxValue : 1.0 / Threshold;
        }

        return -1;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Solve(Span<T> right)
    {
        int[] starts = _order.RowStarts;
        int[] diagonal = _order.Diagonal;
        int[] pivots = _order.Pivots;
        ref int columns = ref MemoryMarshal.GetArrayDataReference(_order.Columns);
        ref T factors = ref MemoryMarshal.GetArrayDataReference(_factors);
        ref T x = ref MemoryMarshal.GetArrayDataReference(_row);
        for (int i = 0; i < pivots.Length; i++)
        {
            T sum = right[pivots[i]];
            int middle = diagonal[i];
            for (int p = starts[i]; p < middle; p++)
            {
                sum = Field.SubtractProduct(sum, Unsafe.Add(ref factors, p), Unsafe.Add(ref x, Unsafe.Add(ref columns, p)));
            }

            Unsafe.Add(ref x, i) = sum;
        }

        for (int i = pivots.Length - 1; i >= 0; i--)
        {
            T sum = Unsafe.Add(ref x, i);
            int middle = diagonal[i];
            for (int p = starts[i + 1] - 1; p > middle; p--)
            {
                sum = Field.SubtractProduct(sum, Unsafe.Add(ref factors, p), Unsafe.Add(ref x, Unsafe.Add(ref columns, p)));
            }

            sum *= Unsafe.Add(ref factors, middle);
            Unsafe.Add(ref x, i) = sum;
            right[pivots[i]] = sum;
        }
    }

    // Row i in the order of the pivots, with zeros where it will fill.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Load(int i, T scale, ReadOnlySpan<double> mass, ReadOnlySpan<double> jacobian)
    {
        int first = _order.RowStarts[i];
        foreach (int column in _order.Columns.AsSpan(first, _order.RowStarts[i + 1] - first))
        {
            _row[column] = T.Zero;
        }

        int source = _order.Pivots[i];
        int end = _pattern.RowStarts[source + 1];
        for (int k = _pattern.RowStarts[source]; k < end; k++)
        {
            _row[_order.Places[k]] = mass.IsEmpty
                ? Field.Lift<T>(-jacobian[k])
                : Field.Scale(scale, mass[k]) - Field.Lift<T>(jacobian[k]);
        }

        if (mass.IsEmpty)
        {
            _row[i] += scale;
        }
    }
}
