using HybridControl.Gpu.Devices;
using HybridControl.Gpu.Neural;
using HybridControl.Neural.Backends;
using HybridControl.Neural.Tests.Backends;

namespace HybridControl.Gpu.Tests.Neural;

/// <summary>The contract of all back-ends on the best device of this machine.</summary>
[Category("Gpu")]
public sealed class RealDeviceTests : BackendContract
{
    private GpuDevice? _device;

    /// <inheritdoc/>
    protected override ITensorBackend Create()
    {
        if (!GpuDevice.TryBest(out _device))
        {
            Assert.Ignore(DeviceDiagnosis.Describe().Finding().What);
        }

        return GpuTensorBackend.Create(_device!);
    }

    [OneTimeTearDown]
    public void Close() => _device?.Dispose();
}
