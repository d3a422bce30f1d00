using System.Collections.Immutable;
using System.Numerics;
using System.Runtime.CompilerServices;
using HybridControl.Diagnostics;
using HybridControl.Ensembles;
using HybridControl.Ensembles.Machine;
using HybridControl.Gpu.Compilation;
using HybridControl.Gpu.Devices;
using HybridControl.Gpu.Kernels;
using ILGPU.Runtime;

namespace HybridControl.Gpu.Ensembles;

/// <summary>Runs ensembles on a device, one trajectory for each thread, with its own time, step, mode and events.</summary>
/// <remarks>
/// A trajectory is the same register machine as on the CPU; its results differ by rounding only, because a device fuses
/// multiplications and additions. Chunks are as large as memory allows and do not change a result. Thread-safe; runs on
/// one device wait for each other.
/// </remarks>
public sealed class GpuEnsembleBackend : IEnsembleBackend
{
    private readonly GpuDevice? _device;
    private readonly Func<EnsemblePlan, int, TrajectoryMachine> _compile;
    private readonly Func<EnsemblePlan, ImmutableArray<Finding>> _check;
    private readonly ConditionalWeakTable<EnsemblePlan, object> _prepared = [];

    /// <summary>Creates the back-end.</summary>
    /// <param name="device">The device; null if there is none, which <see cref="Check"/> then explains.</param>
    /// <param name="precision">The numbers that kernels compute with.</param>
    public GpuEnsembleBackend(GpuDevice? device, KernelPrecision precision = KernelPrecision.Double)
        : this(device, precision, MachineCompiler.Compile, MachineCompiler.Check)
    {
    }

    /// <summary>Creates the back-end with another compiler of machines.</summary>
    internal GpuEnsembleBackend(
        GpuDevice? device, KernelPrecision precision, Func<EnsemblePlan, int, TrajectoryMachine> compile,
        Func<EnsemblePlan, ImmutableArray<Finding>> check) => (_device, Precision, _compile, _check) = (device, precision, compile, check);

    /// <inheritdoc/>
    public string Name => _device is null ? "no GPU" : $"{_device.Name} ({_device.Kind}, {Precision.ToString().ToLowerInvariant()} precision)";

    /// <summary>The numbers that kernels compute with.</summary>
    public KernelPrecision Precision { get; }

    /// <summary>The most trajectories on the device at a time; fewer where memory is short. Does not change a result.</summary>
    public int ChunkLimit { get; init; } = 1 << 24;

    /// <summary>Passes through programs of one launch, such as steps; trajectories that need more are launched again. Does not change a result.</summary>
    public int Budget { get; init; } = 4096;

    /// <inheritdoc/>
    public ImmutableArray<Finding> Check(EnsemblePlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        if (_device is null)
        {
            return [DeviceDiagnosis.Describe().Finding()];
        }

        ImmutableArray<Finding> findings = _check(plan);
        return findings.IsEmpty ? KernelCheck.Run(plan, _device, Precision, _compile) : findings;
    }

    /// <inheritdoc/>
    public void Run(EnsemblePlan plan, long firstBlock, long blockCount, Action<EnsembleBlock> completed, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(completed);
        if (Precision == KernelPrecision.Double)
        {
            Run<double>(plan, firstBlock, blockCount, completed, cancellation);
        }
        else
        {
            Run<float>(plan, firstBlock, blockCount, completed, cancellation);
        }
    }

    /// <summary>Runs a whole plan and keeps only sums, which are made on the device: for ensembles too large to bring home.</summary>
    /// <param name="plan">A valid plan that <see cref="Check"/> has no findings for.</param>
    /// <param name="cancellation">Ends the run without a result.</param>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    public DeviceStatistics Reduce(EnsemblePlan plan, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return Precision == KernelPrecision.Double ? Reduce<double>(plan, cancellation) : Reduce<float>(plan, cancellation);
    }

    private DeviceStatistics Reduce<T>(EnsemblePlan plan, CancellationToken cancellation)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        ChunkReducer<T>? reducer = null;
        ForEachChunk<T>(plan, 0, PlanSampler.For(plan).BlockCount, Take, cancellation);
        return reducer!.ToStatistics();

        void Take(KernelPlan<T> kernels, ChunkRunner<T> runner, EnsembleBlock[] blocks)
        {
            reducer ??= ChunkReducer<T>.For(kernels, _device!.Accelerator);
            reducer.Add(runner.Memory, blocks[0].First, blocks.Sum(block => block.Count));
        }
    }

    private void Run<T>(
        EnsemblePlan plan, long firstBlock, long blockCount, Action<EnsembleBlock> completed, CancellationToken cancellation)
        where T : unmanaged, IFloatingPointIeee754<T> =>
        ForEachChunk<T>(
            plan, firstBlock, blockCount,
            (_, runner, blocks) =>
            {
                runner.Read(blocks);
                Array.ForEach(blocks, completed);
            },
            cancellation);

    private void ForEachChunk<T>(
        EnsemblePlan plan, long firstBlock, long blockCount, Action<KernelPlan<T>, ChunkRunner<T>, EnsembleBlock[]> take,
        CancellationToken cancellation)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        GpuDevice device = _device ?? throw new ModelException([DeviceDiagnosis.Describe().Finding()]);
        lock (device.Gate)
        {
            try
            {
                device.Accelerator.Bind();
                KernelPlan<T> kernels = KernelsOf<T>(plan);
                using ChunkRunner<T> runner = RunnerOf(kernels, device, blockCount);
                int step = runner.Memory.Capacity / EnsembleBlock.Capacity;
                for (long block = firstBlock; block < firstBlock + blockCount; block += step)
                {
                    cancellation.ThrowIfCancellationRequested();
                    take(kernels, runner, runner.Run(block, (int)Math.Min(step, firstBlock + blockCount - block), cancellation));
                }
            }
            catch (AcceleratorException error)
            {
                throw KernelFailure.OfDevice(error, device.Name);
            }
        }
    }

    private KernelPlan<T> KernelsOf<T>(EnsemblePlan plan)
        where T : unmanaged, IFloatingPointIeee754<T> =>
        (KernelPlan<T>)_prepared.GetValue(plan, key => new KernelPlan<T>(
            key, [.. Enumerable.Range(0, key.AlternativeCount).Select(a => _compile(key, a))], Precision));

    private ChunkRunner<T> RunnerOf<T>(KernelPlan<T> kernels, GpuDevice device, long blockCount)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int capacity = ChunkSize.Of(
            device.MemoryBytes, kernels.Total.BytesOf(Unsafe.SizeOf<T>()), kernels.Layout.Width, blockCount * EnsembleBlock.Capacity);
        int limit = Math.Max(EnsembleBlock.Capacity, ChunkLimit / EnsembleBlock.Capacity * EnsembleBlock.Capacity);
        return new(kernels, device, Math.Min(capacity, limit), Budget);
    }
}
