namespace HybridControl.Gpu.Devices;

/// <summary>Through which interface a device is driven.</summary>
public enum GpuDeviceKind
{
    /// <summary>NVIDIA's driver.</summary>
    Cuda,

    /// <summary>An OpenCL driver.</summary>
    OpenCL,

    /// <summary>Threads of this process that behave like a device: for tests, slower than the CPU back-end.</summary>
    Emulated,
}
