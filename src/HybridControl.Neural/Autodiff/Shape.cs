namespace HybridControl.Neural.Autodiff;

/// <summary>Extent of a batch of equal matrices on a <see cref="Tape"/>.</summary>
/// <param name="Batch">Number of samples. 1 means shared: the one matrix serves every sample of a larger batch.</param>
/// <param name="Rows">Rows of each matrix.</param>
/// <param name="Columns">Columns of each matrix; 1 for a column vector.</param>
/// <remarks>
/// Element (i, j) of sample b lies at <c>(i * Columns + j) * Batch + b</c>: row-major by element, samples innermost, so that
/// every loop over a batch runs over neighbouring numbers.
/// </remarks>
public readonly record struct Shape(int Batch, int Rows, int Columns)
{
    /// <summary>Entries of one matrix.</summary>
    public int Elements => Rows * Columns;

    /// <summary>Entries of the whole batch.</summary>
    public int Length => Batch * Rows * Columns;

    /// <summary>The shape as <c>batch x rows x columns</c>.</summary>
    public override string ToString() => $"{Batch} x {Rows} x {Columns}";
}
