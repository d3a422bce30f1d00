using System.Collections.Immutable;
using HybridControl.Gpu.Devices;

namespace HybridControl.Gpu.Tests.Devices;

/// <summary>The devices that tests of a kind run on.</summary>
internal static class PresentDevice
{
    /// <summary>The first device of a kind that computes with doubles; without one the test is ignored, and the reason is told.</summary>
    public static GpuDevice Of(GpuDeviceKind kind)
    {
        if (kind == GpuDeviceKind.Emulated)
        {
            return GpuDevice.Emulated();
        }

        ImmutableArray<GpuDevice> devices = GpuDevice.All();
        if (devices.FirstOrDefault(device => device.Kind == kind && device.HasDouble) is { } found)
        {
            return found;
        }

        DeviceRow? reason = DeviceDiagnosis.Describe().Rows.FirstOrDefault(row => row.Kind == kind && !row.Works);
        Assert.Ignore($"No {kind} device: {reason?.Subject}: {reason?.Detail}.");
        return null!;
    }
}
