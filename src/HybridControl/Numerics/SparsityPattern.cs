namespace HybridControl.Numerics;

/// <summary>Where a square matrix may have entries that are not zero: compressed rows, columns ascending, the diagonal always included.</summary>
/// <remarks>Immutable and thread-safe. Values of such a matrix are an array in the order of <see cref="Columns"/>.</remarks>
public sealed class SparsityPattern
{
    private readonly int[] _rowStarts;
    private readonly int[] _columns;
    private readonly int[] _diagonal;
    private readonly Lazy<SparseOrder?> _order;

    private SparsityPattern(int size, int[] rowStarts, int[] columns)
    {
        Size = size;
        (_rowStarts, _columns) = (rowStarts, columns);
        _diagonal = new int[size];
        _order = new(() => SparseOrder.For(this, (double)size * size * size / 6.0));
        for (int row = 0; row < size; row++)
        {
            ReadOnlySpan<int> entries = RowOf(row);
            _diagonal[row] = rowStarts[row] + entries.BinarySearch(row);
            LowerBandwidth = Math.Max(LowerBandwidth, row - entries[0]);
            UpperBandwidth = Math.Max(UpperBandwidth, entries[^1] - row);
        }
    }

    /// <summary>Rows, and columns.</summary>
    public int Size { get; }

    /// <summary>Entries that may differ from zero.</summary>
    public int Count => _columns.Length;

    /// <summary>Whether every entry may differ from zero.</summary>
    public bool IsDense => (long)Size * Size == Count;

    /// <summary>The farthest that an entry lies below the diagonal.</summary>
    public int LowerBandwidth { get; }

    /// <summary>The farthest that an entry lies above the diagonal.</summary>
    public int UpperBandwidth { get; }

    /// <summary>Number of the first entry of each row, and <see cref="Count"/> at the end.</summary>
    public ReadOnlySpan<int> RowStarts => _rowStarts;

    /// <summary>Column of each entry.</summary>
    public ReadOnlySpan<int> Columns => _columns;

    /// <summary>Number of the entry on the diagonal of each row.</summary>
    public ReadOnlySpan<int> Diagonal => _diagonal;

    /// <summary>An order of pivots for sparse factors, found when it is first asked for; null if none pays.</summary>
    internal SparseOrder? Order => _order.Value;

    /// <summary>A pattern with the given entries and the diagonal; an entry may come more than once.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An entry lies outside the matrix.</exception>
    public static SparsityPattern Of(int size, IEnumerable<(int Row, int Column)> entries)
    {
        ArgumentNullException.ThrowIfNull(entries);
        ArgumentOutOfRangeException.ThrowIfNegative(size);
        List<int>[] rows = Diagonals(size);
        foreach ((int row, int column) in entries)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(row, nameof(entries));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(row, size, nameof(entries));
            ArgumentOutOfRangeException.ThrowIfNegative(column, nameof(entries));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(column, size, nameof(entries));
            rows[row].Add(column);
        }

        return Of(rows);
    }

    /// <summary>A pattern of rows that hold their diagonal: a list of columns for each, in any order, which is sorted.</summary>
    internal static SparsityPattern Of(List<int>[] rows)
    {
        int[] starts = new int[rows.Length + 1];
        var columns = new List<int>();
        for (int row = 0; row < rows.Length; row++)
        {
            rows[row].Sort();
            int last = -1;
            foreach (int column in rows[row])
            {
                if (column != last)
                {
                    columns.Add(last = column);
                }
            }

            starts[row + 1] = columns.Count;
        }

        return new(rows.Length, starts, columns.ToArray());
    }

    /// <summary>The rows of the identity.</summary>
    internal static List<int>[] Diagonals(int size)
    {
        var rows = new List<int>[size];
        for (int row = 0; row < size; row++)
        {
            rows[row] = [row];
        }

        return rows;
    }

    /// <summary>The pattern of a full matrix.</summary>
    public static SparsityPattern Dense(int size) => Banded(size, size, size);

    /// <summary>The pattern of a banded matrix.</summary>
    /// <param name="size">Rows, and columns.</param>
    /// <param name="lower">Diagonals below the main one.</param>
    /// <param name="upper">Diagonals above it.</param>
    public static SparsityPattern Banded(int size, int lower, int upper)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(size);
        ArgumentOutOfRangeException.ThrowIfNegative(lower);
        ArgumentOutOfRangeException.ThrowIfNegative(upper);
        int[] starts = new int[size + 1];
        for (int row = 0; row < size; row++)
        {
            starts[row + 1] = checked(starts[row] + Math.Min(row, lower) + 1 + Math.Min(size - 1 - row, upper));
        }

        int[] columns = new int[starts[size]];
        for (int row = 0; row < size; row++)
        {
            int first = row - Math.Min(row, lower);
            for (int k = starts[row]; k < starts[row + 1]; k++)
            {
                columns[k] = first + k - starts[row];
            }
        }

        return new(size, starts, columns);
    }

    /// <summary>The entries of this pattern and of another one of the same size.</summary>
    public SparsityPattern Union(SparsityPattern other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return IsDense || ReferenceEquals(this, other) ? this : Of(Size, [.. Entries(), .. other.Entries()]);
    }

    /// <summary>Number of an entry, or -1 if it is always zero.</summary>
    public int IndexOf(int row, int column)
    {
        int found = RowOf(row).BinarySearch(column);
        return found < 0 ? -1 : _rowStarts[row] + found;
    }

    /// <summary>Row and column of every entry, in order.</summary>
    public IEnumerable<(int Row, int Column)> Entries()
    {
        for (int row = 0; row < Size; row++)
        {
            for (int k = _rowStarts[row]; k < _rowStarts[row + 1]; k++)
            {
                yield return (row, _columns[k]);
            }
        }
    }

    private ReadOnlySpan<int> RowOf(int row) => _columns.AsSpan(_rowStarts[row], _rowStarts[row + 1] - _rowStarts[row]);
}
