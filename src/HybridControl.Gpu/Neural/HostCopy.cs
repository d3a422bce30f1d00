using ILGPU;
using ILGPU.Runtime;

namespace HybridControl.Gpu.Neural;

/// <summary>Copies from the memory of the program, which it may overwrite when the call returns.</summary>
internal static class HostCopy
{
    /// <summary>Copies numbers.</summary>
    /// <remarks>CUDA has taken pageable memory aside by then (Driver API, "API synchronization behavior"); OpenCL has not.</remarks>
    public static void To<TElement>(AcceleratorStream stream, ArrayView<TElement> target, ReadOnlySpan<TElement> values)
        where TElement : unmanaged
    {
        target.CopyFromCPU(stream, values);
        if (stream.Accelerator.AcceleratorType == AcceleratorType.OpenCL)
        {
            stream.Synchronize();
        }
    }
}
