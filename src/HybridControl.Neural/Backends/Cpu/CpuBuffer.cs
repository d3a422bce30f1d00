using System.Numerics;
using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.Backends.Cpu;

/// <summary>Numbers in an array.</summary>
internal sealed class CpuBuffer<T>(int length, Precision precision) : TensorBuffer(length, precision)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public T[] Data { get; private set; } = new T[length];

    protected override void Dispose(bool disposing) => Data = [];
}
