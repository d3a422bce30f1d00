using HybridControl.Neural.Autodiff;

namespace HybridControl.Neural.Layers.OnTape;

/// <summary>x W' + b: parameters <c>name.weight</c> and, where asked for, <c>name.bias</c>.</summary>
/// <remarks>Both start uniform between plus and minus 1 / sqrt(inputs), as PyTorch's <c>nn.Linear</c> does.</remarks>
internal sealed class LinearOnTape
{
    private readonly Parameter _weight;
    private readonly Parameter? _bias;

    public LinearOnTape(TapeContext context, string name, int outputs, int inputs, bool bias)
    {
        _weight = context.Add($"{name}.weight", outputs, inputs);
        _bias = bias ? context.Add($"{name}.bias", 1, outputs) : null;
    }

    /// <summary>Draws weights and bias.</summary>
    /// <param name="start">Where from.</param>
    /// <param name="output">Whether the map leads back to the residual stream.</param>
    public void Initialize(Start start, bool output = false)
    {
        double limit = 1.0 / Math.Sqrt(_weight.Columns);
        start.Uniform(_weight, output ? limit * start.OutputScale : limit);
        start.Uniform(_bias, limit);
    }

    public Variable Forward(Tape tape, BoundParameters bound, Variable x) =>
        tape.Linear(x, bound[_weight], _bias is null ? null : bound[_bias]);
}
