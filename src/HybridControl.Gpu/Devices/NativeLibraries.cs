using System.Reflection;
using System.Runtime.InteropServices;
using ILGPU;

namespace HybridControl.Gpu.Devices;

/// <summary>Finds driver libraries under the names that runtime packages install.</summary>
/// <remarks>
/// The binding asks for "OpenCL" and "cuda", which on Linux are the names of development packages; a machine with
/// drivers alone has only the numbered names.
/// </remarks>
internal static class NativeLibraries
{
    private static readonly Lazy<bool> Installed = new(Install);

    /// <summary>File names under which a driver library may be found, the preferred one first.</summary>
    public static string[] NamesOf(GpuDeviceKind kind) => (kind, OperatingSystem.IsWindows(), OperatingSystem.IsMacOS()) switch
    {
        (GpuDeviceKind.Cuda, true, _) => ["nvcuda.dll"],
        (GpuDeviceKind.Cuda, _, _) => ["libcuda.so.1", "libcuda.so"],
        (GpuDeviceKind.OpenCL, true, _) => ["OpenCL.dll"],
        (GpuDeviceKind.OpenCL, _, true) => ["/System/Library/Frameworks/OpenCL.framework/OpenCL"],
        (GpuDeviceKind.OpenCL, _, _) => ["libOpenCL.so.1", "libOpenCL.so"],
        _ => [],
    };

    /// <summary>Makes the names known; must happen before the first context.</summary>
    public static void Prepare() => _ = Installed.Value;

    /// <summary>Loads a driver library.</summary>
    public static bool TryLoad(GpuDeviceKind kind, out IntPtr library, out string name)
    {
        foreach (string candidate in NamesOf(kind))
        {
            if (NativeLibrary.TryLoad(candidate, out library))
            {
                name = candidate;
                return true;
            }
        }

        (library, name) = (IntPtr.Zero, NamesOf(kind).FirstOrDefault("no library"));
        return false;
    }

    private static bool Install()
    {
        try
        {
            NativeLibrary.SetDllImportResolver(typeof(Context).Assembly, Resolve);
            return true;
        }
        catch (InvalidOperationException)
        {
            return false; // under WSL the binding has a resolver of its own
        }
    }

    private static IntPtr Resolve(string name, Assembly assembly, DllImportSearchPath? path)
    {
        GpuDeviceKind? kind = name switch
        {
            "OpenCL" => GpuDeviceKind.OpenCL,
            "cuda" => GpuDeviceKind.Cuda,
            _ => null,
        };
        return kind is { } known && TryLoad(known, out IntPtr library, out _) ? library : IntPtr.Zero;
    }
}
