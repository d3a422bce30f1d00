using HybridControl.Diagnostics;
using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.Safetensors;

/// <summary>A tensor of a file seen as a matrix whose rows are converted when they are asked for.</summary>
internal sealed class SafetensorsMatrix : IMatrixSource
{
    private readonly SafetensorsFile _file;
    private readonly SafetensorsEntry _tensor;

    /// <exception cref="ModelException">It has 2^31 rows or columns or more.</exception>
    public SafetensorsMatrix(SafetensorsFile file, SafetensorsEntry tensor)
    {
        if (tensor.Rows > int.MaxValue || tensor.Columns > int.MaxValue)
        {
            throw new ModelException(
                $"{file.Where}, {tensor.Name}", $"{tensor.ShapeText} is {tensor.Rows} rows of {tensor.Columns} numbers: a matrix has fewer than 2^31 of each",
                "Divide the tensor.");
        }

        (_file, _tensor, Rows, Columns) = (file, tensor, (int)tensor.Rows, (int)tensor.Columns);
    }

    /// <inheritdoc/>
    public string Name => _tensor.Name;

    /// <inheritdoc/>
    public int Rows { get; }

    /// <inheritdoc/>
    public int Columns { get; }

    /// <inheritdoc/>
    public void ReadRow(int row, Span<float> target) => _file.ReadRow(_tensor, row, target);

    /// <inheritdoc/>
    public void ReadRow(int row, Span<double> target) => _file.ReadRow(_tensor, row, target);
}
