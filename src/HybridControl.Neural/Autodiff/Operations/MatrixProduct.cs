namespace HybridControl.Neural.Autodiff.Operations;

/// <summary>Products of matrices, either operand transposed if asked.</summary>
internal sealed class MatrixProduct : Operation
{
    public static readonly MatrixProduct Instance = new();

    public override string Name => "Product";

    public override void Forward(in OperationFrame frame)
    {
        Span<double> value = frame.Value;
        value.Clear();
        BatchProduct.Add(
            value,
            new BatchMatrix(value, frame.Shape),
            new BatchMatrix(frame.Input(0), frame.InputShape(0), frame.Settings.TransposeFirst),
            new BatchMatrix(frame.Input(1), frame.InputShape(1), frame.Settings.TransposeSecond));
    }

    public override void Backward(in OperationFrame frame)
    {
        var adjoint = new BatchMatrix(frame.Adjoint, frame.Shape);
        if (frame.Wants(0))
        {
            Span<double> target = frame.InputAdjoint(0);
            BatchProduct.Add(
                target,
                new BatchMatrix(target, frame.InputShape(0), frame.Settings.TransposeFirst),
                adjoint,
                new BatchMatrix(frame.Input(1), frame.InputShape(1), !frame.Settings.TransposeSecond));
        }

        if (frame.Wants(1))
        {
            Span<double> target = frame.InputAdjoint(1);
            BatchProduct.Add(
                target,
                new BatchMatrix(target, frame.InputShape(1), frame.Settings.TransposeSecond),
                new BatchMatrix(frame.Input(0), frame.InputShape(0), !frame.Settings.TransposeFirst),
                adjoint);
        }
    }
}
