using HybridControl.Neural.Backends;
using HybridControl.Neural.Tensors;
using ILGPU;
using ILGPU.Runtime;

namespace HybridControl.Gpu.Neural;

/// <summary>Numbers in the memory of a device.</summary>
internal sealed class DeviceBuffer<T> : TensorBuffer
    where T : unmanaged
{
    private readonly DeviceMemory _memory;
    private readonly MemoryBuffer1D<T, Stride1D.Dense> _data;

    public DeviceBuffer(DeviceMemory memory, long length, Precision precision)
        : base(length, precision) => (_memory, _data) = (memory, memory.Take<T>(length));

    /// <summary>All numbers.</summary>
    public ArrayView<T> View => _data.View;

    protected override void Dispose(bool disposing) => _memory.Return(_data);
}

/// <summary>Whole numbers in the memory of a device.</summary>
internal sealed class DeviceIndexes : IndexBuffer
{
    private readonly DeviceMemory _memory;
    private readonly MemoryBuffer1D<int, Stride1D.Dense> _data;

    public DeviceIndexes(DeviceMemory memory, AcceleratorStream stream, ReadOnlySpan<int> values)
        : base(values.Length)
    {
        (_memory, _data) = (memory, memory.Take<int>(values.Length));
        if (values.Length > 0)
        {
            HostCopy.To(stream, _data.View, values);
        }
    }

    /// <summary>All numbers.</summary>
    public ArrayView<int> View => _data.View;

    protected override void Dispose(bool disposing) => _memory.Return(_data);
}
