namespace HybridControl.Neural.Layers;

/// <summary>Evaluates an <see cref="Mlp"/> for one input at a time. Allocates nothing after start; one thread at a time.</summary>
public sealed class MlpEvaluator
{
    private readonly Mlp _mlp;
    private readonly double[][] _values;
    private double[][] _tangents = [];
    private int _columns;

    internal MlpEvaluator(Mlp mlp)
    {
        _mlp = mlp;
        _values = new double[mlp.Layers.Length][];
        for (int i = 0; i < _values.Length; i++)
        {
            _values[i] = new double[mlp.Layers[i].Outputs];
        }
    }

    /// <summary>The output for an input; valid until the next call.</summary>
    public ReadOnlySpan<double> Evaluate(ReadOnlySpan<double> x)
    {
        for (int i = 0; i < _values.Length; i++)
        {
            _mlp.Layers[i].Apply(x, _values[i]);
            foreach (ref double value in _values[i].AsSpan())
            {
                value = Math.Tanh(value);
            }

            x = _values[i];
        }

        return x;
    }

    /// <summary>The derivative of the last output along directions of the input; valid until the next call.</summary>
    /// <param name="directions">Inputs by columns, row-major.</param>
    /// <param name="columns">Number of directions; the first call with a number allocates.</param>
    /// <returns>Outputs by columns, row-major.</returns>
    public ReadOnlySpan<double> Tangent(ReadOnlySpan<double> directions, int columns)
    {
        if (columns != _columns)
        {
            Resize(columns);
        }

        for (int i = 0; i < _values.Length; i++)
        {
            Span<double> tangent = _tangents[i];
            _mlp.Layers[i].ApplyTangent(directions, columns, tangent);
            for (int k = 0; k < tangent.Length; k++)
            {
                double y = _values[i][k / columns];
                tangent[k] *= 1.0 - (y * y);
            }

            directions = tangent;
        }

        return directions;
    }

    private void Resize(int columns)
    {
        _tangents = [.. _values.Select(value => new double[value.Length * columns])];
        _columns = columns;
    }
}
