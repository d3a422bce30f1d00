using HybridControl.Ensembles;
using ILGPU;

namespace HybridControl.Gpu.Kernels;

/// <summary>The kernels that reduce a chunk to sums, one thread for each column of each block, in the order of trajectories.</summary>
/// <remarks>The order of every sum is fixed, so the sums are the same from run to run, whatever the chunk.</remarks>
public static class ReductionKernels
{
    /// <summary>Kinds of status.</summary>
    public const int Kinds = (int)TrajectoryStatus.InconsistentState + 1;

    /// <summary>Sums columns of blocks.</summary>
    /// <param name="thread">Column * blocks + block.</param>
    /// <param name="range">The trajectories.</param>
    /// <param name="values">Rows of numbers.</param>
    /// <param name="registers">Rows of registers, the status among them.</param>
    /// <param name="rows">The row of each column; -1 if it is a constant.</param>
    /// <param name="constants">The number of each column that is a constant.</param>
    /// <param name="whole">1 for a column that a failed trajectory lacks, else 0.</param>
    /// <param name="sums">Receives the sums.</param>
    public static void Sum<T, TWidening>(
        Index1D thread, ReductionRange range, ArrayView<T> values, ArrayView<T> registers, ArrayView<int> rows,
        ArrayView<double> constants, ArrayView<int> whole, ArrayView<ColumnSums> sums)
        where T : unmanaged
        where TWidening : unmanaged, IWidening<T>
    {
        int column = thread / range.Blocks;
        int block = thread % range.Blocks;
        int end = LastOf(range, block);
        ColumnSums result = default;
        result.Min = double.PositiveInfinity;
        result.Max = double.NegativeInfinity;
        double total = 0.0;
        for (int i = FirstOf(range, block); i < end; i += range.Alternatives)
        {
            double value = rows[column] < 0 ? constants[column] : TWidening.Widen(values[(rows[column] * range.Stride) + i]);
            if (Math.Abs(value) <= double.MaxValue && (whole[column] == 0 || IsGood<T, TWidening>(range, registers, i)))
            {
                result.Count++;
                result.Min = value < result.Min ? value : result.Min;
                result.Max = value > result.Max ? value : result.Max;
                total += value;
            }
            else
            {
                result.Missing++;
            }
        }

        double mean = result.Count > 0 ? total / result.Count : 0.0;
        result.Center = Math.Abs(mean) <= double.MaxValue ? mean : (0.5 * result.Min) + (0.5 * result.Max);
        for (int i = FirstOf(range, block); i < end; i += range.Alternatives)
        {
            double value = rows[column] < 0 ? constants[column] : TWidening.Widen(values[(rows[column] * range.Stride) + i]);
            if (Math.Abs(value) <= double.MaxValue && (whole[column] == 0 || IsGood<T, TWidening>(range, registers, i)))
            {
                double deviation = value - result.Center;
                result.Deviations += deviation;
                result.Squares += deviation * deviation;
            }
        }

        sums[thread] = result;
    }

    /// <summary>Counts how the trajectories of each block ended.</summary>
    /// <param name="thread">Number of the block.</param>
    /// <param name="range">The trajectories.</param>
    /// <param name="registers">Rows of registers, the status among them.</param>
    /// <param name="counts">Receives, by block, then status, the number of trajectories.</param>
    public static void CountStatuses<T, TWidening>(
        Index1D thread, ReductionRange range, ArrayView<T> registers, ArrayView<int> counts)
        where T : unmanaged
        where TWidening : unmanaged, IWidening<T>
    {
        for (int kind = 0; kind < Kinds; kind++)
        {
            counts[(thread * Kinds) + kind] = 0;
        }

        int end = LastOf(range, thread);
        for (int i = FirstOf(range, thread); i < end; i += range.Alternatives)
        {
            double status = range.StatusRow < 0 ? 0.0 : TWidening.Widen(registers[(range.StatusRow * range.Stride) + i]);
            int kind = KernelMath.Index(status, Kinds);
            if (kind >= 0)
            {
                counts[(thread * Kinds) + kind]++;
            }
        }
    }

    private static int FirstOf(ReductionRange range, int block)
    {
        int start = block * EnsembleBlock.Capacity;
        int rest = (int)((range.First + start) % range.Alternatives);
        return start + ((range.Alternative - rest + range.Alternatives) % range.Alternatives);
    }

    private static int LastOf(ReductionRange range, int block)
    {
        int end = (block + 1) * EnsembleBlock.Capacity;
        return end < range.Count ? end : range.Count;
    }

    private static bool IsGood<T, TWidening>(ReductionRange range, ArrayView<T> registers, int slot)
        where T : unmanaged
        where TWidening : unmanaged, IWidening<T>
    {
        double status = range.StatusRow < 0 ? 0.0 : TWidening.Widen(registers[(range.StatusRow * range.Stride) + slot]);
        return status is (double)TrajectoryStatus.Completed or (double)TrajectoryStatus.Stopped;
    }
}
