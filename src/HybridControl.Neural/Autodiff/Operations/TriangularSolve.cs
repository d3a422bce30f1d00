namespace HybridControl.Neural.Autodiff.Operations;

/// <summary>L^-1 B, or L^-T B where the first operand is transposed.</summary>
internal sealed class TriangularSolve : Operation
{
    public static readonly TriangularSolve Instance = new();

    public override string Name => "Solve";

    public override void Forward(in OperationFrame frame)
    {
        Span<double> value = frame.Value;
        ReadOnlySpan<double> b = frame.Input(1);
        if (b.Length == value.Length)
        {
            b.CopyTo(value);
        }
        else
        {
            for (int i = 0; i < b.Length; i++)
            {
                value.Slice(i * frame.Shape.Batch, frame.Shape.Batch).Fill(b[i]);
            }
        }

        Solve(frame, value, frame.Settings.TransposeFirst);
    }

    // X = L^-1 B: Bbar = L^-T Xbar, Lbar = -tril(Bbar X'). X = L^-T B: Bbar = L^-1 Xbar, Lbar = -tril(X Bbar').
    public override void Backward(in OperationFrame frame)
    {
        bool transposed = frame.Settings.TransposeFirst;
        Span<double> adjointOfB = frame.Scratch(frame.Shape.Length);
        frame.Adjoint.CopyTo(adjointOfB);
        Solve(frame, adjointOfB, !transposed);
        if (frame.Wants(1))
        {
            AddOverSamples(frame.InputAdjoint(1), adjointOfB, frame.Shape.Batch);
        }

        if (frame.Wants(0))
        {
            var x = new BatchMatrix(frame.Value, frame.Shape);
            var b = new BatchMatrix(adjointOfB, frame.Shape);
            SubtractLowerProduct(frame.InputAdjoint(0), frame.InputShape(0), transposed ? x : b, transposed ? b : x);
        }
    }

    private static void Solve(in OperationFrame frame, Span<double> x, bool transposed)
    {
        Shape factor = frame.InputShape(0);
        Shape shape = frame.Shape;
        if (transposed)
        {
            BatchTriangle.SolveTransposed(frame.Input(0), factor.Batch, x, shape.Rows, shape.Columns, shape.Batch);
        }
        else
        {
            BatchTriangle.Solve(frame.Input(0), factor.Batch, x, shape.Rows, shape.Columns, shape.Batch);
        }
    }

    private static void AddOverSamples(Span<double> target, ReadOnlySpan<double> x, int batch)
    {
        if (target.Length == x.Length)
        {
            BatchLoops.Add(target, x);
            return;
        }

        for (int i = 0; i < target.Length; i++)
        {
            target[i] += BatchLoops.Sum(x.Slice(i * batch, batch));
        }
    }

    private static void SubtractLowerProduct(Span<double> target, Shape factor, in BatchMatrix x, in BatchMatrix y)
    {
        for (int i = 0; i < factor.Rows; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                Span<double> entry = target.Slice(((i * factor.Columns) + j) * factor.Batch, factor.Batch);
                for (int k = 0; k < x.Columns; k++)
                {
                    if (factor.Batch == 1)
                    {
                        entry[0] -= BatchLoops.Dot(x.At(i, k), y.At(j, k));
                    }
                    else
                    {
                        BatchLoops.SubtractProduct(entry, x.At(i, k), y.At(j, k));
                    }
                }
            }
        }
    }
}
