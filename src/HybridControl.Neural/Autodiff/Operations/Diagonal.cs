namespace HybridControl.Neural.Autodiff.Operations;

/// <summary>A column becomes the diagonal of a square matrix.</summary>
internal sealed class Diagonal : Operation
{
    public static readonly Diagonal Instance = new();

    public override string Name => "Diagonal";

    public override void Forward(in OperationFrame frame)
    {
        (int batch, int n, _) = frame.Shape;
        frame.Value.Clear();
        for (int i = 0; i < n; i++)
        {
            frame.Input(0).Slice(i * batch, batch).CopyTo(frame.Value[(((i * n) + i) * batch)..]);
        }
    }

    public override void Backward(in OperationFrame frame)
    {
        (int batch, int n, _) = frame.Shape;
        for (int i = 0; i < n; i++)
        {
            BatchLoops.Add(frame.InputAdjoint(0).Slice(i * batch, batch), frame.Adjoint.Slice(((i * n) + i) * batch, batch));
        }
    }
}
