using System.Collections.Immutable;
using System.Numerics;
using HybridControl.Ensembles;
using HybridControl.Ensembles.Machine;
using HybridControl.Gpu.Devices;
using HybridControl.Gpu.Kernels;

namespace HybridControl.Gpu.Ensembles;

/// <summary>Runs one chunk of a plan after another and brings home what is kept. Not thread-safe.</summary>
/// <typeparam name="T">The number type: double or float.</typeparam>
internal sealed class ChunkRunner<T> : IDisposable
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly KernelPlan<T> _plan;
    private readonly GpuDevice _device;
    private readonly int _budget;
    private readonly double[] _row;

    /// <summary>Allocates device memory.</summary>
    /// <param name="plan">The kernels.</param>
    /// <param name="device">The device.</param>
    /// <param name="capacity">The most trajectories of a chunk; halved as long as the device refuses.</param>
    /// <param name="budget">Passes through programs in one launch.</param>
    public ChunkRunner(KernelPlan<T> plan, GpuDevice device, int capacity, int budget)
    {
        (_plan, _device, _budget) = (plan, device, budget);
        Memory = ChunkSize.Allocate(capacity, size => new ChunkMemory<T>(device.Accelerator, size, plan.Total), device.Name);
        _row = new double[Memory.Capacity];
    }

    /// <summary>Memory of the chunk.</summary>
    public ChunkMemory<T> Memory { get; }

    /// <summary>The number of alternatives.</summary>
    public int Alternatives => _plan.Machines.Length;

    /// <summary>Runs the trajectories of some consecutive blocks to their ends.</summary>
    /// <returns>The blocks, with their samples only.</returns>
    public EnsembleBlock[] Run(long firstBlock, int blockCount, CancellationToken cancellation)
    {
        EnsembleBlock[] blocks = Sample(firstBlock, blockCount, cancellation);
        int count = blocks.Sum(block => block.Count);
        for (int v = 0; v < _plan.Layout.Samples.Length; v++)
        {
            foreach (EnsembleBlock block in blocks)
            {
                block.Sample(v).CopyTo(_row.AsSpan(PlaceOf(block, firstBlock)));
            }

            Memory.WriteSamples(v, _row.AsSpan(0, count));
        }

        WriteDraws(firstBlock * EnsembleBlock.Capacity, count, cancellation);
        for (int a = 0; a < Alternatives; a++)
        {
            int[] slots = [.. SlotsOf(a, firstBlock * EnsembleBlock.Capacity, count)];
            if (slots.Length > 0)
            {
                Memory.Run(
                    _plan.LauncherOf(a, _device), _plan.Rows[a], _plan.Machines[a].Varied.AsSpan(), slots, _budget, cancellation);
            }
        }

        return blocks;
    }

    /// <summary>Brings home what is kept of the trajectories that ran last.</summary>
    public void Read(EnsembleBlock[] blocks)
    {
        int count = blocks.Sum(block => block.Count);
        for (int a = 0; a < Alternatives; a++)
        {
            TrajectoryMachine machine = _plan.Machines[a];
            MachineRows rows = _plan.Rows[a];
            for (int column = 0; column < machine.Results.Length; column++)
            {
                int row = rows.RowOf(machine.Results[column]);
                if (row >= 0)
                {
                    Memory.ReadRow(Memory.Registers, row, _row.AsSpan(0, count));
                }
                else
                {
                    _row.AsSpan(0, count).Fill(rows.InitialOf(machine.Results[column]));
                }

                Scatter(blocks, a, block => block.Scalars, column);
            }

            for (int i = 0; i < machine.Arrays.Length; i++)
            {
                Func<EnsembleBlock, double[]> table = TableOf(machine.Arrays[i].Name);
                for (int entry = 0; entry < machine.Arrays[i].Length; entry++)
                {
                    Memory.ReadRow(Memory.Arrays, rows.FirstEntry[i] + entry, _row.AsSpan(0, count));
                    Scatter(blocks, a, table, entry);
                }
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Memory.Dispose();

    private static int PlaceOf(EnsembleBlock block, long firstBlock) => (int)(block.First - (firstBlock * EnsembleBlock.Capacity));

    private static Func<EnsembleBlock, double[]> TableOf(string array) => array switch
    {
        "grid" => block => block.Grid,
        "eventTimes" => block => block.EventTimes,
        _ => block => block.EventTransitions,
    };

    private EnsembleBlock[] Sample(long firstBlock, int blockCount, CancellationToken cancellation)
    {
        var blocks = new EnsembleBlock[blockCount];
        Parallel.For(0, blockCount, new ParallelOptions { CancellationToken = cancellation }, i =>
        {
            long number = firstBlock + i;
            blocks[i] = new(_plan.Layout, number * EnsembleBlock.Capacity, _plan.Sampler.CountOf(number));
            _plan.Sampler.Fill(blocks[i]);
        });
        return blocks;
    }

    private void WriteDraws(long first, int count, CancellationToken cancellation)
    {
        MachineRows rows = _plan.Rows[0];
        var options = new ParallelOptions { CancellationToken = cancellation };
        for (int noise = 0; noise < rows.Draws.Length; noise++)
        {
            for (int draw = 0; draw < rows.Draws[noise]; draw++)
            {
                Parallel.For(0, (int)EnsembleBlock.CountOf(count), options, part =>
                {
                    int end = Math.Min(count, (part + 1) * EnsembleBlock.Capacity);
                    for (int i = part * EnsembleBlock.Capacity; i < end; i++)
                    {
                        _row[i] = noise < rows.NoiseCount
                            ? _plan.Sampler.Noise(noise, first + i, draw)
                            : _plan.Sampler.KeyOf(first + i, draw);
                    }
                });
                Memory.WriteDraws(rows.FirstDraw[noise] + draw, _row.AsSpan(0, count));
            }
        }
    }

    private IEnumerable<int> SlotsOf(int alternative, long first, int count)
    {
        int start = (int)((alternative - (first % Alternatives) + Alternatives) % Alternatives);
        for (int slot = start; slot < count; slot += Alternatives)
        {
            yield return slot;
        }
    }

    private void Scatter(EnsembleBlock[] blocks, int alternative, Func<EnsembleBlock, double[]> table, int column)
    {
        foreach (EnsembleBlock block in blocks)
        {
            double[] values = table(block);
            int place = PlaceOf(block, blocks[0].Number);
            foreach (int i in SlotsOf(alternative, block.First, block.Count))
            {
                values[(column * block.Count) + i] = _row[place + i];
            }
        }
    }
}
