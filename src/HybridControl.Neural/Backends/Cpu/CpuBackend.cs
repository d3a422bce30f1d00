using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using HybridControl.Diagnostics;
using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.Backends.Cpu;

/// <summary>Memory of the back-ends that run on the processor, and the operations that are bound by it alone.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
public abstract partial class CpuBackend<T> : ITensorBackend
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private protected CpuBackend()
    {
        if (typeof(T) != typeof(float) && typeof(T) != typeof(double))
        {
            throw new NotSupportedException($"A back-end computes with float or double, not with {typeof(T).Name}.");
        }
    }

    /// <inheritdoc/>
    public abstract string Name { get; }

    /// <inheritdoc/>
    public Precision Precision => typeof(T) == typeof(float) ? Precision.Single : Precision.Double;

    /// <inheritdoc/>
    public TensorBuffer Allocate(long length)
    {
        if (length > CpuBuffer<T>.MaxLength)
        {
            throw new ModelException("memory", $"one tensor of {length} numbers is asked for; an array holds at most {CpuBuffer<T>.MaxLength}", "Use shorter sequences or fewer streams at a time.");
        }

        try
        {
            return new CpuBuffer<T>((int)length, Precision);
        }
        catch (OutOfMemoryException)
        {
            throw new ModelException("memory", $"there is no room for a tensor of {length} numbers", "Use shorter sequences or fewer streams at a time.");
        }
    }

    /// <inheritdoc/>
    public IndexBuffer LoadIndexes(ReadOnlySpan<int> indexes) => new CpuIndexes(indexes);

    /// <inheritdoc/>
    public abstract Weight LoadWeight(IMatrixSource source, WeightFormat format);

    /// <inheritdoc/>
    public void Upload(ReadOnlySpan<float> values, TensorView target) => Write(values, target);

    /// <inheritdoc/>
    public void Upload(ReadOnlySpan<double> values, TensorView target) => Write(values, target);

    /// <inheritdoc/>
    public void Download(TensorView source, Span<float> values) => Read(source, values);

    /// <inheritdoc/>
    public void Download(TensorView source, Span<double> values) => Read(source, values);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Gives threads and memory back.</summary>
    protected virtual void Dispose(bool disposing)
    {
    }

    /// <summary>A row of a view.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private protected static Span<T> Row(TensorView view, int row) =>
        Unsafe.As<CpuBuffer<T>>(view.Buffer).Numbers.Slice(checked((int)(view.Offset + ((long)row * view.Stride))), view.Columns);

    /// <summary>A whole view without gaps.</summary>
    private protected static Span<T> All(TensorView view) => view.IsDense
        ? Unsafe.As<CpuBuffer<T>>(view.Buffer).Numbers.Slice((int)view.Offset, (int)view.Count)
        : throw new ArgumentException("The view has gaps between its rows.", nameof(view));

    /// <summary>The first row of a view, or nothing for an empty one.</summary>
    private protected static ReadOnlySpan<T> Optional(TensorView view) => view.IsEmpty ? default : Row(view, 0);

    /// <summary>A number of the back-end's own kind.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private protected static T Of(double value) => T.CreateTruncating(value);

    private static void Write<TFrom>(ReadOnlySpan<TFrom> values, TensorView target)
        where TFrom : unmanaged, INumberBase<TFrom>
    {
        OperandCheck.Length(values.Length, target);
        for (int r = 0; r < target.Rows; r++)
        {
            Convert(values.Slice(r * target.Columns, target.Columns), Row(target, r));
        }
    }

    private static void Read<TTo>(TensorView source, Span<TTo> values)
        where TTo : unmanaged, INumberBase<TTo>
    {
        OperandCheck.Length(values.Length, source);
        for (int r = 0; r < source.Rows; r++)
        {
            Convert<T, TTo>(Row(source, r), values.Slice(r * source.Columns, source.Columns));
        }
    }

    private static void Convert<TFrom, TTo>(ReadOnlySpan<TFrom> from, Span<TTo> to)
        where TFrom : unmanaged, INumberBase<TFrom>
        where TTo : unmanaged, INumberBase<TTo>
    {
        if (typeof(TFrom) == typeof(TTo))
        {
            MemoryMarshal.Cast<TFrom, TTo>(from).CopyTo(to);
            return;
        }

        for (int i = 0; i < from.Length; i++)
        {
            to[i] = TTo.CreateTruncating(from[i]);
        }
    }
}
