using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.HuggingFace;

/// <summary>Where a parameter of a stack is found in a checkpoint.</summary>
/// <remarks>
/// A tensor of several axes is seen as a matrix whose rows are its first axis and whose columns are the rest, unless <see cref="Columns"/>
/// says otherwise; of that matrix some rows may be taken, and multiplied by factors that the configuration gives.
/// </remarks>
/// <param name="Tensor">Its name in the checkpoint.</param>
public sealed record TensorRule(string Tensor)
{
    /// <summary>Columns of the matrix that the tensor is seen as; 0 for all axes but the first.</summary>
    public int Columns { get; init; }

    /// <summary>Whether rows and columns change places, before rows are taken.</summary>
    public bool Transposed { get; init; }

    /// <summary>First row that is taken.</summary>
    public int FirstRow { get; init; }

    /// <summary>Rows that are taken; 0 for all from the first on.</summary>
    public int RowCount { get; init; }

    /// <summary>Distance of the rows that are taken.</summary>
    public int RowStep { get; init; } = 1;

    /// <summary>Factor of each row that is taken; null for none.</summary>
    public Func<int, double>? RowFactor { get; init; }

    /// <summary>Takes from the whole tensor what the rule says; a tensor with fewer rows comes back as it is.</summary>
    internal IMatrixSource Apply(IMatrixSource whole)
    {
        whole = Transposed ? whole.Transposed() : whole;
        int count = RowCount == 0 ? (whole.Rows - FirstRow + RowStep - 1) / RowStep : RowCount;
        if (count < 0 || FirstRow + ((long)(count - 1) * RowStep) >= whole.Rows)
        {
            return whole;
        }

        IMatrixSource source = FirstRow == 0 && RowStep == 1 && count == whole.Rows ? whole : whole.RowsOf(FirstRow, count, RowStep);
        return RowFactor is null ? source : source.ScaledBy(RowFactor);
    }
}
