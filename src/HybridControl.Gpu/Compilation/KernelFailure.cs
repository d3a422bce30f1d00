using HybridControl.Diagnostics;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;
using ILGPU.Runtime.OpenCL;

namespace HybridControl.Gpu.Compilation;

/// <summary>Turns what the kernel compiler and the drivers throw into messages with where, what and how to mend.</summary>
internal static class KernelFailure
{
    /// <summary>Whether an exception means that a kernel does not compile.</summary>
    public static bool IsOfCompiler(Exception error) =>
        error is InternalCompilerException or NotSupportedException or CapabilityNotSupportedException or AggregateException
            or NullReferenceException or ArgumentException or InvalidOperationException;

    /// <summary>Whether an exception means that a device has too little memory.</summary>
    public static bool IsOfMemory(Exception error) =>
        error is OutOfMemoryException ||
        (error is CudaException cuda && IsOutOfMemory($"{cuda.Error} {cuda.Message}")) ||
        error is CLException
        {
            Error: CLError.CL_MEM_OBJECT_ALLOCATION_FAILURE or CLError.CL_OUT_OF_RESOURCES or CLError.CL_OUT_OF_HOST_MEMORY
                or CLError.CL_INVALID_BUFFER_SIZE,
        };

    /// <summary>The message of a kernel that does not compile.</summary>
    public static ModelException Rewrap(Exception error, string where) => new(
        where,
        $"the kernel compiler refused it: {Innermost(error)}",
        "Run the ensemble on the CPU, or write the model without the function that is named.");

    /// <summary>The message of a device that failed.</summary>
    public static ModelException OfDevice(Exception error, string device) => new(
        device,
        $"the device failed: {Innermost(error)}",
        "Check that its driver works and that no other program holds its memory, or run on the CPU.");

    private static bool IsOutOfMemory(string text) =>
        text.Replace('_', ' ').Contains("out of memory", StringComparison.OrdinalIgnoreCase);

    private static string Innermost(Exception error)
    {
        while ((error as AggregateException)?.InnerExceptions.FirstOrDefault() is { } first)
        {
            error = first;
        }

        while (error.InnerException is { } inner)
        {
            error = inner;
        }

        string text = error is CLException cl ? cl.Error.ToString() : error.Message;
        return (text.Length > 0 ? text : error.GetType().Name).TrimEnd('.');
    }
}
