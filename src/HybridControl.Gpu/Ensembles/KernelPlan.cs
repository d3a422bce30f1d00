using System.Collections.Immutable;
using System.Numerics;
using HybridControl.Ensembles;
using HybridControl.Ensembles.Machine;
using HybridControl.Gpu.Compilation;
using HybridControl.Gpu.Devices;
using HybridControl.Gpu.Kernels;
using ILGPU;
using ILGPU.Runtime;

namespace HybridControl.Gpu.Ensembles;

/// <summary>The machines of a plan, one for each alternative, and their kernels.</summary>
/// <typeparam name="T">The number type: double or float.</typeparam>
internal sealed class KernelPlan<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly Type[] _models;
    private Accelerator? _accelerator;
    private MachineLauncher<T>[] _launchers = [];

    /// <summary>Emits the machines of a plan.</summary>
    public KernelPlan(EnsemblePlan plan, ImmutableArray<TrajectoryMachine> machines, KernelPrecision precision)
    {
        Layout = EnsembleLayout.Of(plan);
        Sampler = PlanSampler.For(plan);
        Machines = machines;
        ImmutableArray<int> draws = DrawsOf(plan);
        Rows = [.. machines.Select(machine => new MachineRows(machine, draws))];
        _models = [.. machines.Select((machine, i) => MachineKernelEmitter.Emit(machine, Rows[i], precision))];
        Total = TotalOf(plan, Rows);
    }

    /// <summary>What is kept of a trajectory.</summary>
    public EnsembleLayout Layout { get; }

    /// <summary>The samples.</summary>
    public PlanSampler Sampler { get; }

    /// <summary>The machine of each alternative.</summary>
    public ImmutableArray<TrajectoryMachine> Machines { get; }

    /// <summary>Where each machine keeps its registers.</summary>
    public ImmutableArray<MachineRows> Rows { get; }

    /// <summary>Rows that serve every machine.</summary>
    public ChunkRows Total { get; }

    /// <summary>For each noise, how many draws a trajectory can ask for: one at the start, one at each tick, one behind the end.</summary>
    public static ImmutableArray<int> DrawsOf(EnsemblePlan plan) =>
    [
        .. plan.Noise.Select(noise => (int)Math.Min(int.MaxValue / 4, Math.Ceiling((plan.Until - plan.StartTime) / noise.Period) + 2.0)),
    ];

    /// <summary>Rows that serve every machine of a plan.</summary>
    public static ChunkRows TotalOf(EnsemblePlan plan, ImmutableArray<MachineRows> rows) =>
        rows.Select(row => new ChunkRows(plan.Variations.Length, row.RegisterRows, row.ArrayRows, row.DrawRows))
            .Aggregate((a, b) => a.Union(b));

    /// <summary>The kernel of an alternative, compiled for a device.</summary>
    /// <exception cref="Diagnostics.ModelException">It does not compile.</exception>
    public MachineLauncher<T> LauncherOf(int alternative, GpuDevice device)
    {
        if (_accelerator != device.Accelerator)
        {
            foreach (Type model in _models)
            {
                TryOut(model, device);
            }

            _launchers = [.. _models.Select(model => MachineLauncher<T>.Create(model, device.Accelerator))];
            _accelerator = device.Accelerator;
        }

        return _launchers[alternative];
    }

    // A kernel that does not compile spoils its context, so the first attempt is made in another one.
    private static void TryOut(Type model, GpuDevice device)
    {
        if (device.Kind == GpuDeviceKind.Cuda)
        {
            _ = PtxCompiler.Compile(MachineLauncher<T>.KernelOf(model), computeCapability: 80);
            return;
        }

        using Accelerator scratch = device.OpenScratch(out Context context);
        using (context)
        {
            _ = MachineLauncher<T>.Create(model, scratch);
        }
    }
}
