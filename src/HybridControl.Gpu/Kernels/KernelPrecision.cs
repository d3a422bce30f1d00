namespace HybridControl.Gpu.Kernels;

/// <summary>The numbers that a kernel computes with.</summary>
public enum KernelPrecision
{
    /// <summary>64-bit numbers, as on the CPU.</summary>
    Double,

    /// <summary>
    /// 32-bit numbers: half the memory, and twice the speed or more. Times, steps and events are then known to seven
    /// digits only.
    /// </summary>
    Single,
}
