using System.Collections.Immutable;
using HybridControl.Gpu.Devices;
using HybridControl.Gpu.Neural;
using HybridControl.Neural.Backends;
using HybridControl.Neural.Tests.Backends;

namespace HybridControl.Gpu.Tests.Neural;

/// <summary>The contract of all back-ends on the devices of this machine.</summary>
[Category("Gpu")]
[TestFixture(GpuDeviceKind.Cuda)]
[TestFixture(GpuDeviceKind.OpenCL)]
public sealed class RealDeviceTests(GpuDeviceKind kind) : BackendContract
{
    private ImmutableArray<GpuDevice> _devices = [];

    /// <inheritdoc/>
    protected override ITensorBackend Create()
    {
        _devices = GpuDevice.All();
        if (_devices.FirstOrDefault(device => device.Kind == kind && device.HasDouble) is { } found)
        {
            return GpuTensorBackend.Create(found);
        }

        DeviceRow? reason = DeviceDiagnosis.Describe().Rows.FirstOrDefault(row => row.Kind == kind && !row.Works);
        Assert.Ignore($"No {kind} device: {reason?.Subject}: {reason?.Detail}.");
        return null!;
    }

    [OneTimeTearDown]
    public void Close()
    {
        foreach (GpuDevice device in _devices)
        {
            device.Dispose();
        }
    }
}
