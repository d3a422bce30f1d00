namespace HybridControl.Neural.Autodiff.Operations;

/// <summary>Mean over all entries of all samples of (a - b)^2: one number.</summary>
internal sealed class SquaredError : Operation
{
    public static readonly SquaredError Instance = new();

    public override string Name => "MeanSquaredError";

    public override void Forward(in OperationFrame frame)
    {
        ReadOnlySpan<double> a = frame.Input(0);
        Span<double> rest = frame.Scratch(a.Length);
        a.CopyTo(rest);
        BatchLoops.AddScaled(rest, -1.0, frame.Input(1));
        frame.Value[0] = BatchLoops.Dot(rest, rest) / a.Length;
    }

    public override void Backward(in OperationFrame frame)
    {
        double factor = 2.0 * frame.Adjoint[0] / frame.Input(0).Length;
        for (int input = 0; input < 2; input++)
        {
            if (frame.Wants(input))
            {
                BatchLoops.AddScaled(frame.InputAdjoint(input), factor, frame.Input(input));
                BatchLoops.AddScaled(frame.InputAdjoint(input), -factor, frame.Input(1 - input));
            }
        }
    }
}
