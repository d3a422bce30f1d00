using HybridControl.Gpu.Neural.Kernels;
using HybridControl.Neural.Backends;
using HybridControl.Neural.Tensors;
using ILGPU;

namespace HybridControl.Gpu.Neural;

internal sealed partial class GpuTensorBackend<T, TNumbers>
{
    /// <inheritdoc/>
    public void Fill(TensorView target, double value) =>
        _kernels.Each(ElementKernels.Fill<T>, target.Count, new ElementArguments<T> { Y = Of(target), X = Of(default), Z = Of(default), Factor = T.CreateTruncating(value) });

    /// <inheritdoc/>
    public void Copy(TensorView source, TensorView target)
    {
        OperandCheck.SameShape(source, target);
        Affine(Of(source), T.One, Of(target), T.Zero);
    }

    /// <inheritdoc/>
    public void AddScaled(TensorView x, double factor, TensorView y)
    {
        OperandCheck.SameShape(x, y);
        Affine(Of(x), T.CreateTruncating(factor), Of(y), T.One);
    }

    /// <inheritdoc/>
    public void Multiply(TensorView x, TensorView y, TensorView z)
    {
        OperandCheck.Shape(y, y.Rows == 1 ? 1 : x.Rows, x.Columns);
        OperandCheck.SameShape(x, z);
        _kernels.Each(ElementKernels.Multiply<T>, z.Count, new ElementArguments<T> { X = Of(x), Y = Of(y), Z = Of(z) });
    }

    /// <inheritdoc/>
    public void Activate(Activation activation, TensorView x, TensorView y)
    {
        OperandCheck.SameShape(x, y);
        Activate(activation, x, default, y);
    }

    /// <inheritdoc/>
    public void Gate(TensorView x, Activation activation, TensorView gate, TensorView y)
    {
        OperandCheck.SameShape(x, gate);
        OperandCheck.SameShape(x, y);
        Activate(activation, gate, x, y);
    }

    /// <inheritdoc/>
    public void Normalize(in NormSettings settings, TensorView x, TensorView weight, TensorView bias, TensorView gate, TensorView y)
    {
        OperandCheck.Operands(settings, x, weight, bias, gate, y);
        int width = settings.GroupWidth == 0 ? x.Columns : settings.GroupWidth;
        _kernels.Groups(NormKernels.Normalize<T, TNumbers>, (long)x.Rows * (x.Columns / width), ThreadsFor(width, GroupSum.Widest), new NormArguments<T>
        {
            X = Of(x),
            Weight = Of(weight),
            Bias = Of(bias),
            Gate = Of(gate),
            Y = Of(y),
            Epsilon = T.CreateTruncating(settings.Epsilon),
            Width = width,
            Order = (int)settings.Order,
            Centers = settings.Kind == NormKind.Layer ? 1 : 0,
        });
    }

    /// <inheritdoc/>
    public void GatherRows(Weight table, ReadOnlySpan<int> rows, double factor, TensorView y)
    {
        OperandCheck.Shape(y, rows.Length, table.Columns);
        CheckRange(rows, table.Rows);
        var weight = (DeviceWeight<T, TNumbers>)table;
        switch (table.Format)
        {
            case WeightFormat.Native:
                GatherRows(weight.Native, rows, factor, y);
                break;
            case WeightFormat.BFloat16:
                GatherRows(weight.Halves, rows, factor, y);
                break;
            default:
                GatherRows(weight.Bytewise, rows, factor, y);
                break;
        }
    }

    /// <inheritdoc/>
    public void GatherRows(TensorView x, ReadOnlySpan<int> rows, TensorView y)
    {
        OperandCheck.Shape(y, rows.Length, x.Columns);
        CheckRange(rows, x.Rows);
        _kernels.Each(GatherKernels.Rows<T>, y.Count, Gathering(x, rows, y));
    }

    /// <inheritdoc/>
    public void ScatterAddRows(TensorView x, ReadOnlySpan<int> rows, ReadOnlySpan<double> factors, TensorView y)
    {
        OperandCheck.Shape(x, rows.Length, y.Columns);
        OperandCheck.Length(factors.Length, x.ColumnsAt(0, 1));
        CheckRange(rows, y.Rows);
        T[] numbers = Staged(factors.Length);
        for (int i = 0; i < factors.Length; i++)
        {
            numbers[i] = T.CreateTruncating(factors[i]);
        }

        GatherArguments<T> arguments = Gathering(x, rows, y);
        arguments.Factors = _factors.Send(numbers.AsSpan(0, factors.Length));
        if (Rises(rows))
        {
            _kernels.Each(GatherKernels.Scatter<T>, x.Count, arguments);
        }
        else
        {
            _kernels.Each(GatherKernels.ScatterInOrder<T>, x.Columns, arguments);
        }
    }

    /// <inheritdoc/>
    public void GatherEntries(TensorView x, IndexBuffer indexes, TensorView y)
    {
        OperandCheck.Shape(y, x.Rows, indexes.Length);
        _kernels.Each(GatherKernels.Entries<T>, y.Count, new GatherArguments<T>
        {
            X = Of(x),
            Y = Of(y),
            Indexes = ((DeviceIndexes)indexes).View,
            Factors = _nothing.Of(1),
        });
    }

    /// <inheritdoc/>
    public void Rotate(TensorView x, int heads, TensorView table)
    {
        OperandCheck.Operands(x, heads, table);
        int half = table.Columns / 2;
        _kernels.Each(ElementKernels.Rotate<T>, (long)x.Rows * heads * half, new ElementArguments<T> { X = Of(default), Y = Of(table), Z = Of(x), Heads = heads });
    }

    private void Affine(KernelMatrix<T> x, T factor, KernelMatrix<T> y, T keep) =>
        _kernels.Each(ElementKernels.Affine<T>, (long)y.Rows * y.Columns, new ElementArguments<T>
        {
            X = x,
            Y = y,
            Z = Of(default),
            Factor = factor,
            Keep = keep,
            KeepsAny = keep == T.Zero ? 0 : 1,
        });

    private void Activate(Activation activation, TensorView x, TensorView factor, TensorView y) =>
        _kernels.Each(ElementKernels.Activate<T, TNumbers>, y.Count, new ElementArguments<T>
        {
            X = Of(x),
            Y = Of(factor),
            Z = Of(y),
            Activation = (int)activation,
        });

    private void GatherRows<TWeight>(TWeight table, ReadOnlySpan<int> rows, double factor, TensorView y)
        where TWeight : struct, IKernelWeight<T> =>
        _kernels.Each(GatherKernels.Table<T, TWeight>, y.Count, new TableArguments<T, TWeight>
        {
            Table = table,
            Y = Of(y),
            Indexes = _rows.Send(rows),
            Factor = T.CreateTruncating(factor),
        });

    private GatherArguments<T> Gathering(TensorView x, ReadOnlySpan<int> rows, TensorView y) => new()
    {
        X = Of(x),
        Y = Of(y),
        Indexes = _rows.Send(rows),
        Factors = _nothing.Of(1),
        Count = rows.Length,
    };

    // What a device reads beyond its memory is not caught there.
    private static void CheckRange(ReadOnlySpan<int> rows, int count)
    {
        foreach (int row in rows)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(row, nameof(rows));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(row, count, nameof(rows));
        }
    }

    private static bool Rises(ReadOnlySpan<int> rows)
    {
        for (int i = 1; i < rows.Length; i++)
        {
            if (rows[i] <= rows[i - 1])
            {
                return false;
            }
        }

        return true;
    }
}
