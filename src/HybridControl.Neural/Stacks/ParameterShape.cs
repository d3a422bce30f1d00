using HybridControl.Neural.Stacks.Sizing;
using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.Stacks;

/// <summary>A parameter that a stack asks for.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Rows">Its rows; 1 for a vector.</param>
/// <param name="Columns">Its columns.</param>
public sealed record ParameterShape(string Name, int Rows, int Columns)
{
    /// <summary>All parameters of a stack, in the order in which it asks for them.</summary>
    /// <exception cref="Diagnostics.ModelException">The description is not sound.</exception>
    public static IReadOnlyList<ParameterShape> AllOf(StackDescription description)
    {
        using var backend = new WeightlessBackend();
        var source = new Recorder();
        StackBuilder.Build(description, source, backend).Dispose();
        return source.Shapes;
    }

    private sealed class Recorder : IParameterSource
    {
        private readonly HashSet<string> _seen = new(StringComparer.Ordinal);

        public List<ParameterShape> Shapes { get; } = [];

        public string Name => "shapes";

        public bool Has(string name) => true;

        public IMatrixSource? Find(string name, int rows, int columns)
        {
            if (_seen.Add(name))
            {
                Shapes.Add(new(name, rows, columns));
            }

            return MatrixSources.Zeros(name, rows, columns);
        }

        public string OriginOf(string name) => name;
    }
}
