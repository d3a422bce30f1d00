using HybridControl.Gpu.Devices;
using HybridControl.Gpu.Neural;
using HybridControl.Gpu.Tests.Devices;
using HybridControl.Neural.Backends;
using HybridControl.Neural.Tensors;
using HybridControl.Neural.Tests.Backends;

namespace HybridControl.Gpu.Tests.Neural;

/// <summary>The contract of all back-ends on the devices of this machine.</summary>
[Category("Gpu")]
[TestFixture(GpuDeviceKind.Cuda, Precision.Single)]
[TestFixture(GpuDeviceKind.Cuda, Precision.Double)]
[TestFixture(GpuDeviceKind.OpenCL, Precision.Single)]
[TestFixture(GpuDeviceKind.OpenCL, Precision.Double)]
public sealed class RealDeviceTests(GpuDeviceKind kind, Precision precision) : BackendContract
{
    private readonly List<GpuDevice> _open = [];

    /// <inheritdoc/>
    protected override ITensorBackend Create()
    {
        _open.Add(PresentDevice.Of(kind));
        return GpuTensorBackend.Create(_open[0], precision);
    }

    [OneTimeTearDown]
    public void Close() => _open.ForEach(device => device.Dispose());
}
