using ILGPU;
using ILGPU.Runtime;

namespace HybridControl.Gpu.Neural;

/// <summary>Memory for what lives within one operation: it grows to the largest size asked for and stays.</summary>
/// <remarks>Operations of a device run one after another, so the next may overwrite what the last has read.</remarks>
internal sealed class Scratch<T>(DeviceMemory memory) : IDisposable
    where T : unmanaged
{
    private readonly DeviceMemory _memory = memory;
    private MemoryBuffer1D<T, Stride1D.Dense>? _buffer;

    /// <summary>So many numbers, of any value.</summary>
    public ArrayView<T> Of(long length)
    {
        if (_buffer is null || _buffer.Length < length)
        {
            _memory.Return(_buffer);
            _buffer = null;
            _buffer = _memory.Take<T>(length);
        }

        return _buffer.View;
    }

    public void Dispose() => _memory.Return(_buffer);
}
