namespace HybridControl.Neural.Autodiff.Operations;

/// <summary>A rectangle of a matrix that begins at Row and Column of the settings.</summary>
internal sealed class BlockOf : Operation
{
    public static readonly BlockOf Instance = new();

    public override string Name => "Block";

    public override void Forward(in OperationFrame frame)
    {
        (int batch, int rows, int columns) = frame.Shape;
        for (int i = 0; i < rows; i++)
        {
            frame.Input(0).Slice(Start(frame, i), columns * batch).CopyTo(frame.Value[(i * columns * batch)..]);
        }
    }

    public override void Backward(in OperationFrame frame)
    {
        (int batch, int rows, int columns) = frame.Shape;
        for (int i = 0; i < rows; i++)
        {
            BatchLoops.Add(
                frame.InputAdjoint(0).Slice(Start(frame, i), columns * batch),
                frame.Adjoint.Slice(i * columns * batch, columns * batch));
        }
    }

    private static int Start(in OperationFrame frame, int row) =>
        (((frame.Settings.Row + row) * frame.InputShape(0).Columns) + frame.Settings.Column) * frame.Shape.Batch;
}
