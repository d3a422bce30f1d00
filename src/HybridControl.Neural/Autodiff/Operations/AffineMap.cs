namespace HybridControl.Neural.Autodiff.Operations;

/// <summary>x W' + b for every row of x: inputs x, W (outputs by inputs) and, where there is one, b (outputs).</summary>
internal sealed class AffineMap : Operation
{
    public static readonly AffineMap Instance = new();

    public override string Name => "Linear";

    public override void Forward(in OperationFrame frame)
    {
        (int batch, int rows, int columns) = frame.Shape;
        Span<double> value = frame.Value;
        if (frame.Inputs > 2)
        {
            ReadOnlySpan<double> bias = frame.Input(2);
            for (int j = 0; j < columns; j++)
            {
                value.Slice(j * batch, batch).Fill(bias[j]);
            }

            for (int i = 1; i < rows; i++)
            {
                value[..(columns * batch)].CopyTo(value[(i * columns * batch)..]);
            }
        }
        else
        {
            value.Clear();
        }

        BatchProduct.Add(
            value, new BatchMatrix(value, frame.Shape), new BatchMatrix(frame.Input(0), frame.InputShape(0)),
            new BatchMatrix(frame.Input(1), frame.InputShape(1), transpose: true));
    }

    public override void Backward(in OperationFrame frame)
    {
        var adjoint = new BatchMatrix(frame.Adjoint, frame.Shape);
        if (frame.Wants(0))
        {
            Span<double> target = frame.InputAdjoint(0);
            BatchProduct.Add(
                target, new BatchMatrix(target, frame.InputShape(0)), adjoint, new BatchMatrix(frame.Input(1), frame.InputShape(1)));
        }

        if (frame.Wants(1))
        {
            Span<double> target = frame.InputAdjoint(1);
            BatchProduct.Add(
                target, new BatchMatrix(target, frame.InputShape(1)), adjoint.Transposed,
                new BatchMatrix(frame.Input(0), frame.InputShape(0)));
        }

        if (frame.Inputs > 2 && frame.Wants(2))
        {
            AddBias(frame);
        }
    }

    private static void AddBias(in OperationFrame frame)
    {
        (int batch, int rows, int columns) = frame.Shape;
        Span<double> sums = frame.Scratch(columns * batch);
        frame.Adjoint[..sums.Length].CopyTo(sums);
        for (int i = 1; i < rows; i++)
        {
            BatchLoops.Add(sums, frame.Adjoint.Slice(i * sums.Length, sums.Length));
        }

        Span<double> target = frame.InputAdjoint(2);
        for (int j = 0; j < columns; j++)
        {
            target[j] += BatchLoops.Sum(sums.Slice(j * batch, batch));
        }
    }
}
