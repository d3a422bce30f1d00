using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.Backends.Cpu;

public abstract partial class CpuBackend<T>
{
    /// <inheritdoc/>
    public void Fill(TensorView target, double value)
    {
        for (int r = 0; r < target.Rows; r++)
        {
            Row(target, r).Fill(Of(value));
        }
    }

    /// <inheritdoc/>
    public void Copy(TensorView source, TensorView target)
    {
        OperandCheck.SameShape(source, target);
        for (int r = 0; r < source.Rows; r++)
        {
            Row(source, r).CopyTo(Row(target, r));
        }
    }

    /// <inheritdoc/>
    public abstract void GatherRows(Weight table, ReadOnlySpan<int> rows, double factor, TensorView y);

    /// <inheritdoc/>
    public void GatherRows(TensorView x, ReadOnlySpan<int> rows, TensorView y)
    {
        OperandCheck.Shape(y, rows.Length, x.Columns);
        for (int i = 0; i < rows.Length; i++)
        {
            Row(x, rows[i]).CopyTo(Row(y, i));
        }
    }

    /// <inheritdoc/>
    public void ScatterAddRows(TensorView x, ReadOnlySpan<int> rows, ReadOnlySpan<double> factors, TensorView y)
    {
        OperandCheck.Shape(x, rows.Length, y.Columns);
        for (int i = 0; i < rows.Length; i++)
        {
            AddScaled(x.RowsAt(i, 1), factors[i], y.RowsAt(rows[i], 1));
        }
    }

    /// <inheritdoc/>
    public void GatherEntries(TensorView x, IndexBuffer indexes, TensorView y)
    {
        OperandCheck.Shape(y, x.Rows, indexes.Length);
        int[] index = ((CpuIndexes)indexes).Data;
        for (int r = 0; r < x.Rows; r++)
        {
            ReadOnlySpan<T> from = Row(x, r);
            Span<T> to = Row(y, r);
            for (int i = 0; i < to.Length; i++)
            {
                to[i] = index[i] < 0 ? T.Zero : from[index[i]];
            }
        }
    }

    /// <inheritdoc/>
    public abstract void Rotate(TensorView x, int heads, TensorView table);

    /// <inheritdoc/>
    public abstract void AddScaled(TensorView x, double factor, TensorView y);

    /// <inheritdoc/>
    public abstract void Multiply(TensorView x, TensorView y, TensorView z);

    /// <inheritdoc/>
    public abstract void Activate(Activation activation, TensorView x, TensorView y);

    /// <inheritdoc/>
    public abstract void Gate(TensorView x, Activation activation, TensorView gate, TensorView y);

    /// <inheritdoc/>
    public abstract void Normalize(in NormSettings settings, TensorView x, TensorView weight, TensorView bias, TensorView gate, TensorView y);

    /// <inheritdoc/>
    public abstract void MatMul(TensorView x, Weight weight, TensorView bias, double factor, double keep, TensorView y);

    /// <inheritdoc/>
    public abstract void Convolve(
        in ConvolutionSettings settings, SequenceShape shape, TensorView x, TensorView weight, TensorView bias, TensorView state, TensorView y);

    /// <inheritdoc/>
    public abstract void ConvolveImages(int height, int width, TensorView x, TensorView weight, TensorView bias, TensorView y);

    /// <inheritdoc/>
    public abstract void SelectiveScan(SequenceShape shape, in SelectiveScanOperands operands);

    /// <inheritdoc/>
    public abstract void Ssd(SequenceShape shape, in SsdOperands operands);

    /// <inheritdoc/>
    public abstract void DiagonalScan(SequenceShape shape, in DiagonalScanOperands operands);

    /// <inheritdoc/>
    public abstract void ModalScan(SequenceShape shape, in ModalScanOperands operands);

    /// <inheritdoc/>
    public abstract void Attend(SequenceShape shape, ReadOnlySpan<KeySpan> spans, in AttentionOperands operands);
}
