using HybridControl.Neural.Autodiff;

namespace HybridControl.Neural.Layers;

/// <summary>y = W x + b.</summary>
/// <remarks>Parameters <c>name.weight</c> (outputs by inputs) and <c>name.bias</c>, zero until initialised.</remarks>
public sealed class DenseLayer
{
    private readonly ParameterSet _parameters;
    private readonly Parameter _weight;
    private readonly Parameter _bias;

    /// <summary>Adds the parameters of a layer to a set.</summary>
    public DenseLayer(ParameterSet parameters, string name, int inputs, int outputs)
    {
        _parameters = parameters;
        _weight = parameters.Add($"{name}.weight", outputs, inputs);
        _bias = parameters.Add($"{name}.bias", outputs, 1);
    }

    /// <summary>Length of x.</summary>
    public int Inputs => _weight.Columns;

    /// <summary>Length of y.</summary>
    public int Outputs => _weight.Rows;

    /// <summary>W, outputs by inputs.</summary>
    internal ReadOnlySpan<double> Weights => _parameters.ValuesOf(_weight);

    /// <summary>b.</summary>
    internal ReadOnlySpan<double> Biases => _parameters.ValuesOf(_bias);

    /// <summary>Draws weights by <see cref="Initialization.Glorot"/>; biases stay as they are.</summary>
    public void Initialize(ulong seed) => Initialization.Glorot(_parameters, _weight, seed);

    /// <summary>y for a batch of columns on a tape.</summary>
    public Variable Forward(Tape tape, BoundParameters bound, Variable x) =>
        tape.Add(tape.Product(bound[_weight], x), bound[_bias]);

    /// <summary>W times a batch of matrices on a tape: how tangents pass the layer.</summary>
    public Variable ForwardTangent(Tape tape, BoundParameters bound, Variable tangent) => tape.Product(bound[_weight], tangent);

    /// <summary>y for one column.</summary>
    public void Apply(ReadOnlySpan<double> x, Span<double> y)
    {
        ReadOnlySpan<double> w = _parameters.ValuesOf(_weight);
        ReadOnlySpan<double> b = _parameters.ValuesOf(_bias);
        x = x[..Inputs];
        for (int i = 0; i < Outputs; i++)
        {
            y[i] = BatchLoops.Dot(w.Slice(i * Inputs, Inputs), x) + b[i];
        }
    }

    /// <summary>W times one matrix of some columns.</summary>
    /// <param name="tangent">Inputs by columns, row-major.</param>
    /// <param name="columns">Number of columns.</param>
    /// <param name="result">Outputs by columns, row-major; every element is written.</param>
    public void ApplyTangent(ReadOnlySpan<double> tangent, int columns, Span<double> result)
    {
        ReadOnlySpan<double> w = _parameters.ValuesOf(_weight);
        for (int i = 0; i < Outputs; i++)
        {
            Span<double> row = result.Slice(i * columns, columns);
            row.Clear();
            for (int k = 0; k < Inputs; k++)
            {
                BatchLoops.AddScaled(row, w[(i * Inputs) + k], tangent.Slice(k * columns, columns));
            }
        }
    }
}
