using System.Numerics;
using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.Backends.Cpu;

/// <summary>Numbers in memory that stays where it is and begins at a cache line.</summary>
internal sealed unsafe class CpuBuffer<T>(int length, Precision precision) : TensorBuffer(length, precision)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private AlignedArray<T> _array = new(length);

    /// <summary>The greatest length.</summary>
    public static int MaxLength => AlignedArray<T>.MaxLength;

    /// <summary>The numbers; none after disposal.</summary>
    public Span<T> Numbers => _array.Numbers;

    /// <summary>Where they are.</summary>
    public T* Start => _array.Start;

    protected override void Dispose(bool disposing) => _array = default;
}
