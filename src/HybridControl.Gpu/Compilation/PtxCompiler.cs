using System.Reflection;
using HybridControl.Diagnostics;
using ILGPU;
using ILGPU.Backends.EntryPoints;
using ILGPU.Backends.PTX;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;

namespace HybridControl.Gpu.Compilation;

/// <summary>Compiles kernels to PTX with no device at hand.</summary>
/// <remarks>
/// Each compilation has a context of its own: a kernel that does not compile leaves a context unusable, and here
/// nothing else lives in it. Thread-safe.
/// </remarks>
public static class PtxCompiler
{
    /// <summary>Compiles a static method whose first parameter is the index of the thread, or one that asks for its place in its group.</summary>
    /// <param name="kernel">The kernel; a generic one must be closed.</param>
    /// <param name="computeCapability">Compute capability times ten: 80 for A100, 90 for H100 and H200.</param>
    /// <exception cref="ModelException">The kernel uses what a device cannot run; the message names it.</exception>
    public static PtxReport Compile(MethodInfo kernel, int computeCapability)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        var architecture = new CudaArchitecture(computeCapability / 10, computeCapability % 10);
        using Context context = Context.Create(builder => KernelSettings.Apply(builder));
        using var backend = new PTXBackend(
            context, new CudaCapabilityContext(architecture), architecture, new CudaInstructionSet(8, 4), null);
        try
        {
            bool indexed = kernel.GetParameters() is [{ ParameterType: var first }, ..] && first == typeof(Index1D);
            var compiled = (PTXCompiledKernel)backend.Compile(
                indexed ? EntryPointDescription.FromImplicitlyGroupedKernel(kernel) : EntryPointDescription.FromExplicitlyGroupedKernel(kernel),
                KernelSpecialization.Empty);
            return PtxReader.Read(compiled.PTXAssembly);
        }
        catch (Exception error) when (KernelFailure.IsOfCompiler(error))
        {
            throw KernelFailure.Rewrap(error, $"kernel {kernel.Name} for compute capability {computeCapability}");
        }
    }
}
