using System.Reflection;
using HybridControl.Gpu.Compilation;
using ILGPU;
using ILGPU.Runtime;

namespace HybridControl.Gpu.Kernels;

/// <summary>The compiled kernel of one machine on one device.</summary>
/// <typeparam name="T">The number type: double or float.</typeparam>
internal abstract class MachineLauncher<T>
    where T : unmanaged
{
    /// <summary>Compiles the kernel for an emitted model.</summary>
    /// <exception cref="Diagnostics.ModelException">The kernel does not compile. The context of the accelerator is then unusable.</exception>
    public static MachineLauncher<T> Create(Type model, Accelerator accelerator)
    {
        Type closed = typeof(MachineLauncher<,>).MakeGenericType(model, typeof(T));
        try
        {
            return (MachineLauncher<T>)Activator.CreateInstance(closed, accelerator)!;
        }
        catch (TargetInvocationException error) when (KernelFailure.IsOfCompiler(error.InnerException!))
        {
            throw KernelFailure.Rewrap(error.InnerException!, $"machine kernel on {accelerator.Name}");
        }
    }

    /// <summary>The kernel method for an emitted model, closed: what a compiler takes.</summary>
    public static MethodInfo KernelOf(Type model) =>
        typeof(MachineKernels).GetMethod(nameof(MachineKernels.Run))!.MakeGenericMethod(model, typeof(T));

    /// <summary>Starts the kernel for the first <paramref name="count"/> entries of <paramref name="slots"/>.</summary>
    public abstract void Launch(
        int count, ArrayView<int> slots, ArrayView<int> unfinished, ArrayView<T> registers, ArrayView<T> arrays,
        ArrayView<T> draws, long stride, int budget);
}

/// <summary>The compiled kernel of one emitted model.</summary>
internal sealed class MachineLauncher<TModel, T> : MachineLauncher<T>
    where TModel : unmanaged, IMachineModel<T>
    where T : unmanaged
{
    private const int GroupThreads = 64; // a group keeps its place until its last trajectory ends

    private readonly Action<Index1D, TModel, ArrayView<int>, ArrayView<int>, ArrayView<T>, ArrayView<T>, ArrayView<T>, long, int> _kernel;

    private readonly TModel _model = (TModel)typeof(TModel).GetMethod(MachineKernelEmitter.FilledName)!.Invoke(null, null)!;

    public MachineLauncher(Accelerator accelerator) => _kernel = accelerator.MaxNumThreadsPerGroup < GroupThreads
        ? accelerator.LoadAutoGroupedStreamKernel<
            Index1D, TModel, ArrayView<int>, ArrayView<int>, ArrayView<T>, ArrayView<T>, ArrayView<T>, long, int>(MachineKernels.Run)
        : accelerator.LoadImplicitlyGroupedStreamKernel<
            Index1D, TModel, ArrayView<int>, ArrayView<int>, ArrayView<T>, ArrayView<T>, ArrayView<T>, long, int>(MachineKernels.Run, GroupThreads);

    public override void Launch(
        int count, ArrayView<int> slots, ArrayView<int> unfinished, ArrayView<T> registers, ArrayView<T> arrays,
        ArrayView<T> draws, long stride, int budget) =>
        _kernel(count, _model, slots, unfinished, registers, arrays, draws, stride, budget);
}
