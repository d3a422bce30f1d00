namespace HybridControl.Neural.Tensors;

/// <summary>A matrix in a buffer: rows of equal length at a fixed distance. What every operation of a back-end reads and writes.</summary>
/// <remarks>A tensor of more axes is a view whose rows or columns stand for several of them; the operation says which. Costs nothing to make.</remarks>
/// <param name="Buffer">Where the numbers are.</param>
/// <param name="Offset">Number at which the first row begins.</param>
/// <param name="Rows">Rows.</param>
/// <param name="Columns">Numbers of a row.</param>
/// <param name="Stride">Numbers from the start of a row to that of the next.</param>
public readonly record struct TensorView(TensorBuffer Buffer, long Offset, int Rows, int Columns, int Stride)
{
    /// <summary>Whether this is a view of nothing: what stands for an operand that is left out.</summary>
    public bool IsEmpty => Buffer is null;

    /// <summary>Whether the rows follow each other without a gap.</summary>
    public bool IsDense => Stride == Columns || Rows <= 1;

    /// <summary>Numbers that are seen.</summary>
    public long Count => (long)Rows * Columns;

    /// <summary>Some of the rows.</summary>
    /// <exception cref="ArgumentOutOfRangeException">They are not all here.</exception>
    public TensorView RowsAt(int first, int count)
    {
        CheckRange(first, count, Rows);
        return this with { Offset = Offset + ((long)first * Stride), Rows = count };
    }

    /// <summary>Some of the columns, as a view with gaps between the rows.</summary>
    /// <exception cref="ArgumentOutOfRangeException">They are not all here.</exception>
    public TensorView ColumnsAt(int first, int count)
    {
        CheckRange(first, count, Columns);
        return this with { Offset = Offset + first, Columns = count };
    }

    /// <summary>The same numbers in rows of another length.</summary>
    /// <exception cref="ArgumentException">There are gaps between the rows, or the number of entries differs.</exception>
    public TensorView Reshaped(int rows, int columns) => IsDense && (long)rows * columns == Count
        ? this with { Rows = rows, Columns = columns, Stride = columns }
        : throw new ArgumentException($"A view of {Rows} x {Columns} with stride {Stride} cannot be seen as {rows} x {columns}.", nameof(rows));

    private static void CheckRange(int first, int count, int all)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)first + count, all, nameof(count));
    }
}
