using System.Globalization;
using HybridControl.Neural.Autodiff;

namespace HybridControl.Neural.Layers;

/// <summary>Dense layers, each followed by tanh.</summary>
/// <remarks>Parameters <c>name.0.weight</c>, <c>name.0.bias</c>, <c>name.1.weight</c> and so on.</remarks>
public sealed class Mlp
{
    private readonly DenseLayer[] _layers;

    /// <summary>Adds the parameters of the layers to a set.</summary>
    /// <param name="parameters">The set.</param>
    /// <param name="name">What the names begin with.</param>
    /// <param name="inputs">Length of the input.</param>
    /// <param name="widths">Outputs of each layer.</param>
    public Mlp(ParameterSet parameters, string name, int inputs, params ReadOnlySpan<int> widths)
    {
        Inputs = inputs;
        _layers = new DenseLayer[widths.Length];
        for (int i = 0; i < widths.Length; i++)
        {
            _layers[i] = new(parameters, string.Create(CultureInfo.InvariantCulture, $"{name}.{i}"), inputs, widths[i]);
            inputs = widths[i];
        }

        Outputs = inputs;
    }

    /// <summary>Length of the input.</summary>
    public int Inputs { get; }

    /// <summary>Length of the output.</summary>
    public int Outputs { get; }

    internal ReadOnlySpan<DenseLayer> Layers => _layers;

    /// <summary>Draws the weights of every layer.</summary>
    public void Initialize(ulong seed)
    {
        foreach (DenseLayer layer in _layers)
        {
            layer.Initialize(seed);
        }
    }

    /// <summary>The output for a batch of columns on a tape.</summary>
    public Variable Forward(Tape tape, BoundParameters bound, Variable x)
    {
        foreach (DenseLayer layer in _layers)
        {
            x = tape.Tanh(layer.Forward(tape, bound, x));
        }

        return x;
    }

    /// <summary>The output and its derivative along given directions of the input, itself differentiable.</summary>
    /// <param name="tape">The tape.</param>
    /// <param name="bound">Parameters on that tape.</param>
    /// <param name="x">A batch of columns.</param>
    /// <param name="directions">Inputs by columns: the derivative of the input by what is asked for.</param>
    /// <returns>The output, and outputs by columns.</returns>
    public (Variable Output, Variable Tangent) Forward(Tape tape, BoundParameters bound, Variable x, Variable directions)
    {
        foreach (DenseLayer layer in _layers)
        {
            x = tape.Tanh(layer.Forward(tape, bound, x));
            Variable slope = tape.Affine(tape.Square(x), -1.0, 1.0);
            directions = tape.Multiply(layer.ForwardTangent(tape, bound, directions), slope);
        }

        return (x, directions);
    }

    /// <summary>Starts evaluation outside a tape, with buffers of its own.</summary>
    public MlpEvaluator Start() => new(this);
}
