using System.Runtime.CompilerServices;
using HybridControl.Diagnostics;
using HybridControl.Gpu.Compilation;
using HybridControl.Gpu.Devices;
using ILGPU;
using ILGPU.Runtime;

namespace HybridControl.Gpu.Neural;

/// <summary>The compiled kernels of a device, shared by its back-ends. A kernel is compiled when it is first launched.</summary>
internal sealed class KernelCache
{
    private static readonly ConditionalWeakTable<Accelerator, KernelCache> Caches = [];

    private readonly GpuDevice _device;
    private readonly Accelerator _accelerator;
    private readonly Dictionary<Delegate, Delegate> _kernels = [];

    private KernelCache(GpuDevice device) => (_device, _accelerator) = (device, device.Accelerator);

    /// <summary>The kernels of a device.</summary>
    public static KernelCache Of(GpuDevice device) => Caches.GetValue(device.Accelerator, _ => new KernelCache(device));

    /// <summary>Launches a kernel that has a thread for each index.</summary>
    public void Each<TArguments>(Action<Index1D, TArguments> kernel, long count, TArguments arguments)
        where TArguments : struct
    {
        if (count > int.MaxValue)
        {
            throw new ModelException(_device.Name, $"one operation goes over {count} entries, at most {int.MaxValue}", "Use shorter sequences or fewer streams at a time.");
        }

        if (count > 0)
        {
            try
            {
                _accelerator.Bind();
                Delegate launcher = Known(kernel) ?? Keep(kernel, _accelerator.LoadAutoGroupedStreamKernel(kernel));
                ((Action<Index1D, TArguments>)launcher)((int)count, arguments);
            }
            catch (Exception error) when (error is AcceleratorException or InternalCompilerException)
            {
                throw KernelFailure.OfDevice(error, _device.Name);
            }
        }
    }

    /// <summary>Launches a kernel of groups.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="groups">Groups.</param>
    /// <param name="threads">Threads of a group.</param>
    /// <param name="arguments">Its arguments.</param>
    public void Groups<TArguments>(Action<TArguments> kernel, long groups, int threads, TArguments arguments)
        where TArguments : struct
    {
        if (groups > int.MaxValue)
        {
            throw new ModelException(_device.Name, $"one operation has {groups} parts, at most {int.MaxValue}", "Use shorter sequences or fewer streams at a time.");
        }

        if (groups > 0)
        {
            try
            {
                _accelerator.Bind();
                Delegate launcher = Known(kernel) ?? Keep(kernel, _accelerator.LoadStreamKernel(kernel));
                ((Action<KernelConfig, TArguments>)launcher)(new KernelConfig((int)groups, threads), arguments);
            }
            catch (Exception error) when (error is AcceleratorException or InternalCompilerException)
            {
                throw KernelFailure.OfDevice(error, _device.Name);
            }
        }
    }

    private Delegate? Known(Delegate kernel)
    {
        lock (_kernels)
        {
            return _kernels.GetValueOrDefault(kernel);
        }
    }

    private Delegate Keep(Delegate kernel, Delegate launcher)
    {
        lock (_kernels)
        {
            return _kernels[kernel] = launcher;
        }
    }
}
