using System.Collections.Immutable;
using HybridControl.Neural.Layers;

namespace HybridControl.Neural.InTheLoop;

/// <summary>The numbers of <c>W x + b</c>.</summary>
/// <param name="Weights">W, outputs by inputs, row-major.</param>
/// <param name="Biases">b.</param>
/// <param name="Inputs">Length of x.</param>
internal sealed record DenseNumbers(ImmutableArray<double> Weights, ImmutableArray<double> Biases, int Inputs)
{
    public int Outputs => Biases.Length;

    public static DenseNumbers Of(DenseLayer layer) => new([.. layer.Weights], [.. layer.Biases], layer.Inputs);

    /// <summary>The same for x in other units: W ((x - mean) / scale) + b.</summary>
    public DenseNumbers WithInputs(ReadOnlySpan<double> mean, ReadOnlySpan<double> scale)
    {
        double[] weights = [.. Weights];
        double[] biases = [.. Biases];
        for (int i = 0; i < Outputs; i++)
        {
            for (int k = 0; k < Inputs; k++)
            {
                weights[(i * Inputs) + k] /= scale[k];
                biases[i] -= weights[(i * Inputs) + k] * mean[k];
            }
        }

        return new([.. weights], [.. biases], Inputs);
    }

    /// <summary>The same with every output times a factor.</summary>
    public DenseNumbers WithOutputs(ReadOnlySpan<double> scale)
    {
        double[] weights = [.. Weights];
        double[] biases = [.. Biases];
        for (int i = 0; i < Outputs; i++)
        {
            biases[i] *= scale[i];
            for (int k = 0; k < Inputs; k++)
            {
                weights[(i * Inputs) + k] *= scale[i];
            }
        }

        return new([.. weights], [.. biases], Inputs);
    }
}
