using System.Numerics;
using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.Backends.Cpu.Simd;

/// <summary>A view as kernels see it: an address, and the buffer so that it lives as long. A view that is left out starts nowhere.</summary>
internal readonly unsafe struct Block<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly TensorBuffer? _buffer;

    /// <summary>Resolves a view.</summary>
    /// <exception cref="ArgumentException">It reaches beyond its buffer.</exception>
    public Block(TensorView view)
    {
        if (view.IsEmpty)
        {
            return;
        }

        var buffer = (CpuBuffer<T>)view.Buffer;
        long last = view.Offset + (Math.Max(view.Rows - 1L, 0L) * view.Stride) + view.Columns;
        if (view.Offset < 0 || view.Rows < 0 || view.Columns < 0 || view.Stride < 0 || (view.Count > 0 && last > buffer.Numbers.Length))
        {
            throw new ArgumentException($"A view of {view.Rows} x {view.Columns} at {view.Offset} with stride {view.Stride} reaches beyond a buffer of {buffer.Numbers.Length}.", nameof(view));
        }

        _buffer = buffer;
        Start = buffer.Start + view.Offset;
        (Rows, Columns, Stride) = (view.Rows, view.Columns, view.Stride);
    }

    /// <summary>The first number.</summary>
    public T* Start { get; }

    /// <summary>Rows.</summary>
    public int Rows { get; }

    /// <summary>Numbers of a row.</summary>
    public int Columns { get; }

    /// <summary>Numbers from the start of a row to that of the next.</summary>
    public nint Stride { get; }

    /// <summary>Whether the view is left out.</summary>
    public bool IsEmpty => _buffer is null;

    /// <summary>The first number of a row.</summary>
    public T* Row(nint row) => Start + (row * Stride);
}
