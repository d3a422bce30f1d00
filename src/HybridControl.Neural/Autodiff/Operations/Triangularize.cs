using HybridControl.Numerics;

namespace HybridControl.Neural.Autodiff.Operations;

/// <summary>Lower L with L L' = A A' and a diagonal that is not negative, by Householder reflections from the right.</summary>
/// <remarks>
/// A A' is never formed, so that L keeps the digits that squaring would lose. Backward: with S the adjoint that Cholesky's rule
/// gives for L L', the adjoint of A is 2 S A; the rule needs L only, not the orthogonal factor.
/// </remarks>
internal sealed class Triangularize : Operation
{
    public static readonly Triangularize Instance = new();

    public override string Name => "Triangularize";

    public override void Forward(in OperationFrame frame)
    {
        Shape wide = frame.InputShape(0);
        (int batch, int n, int m) = wide;
        ReadOnlySpan<double> a = frame.Input(0);
        Span<double> l = frame.Value;
        Span<double> work = frame.Scratch(wide.Elements);
        for (int sample = 0; sample < batch; sample++)
        {
            for (int i = 0; i < work.Length; i++)
            {
                work[i] = a[(i * batch) + sample];
            }

            LowerTriangularization.Apply(work, n, m);
            bool full = true;
            for (int i = 0; i < n; i++)
            {
                full &= work[(i * m) + i] > 0.0;
            }

            for (int i = 0; i < n; i++)
            {
                for (int j = 0; j < n; j++)
                {
                    l[(((i * n) + j) * batch) + sample] = j <= i && full ? work[(i * m) + j] : full ? 0.0 : double.NaN;
                }
            }

            if (!full)
            {
                frame.Fail(sample);
            }
        }
    }

    public override void Backward(in OperationFrame frame)
    {
        Shape square = frame.Shape;
        Span<double> s = frame.Scratch(square.Length);
        BatchTriangle.FactorAdjoint(frame.Value, frame.Adjoint, s, square.Rows, square.Batch);
        foreach (ref double entry in s)
        {
            entry *= 2.0;
        }

        Span<double> target = frame.InputAdjoint(0);
        Shape wide = frame.InputShape(0);
        BatchProduct.Add(
            target, new BatchMatrix(target, wide), new BatchMatrix(s, square), new BatchMatrix(frame.Input(0), wide));
    }
}
