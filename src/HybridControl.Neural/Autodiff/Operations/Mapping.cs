namespace HybridControl.Neural.Autodiff.Operations;

/// <summary>A function of the caller's that brings its own derivative.</summary>
internal sealed class Mapping : Operation
{
    public static readonly Mapping Instance = new();

    public override string Name => "Map";

    public override void Forward(in OperationFrame frame) =>
        frame.Settings.Function!.Evaluate(frame.Shape.Batch, frame.Input(0), frame.Value);

    public override void Backward(in OperationFrame frame) => frame.Settings.Function!.AddAdjoint(
        frame.Shape.Batch, frame.Input(0), frame.Value, frame.Adjoint, frame.InputAdjoint(0));
}
