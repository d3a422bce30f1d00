using HybridControl.Diagnostics;
using HybridControl.Neural.Backends.Cpu.Simd;
using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.Backends.Cpu;

public sealed unsafe partial class SimdBackend<T>
{
    /// <summary>Rows of inputs that are packed at once: their slices stay in the second cache.</summary>
    private const int RowsAtOnce = 128 * RowBlocks.Greatest;

    /// <summary>Bytes of a slice of a panel: it stays in the second cache, which feeds a tile fast enough; longer slices start fewer tiles.</summary>
    private const int SliceBytes = 192 * 1024;

    private readonly Scratch<T> _tiles;
    private readonly Scratch<T> _inputs = new(1);
    private Job<T, LoadRows<T>>? _load;
    private Job<T, PackRows<T>>? _pack;
    private Job<T, MatMul<T>>? _matMul;

    /// <inheritdoc/>
    public override Weight LoadWeight(IMatrixSource source, WeightFormat format)
    {
        try
        {
            var weight = new PackedWeight<T>(source, format, PackWidth, PanelPacks);
            var operation = new LoadRows<T> { Source = source, Weight = weight, Rows = new Scratch<double>(_workers.Count) };
            Run(ref _load, operation, weight.PanelCount, 5.0 * source.Rows * source.Columns);
            return weight;
        }
        catch (Exception fault) when (fault is OutOfMemoryException or OverflowException)
        {
            throw new ModelException(
                source.Name, $"there is no room for a weight of {source.Rows} x {source.Columns}", "Keep weights in sixteen or eight bits, or use a machine with more memory.");
        }
    }

    /// <inheritdoc/>
    public override void GatherRows(Weight table, ReadOnlySpan<int> rows, double factor, TensorView y)
    {
        OperandCheck.Shape(y, rows.Length, table.Columns);
        var weight = (PackedWeight<T>)table;
        var block = new Block<T>(y);
        for (int i = 0; i < rows.Length; i++)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(rows[i]);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(rows[i], table.Rows);
            weight.ReadRow(rows[i], Of(factor), block.Row(i));
        }

        GC.KeepAlive(y.Buffer);
    }

    /// <inheritdoc/>
    public override void MatMul(TensorView x, Weight weight, TensorView bias, double factor, double keep, TensorView y)
    {
        OperandCheck.Shape(x, y.Rows, weight.Columns);
        OperandCheck.Shape(y, x.Rows, weight.Rows);
        OperandCheck.OptionalShape(bias, 1, weight.Rows);
        var packed = (PackedWeight<T>)weight;
        for (int row = 0; row < x.Rows; row += RowsAtOnce)
        {
            int rows = Math.Min(RowsAtOnce, x.Rows - row);
            Multiply(x.RowsAt(row, rows), packed, bias, factor, keep, y.RowsAt(row, rows));
        }
    }

    private void Multiply(TensorView x, PackedWeight<T> weight, TensorView bias, double factor, double keep, TensorView y)
    {
        var operation = new MatMul<T>
        {
            X = new(x),
            Weight = weight,
            Bias = new(bias),
            Factor = Of(factor),
            Keep = Of(keep),
            Y = new(y),
            Tiles = _tiles,
            Blocks = new RowBlocks(x.Rows, x.Columns, x.Rows <= RowBlocks.Greatest ? x.Columns : SliceBytes / (weight.PanelWidth * weight.EntrySize)),
        };
        int blocks = operation.Blocks.Count;
        if (blocks > 1)
        {
            operation.Packed = _inputs.Of(0, checked(x.Rows * x.Columns));
            Run(ref _pack, new PackRows<T> { X = operation.X, Blocks = operation.Blocks, Packed = operation.Packed }, blocks, 0.1 * x.Count);
        }

        // Rows are shared out only where there are too few panels for all workers.
        int groups = Math.Clamp(4 * _workers.Count / Math.Max(1, weight.PanelCount), 1, blocks);
        operation.BlocksOfPart = (blocks + groups - 1) / groups;
        int parts = weight.PanelCount * ((blocks + operation.BlocksOfPart - 1) / operation.BlocksOfPart);
        double work = (double)weight.Rows * weight.Columns;
        Run(ref _matMul, operation, parts, Math.Max(0.01 * work * x.Rows, 0.03 * work * weight.EntrySize));
    }
}
