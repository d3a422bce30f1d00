using HybridControl.Gpu.Devices;
using HybridControl.Gpu.Neural;
using HybridControl.Neural.Backends;
using HybridControl.Neural.Tensors;
using HybridControl.Neural.Tests.Backends;

namespace HybridControl.Gpu.Tests.Neural;

/// <summary>The contract of all back-ends on the emulated device, in double precision and with scans and attention cut into many pieces.</summary>
public sealed class CutWorkTests : BackendContract
{
    private readonly GpuDevice _device = GpuDevice.Emulated();

    /// <inheritdoc/>
    protected override ITensorBackend Create() =>
        GpuTensorBackend.Create(_device, Precision.Double, new GpuTuning { Multiprocessors = 256, LeastSegment = 2, LeastKeys = 8, MostRowsWithoutTiles = 1 });

    [OneTimeTearDown]
    public void Close() => _device.Dispose();
}
