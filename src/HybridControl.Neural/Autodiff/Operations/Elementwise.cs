namespace HybridControl.Neural.Autodiff.Operations;

/// <summary>A function of one number applied to every entry.</summary>
internal sealed class Elementwise<TRule> : Operation
    where TRule : IUnaryRule
{
    public static readonly Elementwise<TRule> Instance = new();

    public override string Name => TRule.Name;

    public override void Forward(in OperationFrame frame)
    {
        Span<double> y = frame.Value;
        ReadOnlySpan<double> x = frame.Input(0);
        for (int i = 0; i < y.Length; i++)
        {
            y[i] = TRule.Value(x[i], frame.Settings);
        }
    }

    public override void Backward(in OperationFrame frame)
    {
        ReadOnlySpan<double> y = frame.Value;
        ReadOnlySpan<double> x = frame.Input(0);
        ReadOnlySpan<double> adjoint = frame.Adjoint;
        Span<double> target = frame.InputAdjoint(0);
        for (int i = 0; i < target.Length; i++)
        {
            target[i] += adjoint[i] * TRule.Slope(x[i], y[i], frame.Settings);
        }
    }
}
