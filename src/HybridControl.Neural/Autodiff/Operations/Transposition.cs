namespace HybridControl.Neural.Autodiff.Operations;

/// <summary>Rows become columns.</summary>
internal sealed class Transposition : Operation
{
    public static readonly Transposition Instance = new();

    public override string Name => "Transpose";

    public override void Forward(in OperationFrame frame)
    {
        (int batch, int rows, int columns) = frame.Shape;
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++)
            {
                frame.Input(0).Slice(((j * rows) + i) * batch, batch).CopyTo(frame.Value[(((i * columns) + j) * batch)..]);
            }
        }
    }

    public override void Backward(in OperationFrame frame)
    {
        (int batch, int rows, int columns) = frame.Shape;
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++)
            {
                BatchLoops.Add(
                    frame.InputAdjoint(0).Slice(((j * rows) + i) * batch, batch),
                    frame.Adjoint.Slice(((i * columns) + j) * batch, batch));
            }
        }
    }
}
