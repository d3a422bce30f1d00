namespace HybridControl.Neural.Autodiff.Operations;

/// <summary>A row, a column or one sample repeated to a larger shape.</summary>
internal sealed class Repetition : Operation
{
    public static readonly Repetition Instance = new();

    public override string Name => "Broadcast";

    public override void Forward(in OperationFrame frame)
    {
        (int batch, int rows, int columns) = frame.Shape;
        Span<double> value = frame.Value;
        ReadOnlySpan<double> x = frame.Input(0);
        var source = new Broadcasting(frame.InputShape(0));
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++)
            {
                Span<double> entry = value.Slice(((i * columns) + j) * batch, batch);
                if (source.SampleStep == 0)
                {
                    entry.Fill(x[source.At(i, j)]);
                }
                else
                {
                    x.Slice(source.At(i, j), batch).CopyTo(entry);
                }
            }
        }
    }

    public override void Backward(in OperationFrame frame)
    {
        (int batch, int rows, int columns) = frame.Shape;
        ReadOnlySpan<double> adjoint = frame.Adjoint;
        Span<double> target = frame.InputAdjoint(0);
        var source = new Broadcasting(frame.InputShape(0));
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++)
            {
                ReadOnlySpan<double> entry = adjoint.Slice(((i * columns) + j) * batch, batch);
                if (source.SampleStep == 0)
                {
                    target[source.At(i, j)] += BatchLoops.Sum(entry);
                }
                else
                {
                    BatchLoops.Add(target.Slice(source.At(i, j), batch), entry);
                }
            }
        }
    }
}
