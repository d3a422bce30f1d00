using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace HybridControl.Gpu.Devices;

/// <summary>Asks NVIDIA's driver what it has.</summary>
/// <remarks>Function names and error numbers: CUDA Driver API reference, sections "Initialization" and "CUresult".</remarks>
internal static unsafe class CudaProbe
{
    private const int NoDevice = 100;

    /// <summary>What was found.</summary>
    public static IEnumerable<DeviceRow> Rows()
    {
        var rows = new List<DeviceRow>();
        if (!NativeLibraries.TryLoad(GpuDeviceKind.Cuda, out IntPtr library, out string name))
        {
            rows.Add(new(GpuDeviceKind.Cuda, name, false, "the library is not there", "Install NVIDIA's driver."));
            return rows;
        }

        rows.Add(new(GpuDeviceKind.Cuda, name, true, "the library loads"));
        int error = ((delegate* unmanaged<uint, int>)NativeLibrary.GetExport(library, "cuInit"))(0);
        if (error != 0)
        {
            rows.Add(Failure("cuInit", error));
            return rows;
        }

        int version = 0;
        _ = ((delegate* unmanaged<int*, int>)NativeLibrary.GetExport(library, "cuDriverGetVersion"))(&version);
        rows.Add(new(GpuDeviceKind.Cuda, "driver", true, string.Create(CultureInfo.InvariantCulture, $"version {version / 1000}.{version % 1000 / 10}")));
        int count = 0;
        error = ((delegate* unmanaged<int*, int>)NativeLibrary.GetExport(library, "cuDeviceGetCount"))(&count);
        if (error != 0 || count == 0)
        {
            rows.Add(Failure("cuDeviceGetCount", error == 0 ? NoDevice : error));
        }

        byte* text = stackalloc byte[256];
        for (int device = 0; device < count; device++)
        {
            _ = ((delegate* unmanaged<byte*, int, int, int>)NativeLibrary.GetExport(library, "cuDeviceGetName"))(text, 256, device);
            rows.Add(new(GpuDeviceKind.Cuda, Text(text, 256), true, "a device"));
        }

        return rows;
    }

    private static DeviceRow Failure(string call, int error) => error switch
    {
        NoDevice => new(GpuDeviceKind.Cuda, call, false, "the driver sees no device (error 100)", "Check that the card is plugged in and, in a container, that it is passed through."),
        803 => new(GpuDeviceKind.Cuda, call, false, "the driver library and the kernel module are of different versions (error 803)", "Restart the machine after a driver update, or install matching versions."),
        804 => new(GpuDeviceKind.Cuda, call, false, "the driver is older than the compatibility library asks for (error 804)", "Update the driver, or remove the compatibility library."),
        999 => new(GpuDeviceKind.Cuda, call, false, "the driver failed for an unknown reason (error 999)", "Reload the kernel module nvidia_uvm, or restart the machine."),
        _ => new(GpuDeviceKind.Cuda, call, false, string.Create(CultureInfo.InvariantCulture, $"the driver answers error {error}"), "Look the number up under CUresult in the CUDA Driver API reference."),
    };

    private static string Text(byte* text, int length) =>
        Encoding.UTF8.GetString(new ReadOnlySpan<byte>(text, length)).Split('\0')[0];
}
