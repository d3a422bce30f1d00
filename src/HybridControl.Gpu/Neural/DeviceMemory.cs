using System.Globalization;
using HybridControl.Diagnostics;
using HybridControl.Gpu.Compilation;
using HybridControl.Gpu.Devices;
using ILGPU;
using ILGPU.Runtime;

namespace HybridControl.Gpu.Neural;

/// <summary>Memory of a device, with a count of what is taken and words for when there is no more.</summary>
internal sealed class DeviceMemory(GpuDevice device)
{
    private readonly GpuDevice _device = device;

    /// <summary>Bytes that are taken now.</summary>
    public long Bytes { get; private set; }

    /// <summary>How often memory was asked for.</summary>
    public int Allocations { get; private set; }

    /// <summary>Takes memory, all zeros.</summary>
    /// <exception cref="ModelException">There is not so much.</exception>
    public MemoryBuffer1D<TElement, Stride1D.Dense> Take<TElement>(long length)
        where TElement : unmanaged
    {
        long bytes;
        try
        {
            bytes = checked(length * Interop.SizeOf<TElement>());
        }
        catch (OverflowException)
        {
            throw Refusal(length, long.MaxValue);
        }

        if (bytes > _device.MemoryBytes)
        {
            throw Refusal(length, bytes);
        }

        try
        {
            Accelerator accelerator = _device.Accelerator;
            accelerator.Bind();
            MemoryBuffer1D<TElement, Stride1D.Dense> buffer = accelerator.Allocate1D<TElement>(Math.Max(1, length));
            buffer.MemSetToZero(accelerator.DefaultStream);
            Allocations++;
            Bytes += buffer.LengthInBytes;
            return buffer;
        }
        catch (Exception error) when (KernelFailure.IsOfMemory(error) || error is OverflowException or ArgumentOutOfRangeException)
        {
            throw Refusal(length, bytes);
        }
        catch (AcceleratorException error)
        {
            throw KernelFailure.OfDevice(error, _device.Name);
        }
    }

    /// <summary>Gives memory back.</summary>
    public void Return(MemoryBuffer? buffer)
    {
        if (buffer is { IsDisposed: false })
        {
            Bytes -= buffer.LengthInBytes;
            buffer.Dispose();
        }
    }

    private ModelException Refusal(long length, long bytes) => new(
        _device.Name,
        string.Create(
            CultureInfo.InvariantCulture,
            $"{length} numbers, {bytes} bytes, are asked for; the device has {_device.MemoryBytes} bytes, of which this back-end holds {Bytes}"),
        "Use shorter sequences, fewer streams at a time or smaller weights (bf16, int8), or run on the CPU.");
}
