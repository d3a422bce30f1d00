namespace HybridControl.Neural.Autodiff.Operations;

/// <summary>Lower factor of the symmetric part of a matrix.</summary>
internal sealed class CholeskyFactor : Operation
{
    public static readonly CholeskyFactor Instance = new();

    public override string Name => "Cholesky";

    public override void Forward(in OperationFrame frame)
    {
        int failed = BatchTriangle.Factor(frame.Input(0), frame.Value, frame.Shape.Rows, frame.Shape.Batch);
        if (failed >= 0)
        {
            frame.Fail(failed);
        }
    }

    public override void Backward(in OperationFrame frame)
    {
        Span<double> x = frame.Scratch(frame.Shape.Length);
        BatchTriangle.FactorAdjoint(frame.Value, frame.Adjoint, x, frame.Shape.Rows, frame.Shape.Batch);
        BatchLoops.Add(frame.InputAdjoint(0), x);
    }
}
