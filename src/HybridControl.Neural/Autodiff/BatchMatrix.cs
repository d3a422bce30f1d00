namespace HybridControl.Neural.Autodiff;

/// <summary>One operand of a product: its entries, whether samples share it, and how rows and columns step.</summary>
/// <remarks>Steps count elements of one matrix, so that a transposed operand only swaps them.</remarks>
internal readonly ref struct BatchMatrix
{
    public BatchMatrix(ReadOnlySpan<double> entries, Shape shape, bool transpose = false)
    {
        Entries = entries;
        Batch = shape.Batch;
        Rows = transpose ? shape.Columns : shape.Rows;
        Columns = transpose ? shape.Rows : shape.Columns;
        RowStep = transpose ? 1 : shape.Columns;
        ColumnStep = transpose ? shape.Columns : 1;
    }

    private BatchMatrix(BatchMatrix a)
    {
        Entries = a.Entries;
        Batch = a.Batch;
        Rows = a.Columns;
        Columns = a.Rows;
        RowStep = a.ColumnStep;
        ColumnStep = a.RowStep;
    }

    public ReadOnlySpan<double> Entries { get; }

    public int Batch { get; }

    public int Rows { get; }

    public int Columns { get; }

    public int RowStep { get; }

    public int ColumnStep { get; }

    /// <summary>The same entries read the other way.</summary>
    public BatchMatrix Transposed => new(this);

    /// <summary>Samples of element (i, j); one number where samples share it.</summary>
    public ReadOnlySpan<double> At(int i, int j) => Entries.Slice(((i * RowStep) + (j * ColumnStep)) * Batch, Batch);

    /// <summary>Whether a row lies in one piece.</summary>
    public bool RowsAreWhole => ColumnStep == 1;

    /// <summary>Samples of row i in one piece.</summary>
    public ReadOnlySpan<double> Row(int i) => Entries.Slice(i * RowStep * Batch, Columns * Batch);
}
