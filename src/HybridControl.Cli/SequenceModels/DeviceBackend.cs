using HybridControl.Gpu.Devices;
using HybridControl.Gpu.Neural;
using HybridControl.Neural.Backends;
using HybridControl.Neural.Tensors;

namespace HybridControl.Cli.SequenceModels;

/// <summary>Sequence models on the best device of the machine.</summary>
internal static class DeviceBackend
{
    /// <summary>Opens it.</summary>
    /// <exception cref="Diagnostics.ModelException">There is none; the findings say why.</exception>
    public static ITensorBackend Open(Precision precision) => GpuTensorBackend.Create(GpuDevice.Best(), precision);

    /// <summary>Opens it, or gives null.</summary>
    public static ITensorBackend? TryOpen(Precision precision) =>
        GpuDevice.TryBest(out GpuDevice? device) ? GpuTensorBackend.Create(device!, precision) : null;
}
