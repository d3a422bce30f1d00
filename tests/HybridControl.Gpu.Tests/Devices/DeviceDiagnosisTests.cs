using System.Runtime.InteropServices;
using HybridControl.Diagnostics;
using HybridControl.Gpu.Devices;

namespace HybridControl.Gpu.Tests.Devices;

public sealed class DeviceDiagnosisTests
{
    [Test]
    public void Every_interface_has_a_row_and_what_does_not_work_says_how_to_mend_it()
    {
        DeviceDiagnosis diagnosis = DeviceDiagnosis.Describe();
        Assert.That(diagnosis.Rows.Select(row => row.Kind), Is.SupersetOf(new[] { GpuDeviceKind.Cuda, GpuDeviceKind.OpenCL }));
        Assert.That(diagnosis.Rows.Where(row => !row.Works).Select(row => row.Mend), Has.None.Empty);
    }

    [Test]
    public void A_missing_driver_library_is_named()
    {
        if (NativeLibrary.TryLoad("libcuda.so.1", out _))
        {
            Assert.Ignore("this machine has NVIDIA's driver");
        }

        DeviceRow row = DeviceDiagnosis.Describe().Rows.First(row => row.Kind == GpuDeviceKind.Cuda);
        Assert.That(row.Works, Is.False);
        Assert.That(row.Subject, Does.Contain("cuda"));
        Assert.That(row.Detail, Does.Contain("not there"));
    }

    [Test]
    public void Without_a_device_the_best_one_is_refused_with_the_reason_and_the_cpu()
    {
        if (GpuDevice.TryBest(out GpuDevice? device))
        {
            device!.Dispose();
            Assert.Ignore("this machine has a device");
        }

        Assert.That(
            () => GpuDevice.Best(),
            Throws.TypeOf<ModelException>().With.Message.Contains("no device").And.Message.Contains("CPU"));
    }

    [Test]
    public void The_emulated_device_is_the_processor()
    {
        using GpuDevice device = GpuDevice.Emulated();
        Assert.That(device.IsProcessor, Is.True);
        Assert.That(device.MemoryBytes, Is.Positive);
    }
}
