using System.Collections.Immutable;
using HybridControl.Diagnostics;
using HybridControl.Gpu.Compilation;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;
using ILGPU.Runtime.Cuda;
using ILGPU.Runtime.OpenCL;

namespace HybridControl.Gpu.Devices;

/// <summary>A device that kernels run on.</summary>
/// <remarks>
/// The device is opened when it is first used and closed by <see cref="Dispose"/>. Properties are thread-safe; kernels of
/// one device run one after another.
/// </remarks>
public sealed class GpuDevice : IDisposable
{
    private const double Megahertz = 1e6; // the binding divides the driver's kilohertz by a thousand
    private const int TransfersPerClock = 2;
    private const int BitsPerByte = 8;
    private const int FewestThreads = 2;
    private const int WarpThreads = 32;

    private readonly int _number;
    private readonly int _emulatedThreads;
    private readonly object _gate = new();
    private Context? _context;
    private Accelerator? _accelerator;

    private GpuDevice(GpuDeviceKind kind, int number, Device device, int emulatedThreads = FewestThreads)
    {
        (Kind, _number, _emulatedThreads, Name) = (kind, number, emulatedThreads, device.Name);
        MemoryBytes = Math.Min(device.MemorySize, kind == GpuDeviceKind.Emulated ? GC.GetGCMemoryInfo().TotalAvailableMemoryBytes : long.MaxValue);
        IsProcessor = kind == GpuDeviceKind.Emulated || device is CLDevice { DeviceType: not CLDeviceType.CL_DEVICE_TYPE_GPU };
        DoubleRate = device is CudaDevice cuda ? Megahertz * cuda.ClockRate * cuda.NumMultiprocessors * UnitsOf(cuda.Architecture) : 0.0;
        MemoryRate = device is CudaDevice memory ? Megahertz * memory.MemoryClockRate * TransfersPerClock * memory.MemoryBusWidth / BitsPerByte : 0.0;
        HasDouble = device is not CLDevice cl || cl.Capabilities.Float64;
    }

    /// <summary>Name given by the driver.</summary>
    public string Name { get; }

    /// <summary>Through which interface it is driven.</summary>
    public GpuDeviceKind Kind { get; }

    /// <summary>Bytes of its memory.</summary>
    public long MemoryBytes { get; }

    /// <summary>Whether it is the processor in disguise: right for tests, but the CPU back-end is faster there.</summary>
    public bool IsProcessor { get; }

    /// <summary>Whether it computes with 64-bit numbers.</summary>
    public bool HasDouble { get; }

    /// <summary>
    /// Double-precision instructions that the device starts in a second at most, a fused multiply-add being one; zero where it is not
    /// known. Units of a multiprocessor: CUDA C++ Programming Guide, table of arithmetic throughput (32 at 8.0, 64 at 9.0, 2 at 8.6 and 8.9).
    /// </summary>
    public double DoubleRate { get; }

    /// <summary>Bytes that its memory gives or takes in a second at most, from its clock, two transfers a period, and its bus; zero where it is not known.</summary>
    public double MemoryRate { get; }

    /// <summary>Held while the device works.</summary>
    internal object Gate => _gate;

    /// <summary>The open device.</summary>
    /// <exception cref="ModelException">The driver refuses to open it.</exception>
    internal Accelerator Accelerator
    {
        get
        {
            lock (_gate)
            {
                return _accelerator ??= Open();
            }
        }
    }

    /// <summary>Every device of this machine, CUDA first; empty if there is none (<see cref="DeviceDiagnosis"/> says why).</summary>
    public static ImmutableArray<GpuDevice> All()
    {
        var devices = ImmutableArray.CreateBuilder<GpuDevice>();
        foreach (GpuDeviceKind kind in new[] { GpuDeviceKind.Cuda, GpuDeviceKind.OpenCL })
        {
            using Context context = ContextOf(kind);
            devices.AddRange(DevicesOf(context, kind).Select((device, number) => new GpuDevice(kind, number, device)));
        }

        return devices.ToImmutable();
    }

    /// <summary>The best device of this machine: a CUDA device if there is one, else a graphics processor with OpenCL.</summary>
    /// <param name="device">The device; the caller disposes of it.</param>
    /// <returns>Whether there is one.</returns>
    public static bool TryBest(out GpuDevice? device)
    {
        device = All().Where(candidate => !candidate.IsProcessor && candidate.HasDouble)
            .OrderBy(candidate => candidate.Kind).ThenByDescending(candidate => candidate.MemoryBytes).FirstOrDefault();
        return device is not null;
    }

    /// <summary>The best device of this machine.</summary>
    /// <exception cref="ModelException">There is none; the findings say why.</exception>
    public static GpuDevice Best() =>
        TryBest(out GpuDevice? device) ? device! : throw new ModelException([DeviceDiagnosis.Describe().Finding()]);

    /// <summary>Threads of this process that behave like a device: what tests run kernels on.</summary>
    public static GpuDevice Emulated() => Emulated(FewestThreads);

    /// <summary>The same with groups of as many threads as a graphics processor has: what tests of launch configurations need; very slow.</summary>
    /// <param name="groupThreads">Threads of a group at most, a power of two.</param>
    internal static GpuDevice Emulated(int groupThreads)
    {
        using Context context = ContextOf(GpuDeviceKind.Emulated, groupThreads);
        return new(GpuDeviceKind.Emulated, 0, DevicesOf(context, GpuDeviceKind.Emulated)[0], groupThreads);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            _accelerator?.Dispose();
            _context?.Dispose();
            (_accelerator, _context) = (null, null);
        }
    }

    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <summary>A context of its own for a compilation that may fail: a kernel that does not compile spoils its context.</summary>
    internal Accelerator OpenScratch(out Context context)
    {
        context = ContextOf(Kind, _emulatedThreads);
        return DevicesOf(context, Kind)[_number].CreateAccelerator(context);
    }

    private static double UnitsOf(CudaArchitecture? architecture) => (architecture?.Major, architecture?.Minor) switch
    {
        (6, 0) or (7, 0) or (8, 0) => 32.0,
        (9, 0) or (10, 0) => 64.0,
        _ => 2.0,
    };

    private static Context ContextOf(GpuDeviceKind kind, int emulatedThreads = FewestThreads)
    {
        NativeLibraries.Prepare();
        return Context.Create(builder =>
        {
            KernelSettings.Apply(builder);
            _ = kind switch
            {
                GpuDeviceKind.Cuda => builder.Cuda(),
                GpuDeviceKind.OpenCL => builder.OpenCL(),
                _ => builder.CPU(new CPUDevice(Math.Min(WarpThreads, emulatedThreads), Math.Max(1, emulatedThreads / WarpThreads), 1)),
            };
        });
    }

    private static ImmutableArray<Device> DevicesOf(Context context, GpuDeviceKind kind) => kind switch
    {
        GpuDeviceKind.Cuda => [.. context.GetCudaDevices()],
        GpuDeviceKind.OpenCL => [.. context.GetCLDevices()],
        _ => [.. context.GetCPUDevices()],
    };

    private Accelerator Open()
    {
        try
        {
            _context = ContextOf(Kind, _emulatedThreads);
            return DevicesOf(_context, Kind)[_number].CreateAccelerator(_context);
        }
        catch (Exception error) when (error is AcceleratorException or NotSupportedException or ArgumentException or IndexOutOfRangeException)
        {
            _context?.Dispose();
            _context = null;
            throw KernelFailure.OfDevice(error, Name);
        }
    }
}
