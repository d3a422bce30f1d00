namespace HybridControl.Neural.Autodiff.Operations;

/// <summary>How an operand whose batch, rows or columns are 1 is read as if it were repeated.</summary>
internal readonly struct Broadcasting
{
    private readonly int _rowStep;
    private readonly int _columnStep;

    public Broadcasting(Shape operand)
    {
        _rowStep = operand.Rows == 1 ? 0 : operand.Columns * operand.Batch;
        _columnStep = operand.Columns == 1 ? 0 : operand.Batch;
        SampleStep = operand.Batch == 1 ? 0 : 1;
    }

    /// <summary>From one sample to the next.</summary>
    public int SampleStep { get; }

    /// <summary>Where the samples of element (i, j) begin.</summary>
    public int At(int i, int j) => (i * _rowStep) + (j * _columnStep);

    /// <summary>The shape of two operands together, each extent equal or 1 in one of them.</summary>
    /// <exception cref="ArgumentException">An extent differs and is 1 in neither.</exception>
    public static Shape Common(string operation, Shape a, Shape b) => new(
        Extent(operation, a, b, a.Batch, b.Batch),
        Extent(operation, a, b, a.Rows, b.Rows),
        Extent(operation, a, b, a.Columns, b.Columns));

    private static int Extent(string operation, Shape a, Shape b, int first, int second) =>
        first == second || second == 1 ? first
        : first == 1 ? second
        : throw new ArgumentException($"{operation}: {a} and {b} do not go together; each extent must be equal or 1.");
}
