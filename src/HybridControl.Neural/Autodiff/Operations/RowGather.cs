namespace HybridControl.Neural.Autodiff.Operations;

/// <summary>Row k of sample b is the row of a shared table that index (k, b) names.</summary>
internal sealed class RowGather : Operation
{
    public static readonly RowGather Instance = new();

    public override string Name => "Embed";

    public override void Forward(in OperationFrame frame)
    {
        (int batch, _, int columns) = frame.Shape;
        ReadOnlySpan<double> table = frame.Input(0);
        ReadOnlySpan<int> indices = frame.Settings.Indices.Span;
        Span<double> value = frame.Value;
        for (int k = 0; k < indices.Length; k++)
        {
            ReadOnlySpan<double> row = table.Slice(indices[k] * columns, columns);
            int at = (k / batch * columns * batch) + (k % batch);
            foreach (double entry in row)
            {
                value[at] = entry;
                at += batch;
            }
        }
    }

    public override void Backward(in OperationFrame frame)
    {
        (int batch, _, int columns) = frame.Shape;
        Span<double> table = frame.InputAdjoint(0);
        ReadOnlySpan<int> indices = frame.Settings.Indices.Span;
        ReadOnlySpan<double> adjoint = frame.Adjoint;
        for (int k = 0; k < indices.Length; k++)
        {
            int at = (k / batch * columns * batch) + (k % batch);
            foreach (ref double entry in table.Slice(indices[k] * columns, columns))
            {
                entry += adjoint[at];
                at += batch;
            }
        }
    }
}
