namespace HybridControl.Neural.Autodiff.Operations;

/// <summary>Matrices below each other, or beside each other where the settings say transposed.</summary>
internal sealed class Concatenation : Operation
{
    public static readonly Concatenation Instance = new();

    public override string Name => "Concatenate";

    public override void Forward(in OperationFrame frame)
    {
        int at = 0;
        for (int input = 0; input < frame.Inputs; input++)
        {
            ReadOnlySpan<double> part = frame.Input(input);
            Shape shape = frame.InputShape(input);
            for (int i = 0; i < shape.Rows; i++)
            {
                Span<double> target = frame.Value.Slice(Start(frame, shape, at, i), shape.Columns * frame.Shape.Batch);
                ReadOnlySpan<double> source = part.Slice(i * shape.Columns * shape.Batch, shape.Columns * shape.Batch);
                if (source.Length == target.Length)
                {
                    source.CopyTo(target);
                    continue;
                }

                for (int j = 0; j < source.Length; j++)
                {
                    target.Slice(j * frame.Shape.Batch, frame.Shape.Batch).Fill(source[j]);
                }
            }

            at += Extent(frame, shape);
        }
    }

    public override void Backward(in OperationFrame frame)
    {
        int at = 0;
        for (int input = 0; input < frame.Inputs; input++)
        {
            Shape shape = frame.InputShape(input);
            if (frame.Wants(input))
            {
                Span<double> part = frame.InputAdjoint(input);
                for (int i = 0; i < shape.Rows; i++)
                {
                    ReadOnlySpan<double> source = frame.Adjoint.Slice(Start(frame, shape, at, i), shape.Columns * frame.Shape.Batch);
                    Span<double> target = part.Slice(i * shape.Columns * shape.Batch, shape.Columns * shape.Batch);
                    if (source.Length == target.Length)
                    {
                        BatchLoops.Add(target, source);
                        continue;
                    }

                    for (int j = 0; j < target.Length; j++)
                    {
                        target[j] += BatchLoops.Sum(source.Slice(j * frame.Shape.Batch, frame.Shape.Batch));
                    }
                }
            }

            at += Extent(frame, shape);
        }
    }

    private static int Extent(in OperationFrame frame, Shape part) => frame.Settings.TransposeFirst ? part.Columns : part.Rows;

    private static int Start(in OperationFrame frame, Shape part, int at, int row) => frame.Settings.TransposeFirst
        ? ((row * frame.Shape.Columns) + at) * frame.Shape.Batch
        : (at + row) * part.Columns * frame.Shape.Batch;
}
