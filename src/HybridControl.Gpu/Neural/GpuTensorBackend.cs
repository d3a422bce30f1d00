using HybridControl.Diagnostics;
using HybridControl.Gpu.Devices;
using HybridControl.Gpu.Neural.Kernels;
using HybridControl.Neural.Backends;
using HybridControl.Neural.Tensors;

namespace HybridControl.Gpu.Neural;

/// <summary>Opens back-ends of sequence layers on devices.</summary>
/// <remarks>
/// Operations are queued and return at once; only reading numbers waits. Sums have a fixed order, so a run gives the same digits each
/// time on one device. Between devices, and against the CPU, results differ by rounding. Scratch memory grows with the largest
/// operands seen and is kept.
/// </remarks>
public static class GpuTensorBackend
{
    /// <summary>Opens a back-end.</summary>
    /// <param name="device">The device, which must live longer than the back-end.</param>
    /// <param name="precision">The numbers that it computes with. Half the memory and many times the speed in single precision.</param>
    /// <exception cref="ModelException">The device cannot be opened, or has no 64-bit numbers and is asked for them.</exception>
    public static ITensorBackend Create(GpuDevice device, Precision precision = Precision.Single) => Create(device, precision, new GpuTuning());

    /// <summary>Opens a back-end that cuts work as it is told.</summary>
    internal static ITensorBackend Create(GpuDevice device, Precision precision, GpuTuning tuning)
    {
        ArgumentNullException.ThrowIfNull(device);
        if (precision == Precision.Double && !device.HasDouble)
        {
            throw new ModelException(device.Name, "the device has no 64-bit numbers", "Ask for single precision, or run on the CPU.");
        }

        return precision == Precision.Single
            ? new GpuTensorBackend<float, SingleNumbers>(device, tuning)
            : new GpuTensorBackend<double, DoubleNumbers>(device, tuning);
    }
}
