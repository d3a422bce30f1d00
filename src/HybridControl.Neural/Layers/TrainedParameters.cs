using HybridControl.Neural.Stacks;
using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.Layers;

/// <summary>A set of learned parameters as the source of a stack. Rows are read at the moment they are asked for.</summary>
/// <param name="parameters">The set.</param>
public sealed class TrainedParameters(ParameterSet parameters) : IParameterSource
{
    /// <inheritdoc/>
    public string Name => "trained parameters";

    /// <inheritdoc/>
    public bool Has(string name) => parameters.Find(name) is not null;

    /// <inheritdoc/>
    public IMatrixSource? Find(string name, int rows, int columns) =>
        parameters.Find(name) is { } parameter ? new Entries(parameters, parameter) : null;

    /// <inheritdoc/>
    public string OriginOf(string name) => name;

    private sealed class Entries(ParameterSet parameters, Parameter parameter) : IMatrixSource
    {
        public string Name => parameter.Name;

        public int Rows => parameter.Rows;

        public int Columns => parameter.Columns;

        public void ReadRow(int row, Span<float> target)
        {
            ReadOnlySpan<double> source = parameters.ValuesOf(parameter).Slice(row * Columns, Columns);
            for (int i = 0; i < source.Length; i++)
            {
                target[i] = (float)source[i];
            }
        }

        public void ReadRow(int row, Span<double> target) =>
            parameters.ValuesOf(parameter).Slice(row * Columns, Columns).CopyTo(target);
    }
}
