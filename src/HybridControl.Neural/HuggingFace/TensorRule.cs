using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.HuggingFace;

/// <summary>Where a parameter of a stack is found in a checkpoint.</summary>
/// <remarks>
/// A tensor of several axes is seen as a matrix whose rows are its first axis and whose columns are the rest, unless <see cref="Columns"/>
/// says otherwise; of that matrix some rows may be taken, put in another order, and multiplied by factors that the configuration gives.
/// Rows of other tensors may stand below.
/// </remarks>
/// <param name="Tensor">Its name in the checkpoint.</param>
public sealed record TensorRule(string Tensor)
{
    /// <summary>Columns of the matrix that the tensor is seen as: the product of its last axes; 0 for all axes but the first.</summary>
    public int Columns { get; init; }

    /// <summary>Whether rows and columns change places, before rows are taken.</summary>
    public bool Transposed { get; init; }

    /// <summary>First row that is taken.</summary>
    public int FirstRow { get; init; }

    /// <summary>Rows that are taken; 0 for all from the first on.</summary>
    public int RowCount { get; init; }

    /// <summary>Distance of the rows that are taken.</summary>
    public int RowStep { get; init; } = 1;

    /// <summary>Matrices whose rows stand in the tensor in turn, first rows first; they are put one below the other.</summary>
    public int Interleaved { get; init; } = 1;

    /// <summary>Factor of each row that is taken; null for none.</summary>
    public Func<int, double>? RowFactor { get; init; }

    /// <summary>Whether the rows, of one number each, make one row: how something is said of the entries of a vector.</summary>
    public bool AsRow { get; init; }

    /// <summary>Where it is if the checkpoint has no such tensor; null for nowhere.</summary>
    public TensorRule? Otherwise { get; init; }

    /// <summary>What stands below these rows; null for nothing.</summary>
    public TensorRule? Below { get; init; }

    /// <summary>Rows that are taken of a matrix.</summary>
    internal int CountOf(int rows) => RowCount > 0 ? RowCount : Math.Max((rows - FirstRow + RowStep - 1) / RowStep, 0);

    /// <summary>Whether a matrix has the rows that are taken.</summary>
    internal bool Fits(int rows) => CountOf(rows) > 0 && FirstRow + ((long)(CountOf(rows) - 1) * RowStep) < rows;

    /// <summary>Takes from a matrix, already turned, the rows that the rule says.</summary>
    internal IMatrixSource Apply(IMatrixSource whole)
    {
        IMatrixSource source = FirstRow == 0 && RowStep == 1 && CountOf(whole.Rows) == whole.Rows
            ? whole
            : whole.RowsOf(FirstRow, CountOf(whole.Rows), RowStep);
        if (Interleaved > 1)
        {
            int each = source.Rows / Interleaved;
            source = MatrixSources.Stack(source.Name, [.. Enumerable.Range(0, Interleaved).Select(part => source.RowsOf(part, each, Interleaved))]);
        }

        if (RowFactor is not null)
        {
            source = source.ScaledBy(RowFactor);
        }

        return AsRow ? source.Transposed() : source;
    }
}
