namespace HybridControl.Neural.Autodiff.Operations;

/// <summary>log det(L L') from the diagonal of L.</summary>
internal sealed class LogDeterminant : Operation
{
    public static readonly LogDeterminant Instance = new();

    public override string Name => "LogDeterminant";

    public override void Forward(in OperationFrame frame)
    {
        int n = frame.InputShape(0).Rows;
        int batch = frame.Shape.Batch;
        ReadOnlySpan<double> l = frame.Input(0);
        Span<double> value = frame.Value;
        value.Clear();
        for (int i = 0; i < n; i++)
        {
            for (int b = 0; b < batch; b++)
            {
                value[b] += 2.0 * Math.Log(Math.Abs(l[(((i * n) + i) * batch) + b]));
            }
        }
    }

    public override void Backward(in OperationFrame frame)
    {
        int n = frame.InputShape(0).Rows;
        int batch = frame.Shape.Batch;
        ReadOnlySpan<double> l = frame.Input(0);
        ReadOnlySpan<double> adjoint = frame.Adjoint;
        Span<double> target = frame.InputAdjoint(0);
        for (int i = 0; i < n; i++)
        {
            for (int b = 0; b < batch; b++)
            {
                int at = (((i * n) + i) * batch) + b;
                target[at] += 2.0 * adjoint[b] / l[at];
            }
        }
    }
}
