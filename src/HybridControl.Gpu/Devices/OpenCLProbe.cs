using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace HybridControl.Gpu.Devices;

/// <summary>Asks the OpenCL drivers what they have.</summary>
/// <remarks>Function names and parameter numbers: the OpenCL 3.0 specification, sections 4.1 and 4.2, and its header cl.h.</remarks>
internal static unsafe class OpenCLProbe
{
    private const uint PlatformVersion = 0x0901;
    private const uint PlatformName = 0x0902;
    private const uint DeviceName = 0x102B;
    private const uint DeviceVersion = 0x102F;
    private const uint DoubleConfig = 0x1032;
    private const uint GenericAddressSpace = 0x1069;
    private const int PlatformsNotFound = -1001;

    /// <summary>What was found.</summary>
    public static IEnumerable<DeviceRow> Rows()
    {
        var rows = new List<DeviceRow>();
        if (!NativeLibraries.TryLoad(GpuDeviceKind.OpenCL, out IntPtr library, out string name))
        {
            rows.Add(new(GpuDeviceKind.OpenCL, name, false, "the library is not there", "Install an OpenCL loader (package ocl-icd-libopencl1) and the driver of the device."));
            return rows;
        }

        rows.Add(new(GpuDeviceKind.OpenCL, name, true, "the library loads"));
        var platformsOf = (delegate* unmanaged<uint, IntPtr*, uint*, int>)NativeLibrary.GetExport(library, "clGetPlatformIDs");
        uint count = 0;
        int error = platformsOf(0, null, &count);
        if (error != 0 || count == 0)
        {
            rows.Add(new(
                GpuDeviceKind.OpenCL, "clGetPlatformIDs", false,
                error is 0 or PlatformsNotFound ? "the loader knows no driver" : string.Create(CultureInfo.InvariantCulture, $"the loader answers error {error}"),
                "Install the OpenCL driver of the device; it leaves a file in /etc/OpenCL/vendors."));
            return rows;
        }

        IntPtr* platforms = stackalloc IntPtr[(int)count];
        _ = platformsOf(count, platforms, null);
        for (uint i = 0; i < count; i++)
        {
            AddPlatform(rows, library, platforms[i]);
        }

        return rows;
    }

    private static void AddPlatform(List<DeviceRow> rows, IntPtr library, IntPtr platform)
    {
        IntPtr info = NativeLibrary.GetExport(library, "clGetPlatformInfo");
        string name = Text(info, platform, PlatformName);
        rows.Add(new(GpuDeviceKind.OpenCL, name, true, Text(info, platform, PlatformVersion)));
        var devicesOf = (delegate* unmanaged<IntPtr, ulong, uint, IntPtr*, uint*, int>)NativeLibrary.GetExport(library, "clGetDeviceIDs");
        const ulong all = 0xFFFFFFFF;
        uint count = 0;
        int error = devicesOf(platform, all, 0, null, &count);
        if (error != 0 || count == 0)
        {
            rows.Add(new(
                GpuDeviceKind.OpenCL, name, false, string.Create(CultureInfo.InvariantCulture, $"the driver sees no device (error {error})"),
                "Check that the device is passed through and that this user may open it (groups video and render)."));
            return;
        }

        IntPtr* devices = stackalloc IntPtr[(int)count];
        _ = devicesOf(platform, all, count, devices, null);
        for (uint i = 0; i < count; i++)
        {
            rows.Add(Device(NativeLibrary.GetExport(library, "clGetDeviceInfo"), devices[i]));
        }
    }

    private static DeviceRow Device(IntPtr info, IntPtr device)
    {
        string name = Text(info, device, DeviceName);
        string version = Text(info, device, DeviceVersion);
        ulong numbers = 0;
        _ = Ask(info, device, DoubleConfig, sizeof(ulong), &numbers);
        uint generic = 0;
        bool known = Ask(info, device, GenericAddressSpace, sizeof(uint), &generic) == 0;
        bool has = known ? generic != 0 : version.StartsWith("OpenCL 2.", StringComparison.Ordinal);
        if (!has)
        {
            return new(
                GpuDeviceKind.OpenCL, name, false, $"{version}: no generic address space, which kernels need",
                "Update the driver; on the processor, PoCL 6 or newer has it.");
        }

        return numbers == 0
            ? new(GpuDeviceKind.OpenCL, name, false, $"{version}: no 64-bit numbers", "Ask for single precision, or run on the CPU.")
            : new(GpuDeviceKind.OpenCL, name, true, version);
    }

    private static int Ask(IntPtr info, IntPtr thing, uint what, nuint size, void* value) =>
        ((delegate* unmanaged<IntPtr, uint, nuint, void*, nuint*, int>)info)(thing, what, size, value, null);

    private static string Text(IntPtr info, IntPtr thing, uint what)
    {
        byte* text = stackalloc byte[512];
        text[0] = 0;
        _ = Ask(info, thing, what, 512, text);
        return Encoding.UTF8.GetString(new ReadOnlySpan<byte>(text, 512)).Split('\0')[0].Trim();
    }
}
