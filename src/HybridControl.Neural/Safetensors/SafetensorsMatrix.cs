using System.Numerics;
using HybridControl.Diagnostics;
using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.Safetensors;

/// <summary>A tensor of a file seen as a matrix whose rows are converted when they are asked for.</summary>
internal sealed class SafetensorsMatrix : IMatrixSource
{
    private readonly SafetensorsFile _file;
    private readonly SafetensorsEntry _tensor;

    /// <exception cref="ModelException">Its numbers do not fill rows of as many columns, or there are 2^31 rows or columns or more.</exception>
    public SafetensorsMatrix(SafetensorsFile file, SafetensorsEntry tensor, long columns)
    {
        long rows = columns == tensor.Columns ? tensor.Rows : tensor.Count / Math.Max(columns, 1);
        string where = $"{file.Where}, {tensor.Name}";
        if (rows * columns != tensor.Count)
        {
            throw new ModelException(where, $"the {tensor.Count} numbers of {tensor.ShapeText} do not fill rows of {columns}", "The file does not belong to this model.");
        }

        if (rows > int.MaxValue || columns > int.MaxValue)
        {
            throw new ModelException(
                where, $"{tensor.ShapeText} is {rows} rows of {columns} numbers: a matrix has fewer than 2^31 of each", "Divide the tensor.");
        }

        (_file, _tensor, Rows, Columns) = (file, tensor, (int)rows, (int)columns);
    }

    /// <inheritdoc/>
    public string Name => _tensor.Name;

    /// <inheritdoc/>
    public int Rows { get; }

    /// <inheritdoc/>
    public int Columns { get; }

    /// <inheritdoc/>
    public void ReadRow(int row, Span<float> target) => Read(row, target);

    /// <inheritdoc/>
    public void ReadRow(int row, Span<double> target) => Read(row, target);

    private void Read<T>(int row, Span<T> target)
        where T : unmanaged, INumberBase<T>
    {
        if ((uint)row >= (uint)Rows || target.Length != Columns)
        {
            throw new ArgumentException($"'{Name}' has {Rows} rows of {Columns} numbers; row {row} was asked for {target.Length}.", nameof(row));
        }

        _file.Copy(_tensor, (long)row * Columns, target);
    }
}
