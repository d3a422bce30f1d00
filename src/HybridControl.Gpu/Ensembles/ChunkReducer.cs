using System.Numerics;
using HybridControl.Ensembles;
using HybridControl.Ensembles.Machine;
using HybridControl.Ensembles.Statistics;
using HybridControl.Gpu.Kernels;
using ILGPU;
using ILGPU.Runtime;

namespace HybridControl.Gpu.Ensembles;

/// <summary>Reduces one chunk after another on the device and merges the sums of their blocks in order. Not thread-safe.</summary>
/// <typeparam name="T">The number type: double or float.</typeparam>
internal abstract class ChunkReducer<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>The reducer for a plan on a device.</summary>
    public static ChunkReducer<T> For(KernelPlan<T> plan, Accelerator accelerator) => typeof(T) == typeof(double)
        ? (ChunkReducer<T>)(object)new ChunkReducer<double, DoubleWidening>((KernelPlan<double>)(object)plan, accelerator)
        : (ChunkReducer<T>)(object)new ChunkReducer<float, SingleWidening>((KernelPlan<float>)(object)plan, accelerator);

    /// <summary>Takes in a chunk that has run.</summary>
    /// <param name="memory">Its memory.</param>
    /// <param name="first">Number of its first trajectory.</param>
    /// <param name="count">The number of its trajectories.</param>
    public abstract void Add(ChunkMemory<T> memory, long first, int count);

    /// <summary>The statistics of all chunks.</summary>
    public abstract DeviceStatistics ToStatistics();
}

/// <summary>The reducer for one number type.</summary>
internal sealed class ChunkReducer<T, TWidening> : ChunkReducer<T>
    where T : unmanaged, IFloatingPointIeee754<T>
    where TWidening : unmanaged, IWidening<T>
{
    private readonly KernelPlan<T> _plan;
    private readonly Accelerator _accelerator;
    private readonly Action<Index1D, ReductionRange, ArrayView<T>, ArrayView<T>, ArrayView<int>, ArrayView<double>, ArrayView<int>, ArrayView<ColumnSums>> _sum;
    private readonly Action<Index1D, ReductionRange, ArrayView<T>, ArrayView<int>> _count;
    private readonly Moments[][] _columns;
    private readonly long[] _statuses = new long[ReductionKernels.Kinds];
    private readonly int _scalars;
    private readonly int _grid;

    public ChunkReducer(KernelPlan<T> plan, Accelerator accelerator)
    {
        (_plan, _accelerator) = (plan, accelerator);
        _sum = accelerator.LoadAutoGroupedStreamKernel<
            Index1D, ReductionRange, ArrayView<T>, ArrayView<T>, ArrayView<int>, ArrayView<double>, ArrayView<int>, ArrayView<ColumnSums>>(
            ReductionKernels.Sum<T, TWidening>);
        _count = accelerator.LoadAutoGroupedStreamKernel<Index1D, ReductionRange, ArrayView<T>, ArrayView<int>>(
            ReductionKernels.CountStatuses<T, TWidening>);
        _scalars = plan.Layout.Scalars.Length;
        _grid = plan.Layout.GridTimes.Length * plan.Layout.Grid.Length;
        _columns = [.. plan.Machines.Select(_ => Enumerable.Repeat(Moments.Empty, _scalars + _grid).ToArray())];
    }

    public override void Add(ChunkMemory<T> memory, long first, int count)
    {
        for (int alternative = 0; alternative < _columns.Length; alternative++)
        {
            MachineRows rows = _plan.Rows[alternative];
            TrajectoryMachine machine = _plan.Machines[alternative];
            var range = new ReductionRange
            {
                First = first,
                Stride = memory.Capacity,
                Count = count,
                Blocks = (int)EnsembleBlock.CountOf(count),
                Alternative = alternative,
                Alternatives = _columns.Length,
                StatusRow = rows.RowOf(machine.Results[EnsembleLayout.Status]),
            };
            CountStatuses(memory, range);
            var map = new ColumnMap(_plan.Layout);
            int[] whole = [.. Enumerable.Range(0, _scalars).Select(column => map.IsOfWhole(map.FirstScalar + column) ? 1 : 0)];
            Sum(
                memory, memory.Registers, range, [.. machine.Results.Select(rows.RowOf)], [.. machine.Results.Select(rows.InitialOf)], whole,
                _columns[alternative].AsSpan(0, _scalars));
            int array = _grid == 0 ? 0 : Enumerable.Range(0, machine.Arrays.Length).First(i => machine.Arrays[i].Name == "grid");
            int[] entries = [.. Enumerable.Range(0, _grid).Select(entry => rows.FirstEntry[array] + entry)];
            Sum(memory, memory.Arrays, range, entries, new double[_grid], new int[_grid], _columns[alternative].AsSpan(_scalars));
        }
    }

    public override DeviceStatistics ToStatistics() => new(_plan.Layout, _columns, _statuses);

    private void CountStatuses(ChunkMemory<T> memory, ReductionRange range)
    {
        using MemoryBuffer1D<int, Stride1D.Dense> counts = _accelerator.Allocate1D<int>(range.Blocks * ReductionKernels.Kinds);
        _count(range.Blocks, range, memory.Registers, counts.View);
        int[] found = counts.GetAsArray1D();
        for (int i = 0; i < found.Length; i++)
        {
            _statuses[i % ReductionKernels.Kinds] += found[i];
        }
    }

    private void Sum(
        ChunkMemory<T> memory, ArrayView<T> values, ReductionRange range, int[] rows, double[] constants, int[] whole, Span<Moments> columns)
    {
        if (columns.Length == 0)
        {
            return;
        }

        using MemoryBuffer1D<int, Stride1D.Dense> places = _accelerator.Allocate1D(rows);
        using MemoryBuffer1D<double, Stride1D.Dense> numbers = _accelerator.Allocate1D(constants);
        using MemoryBuffer1D<int, Stride1D.Dense> flags = _accelerator.Allocate1D(whole);
        using MemoryBuffer1D<ColumnSums, Stride1D.Dense> sums = _accelerator.Allocate1D<ColumnSums>((long)columns.Length * range.Blocks);
        _sum(columns.Length * range.Blocks, range, values, memory.Registers, places.View, numbers.View, flags.View, sums.View);
        ColumnSums[] found = sums.GetAsArray1D();
        for (int column = 0; column < columns.Length; column++)
        {
            for (int block = 0; block < range.Blocks; block++)
            {
                columns[column] = Moments.Merge(columns[column], DeviceStatistics.Of(found[(column * range.Blocks) + block]));
            }
        }
    }
}
