namespace HybridControl.Neural.Autodiff.Operations;

/// <summary>Sum of the entries of each matrix; over the samples too where the value has batch 1.</summary>
internal sealed class Summation : Operation
{
    public static readonly Summation Instance = new();

    public override string Name => "Sum";

    public override void Forward(in OperationFrame frame)
    {
        Span<double> value = frame.Value;
        ReadOnlySpan<double> x = frame.Input(0);
        if (value.Length == 1)
        {
            value[0] = BatchLoops.Sum(x);
            return;
        }

        value.Clear();
        for (int i = 0; i < x.Length; i += value.Length)
        {
            BatchLoops.Add(value, x[i..]);
        }
    }

    public override void Backward(in OperationFrame frame)
    {
        ReadOnlySpan<double> adjoint = frame.Adjoint;
        Span<double> target = frame.InputAdjoint(0);
        if (adjoint.Length == 1)
        {
            foreach (ref double entry in target)
            {
                entry += adjoint[0];
            }

            return;
        }

        for (int i = 0; i < target.Length; i += adjoint.Length)
        {
            BatchLoops.Add(target.Slice(i, adjoint.Length), adjoint);
        }
    }
}
