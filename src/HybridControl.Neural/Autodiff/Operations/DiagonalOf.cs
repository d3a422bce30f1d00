namespace HybridControl.Neural.Autodiff.Operations;

/// <summary>The diagonal of a square matrix as a column.</summary>
internal sealed class DiagonalOf : Operation
{
    public static readonly DiagonalOf Instance = new();

    public override string Name => "DiagonalOf";

    public override void Forward(in OperationFrame frame)
    {
        (int batch, int n, _) = frame.Shape;
        for (int i = 0; i < n; i++)
        {
            frame.Input(0).Slice(((i * n) + i) * batch, batch).CopyTo(frame.Value[(i * batch)..]);
        }
    }

    public override void Backward(in OperationFrame frame)
    {
        (int batch, int n, _) = frame.Shape;
        for (int i = 0; i < n; i++)
        {
            BatchLoops.Add(frame.InputAdjoint(0).Slice(((i * n) + i) * batch, batch), frame.Adjoint.Slice(i * batch, batch));
        }
    }
}
