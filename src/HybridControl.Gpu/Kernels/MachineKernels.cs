using ILGPU;

namespace HybridControl.Gpu.Kernels;

/// <summary>The kernels that advance trajectories, one thread for each.</summary>
public static class MachineKernels
{
    /// <summary>Writes what registers and arrays hold before the first program.</summary>
    /// <param name="thread">Number of the thread.</param>
    /// <param name="slots">The trajectories.</param>
    /// <param name="initial">A number for each row of registers.</param>
    /// <param name="samples">Rows of samples.</param>
    /// <param name="varied">For each row of samples, the row of registers that it is written to.</param>
    /// <param name="registers">Rows of registers.</param>
    /// <param name="arrays">Rows of array entries.</param>
    /// <param name="filled">Rows of array entries to be filled.</param>
    /// <param name="nothing">What an entry holds that nothing was written to.</param>
    /// <param name="stride">Trajectories in a row.</param>
    public static void Start<T>(
        Index1D thread, ArrayView<int> slots, ArrayView<T> initial, ArrayView<T> samples, ArrayView<int> varied,
        ArrayView<T> registers, ArrayView<T> arrays, int filled, T nothing, long stride)
        where T : unmanaged
    {
        long slot = slots[thread];
        for (int row = 0; row < initial.IntLength; row++)
        {
            registers[(row * stride) + slot] = initial[row];
        }

        for (int sample = 0; sample < varied.IntLength; sample++)
        {
            registers[(varied[sample] * stride) + slot] = samples[(sample * stride) + slot];
        }

        for (int row = 0; row < filled; row++)
        {
            arrays[(row * stride) + slot] = nothing;
        }
    }

    /// <summary>Runs programs until the trajectory ends or the budget is spent.</summary>
    /// <param name="thread">Number of the thread.</param>
    /// <param name="model">The programs.</param>
    /// <param name="slots">The trajectories; the entry of one that has ended becomes -1.</param>
    /// <param name="unfinished">Counts the trajectories that have not ended.</param>
    /// <param name="registers">Rows of registers.</param>
    /// <param name="arrays">Rows of array entries.</param>
    /// <param name="draws">Rows of random draws.</param>
    /// <param name="stride">Trajectories in a row.</param>
    /// <param name="budget">The most passes through programs.</param>
    public static void Run<TModel, T>(
        Index1D thread, TModel model, ArrayView<int> slots, ArrayView<int> unfinished, ArrayView<T> registers,
        ArrayView<T> arrays, ArrayView<T> draws, long stride, int budget)
        where TModel : unmanaged, IMachineModel<T>
        where T : unmanaged
    {
        var memory = new TrajectoryMemory<T>(registers, arrays, draws, stride, slots[thread]);
        int program = model.Next(memory);
        while (program >= 0 && budget > 0)
        {
            budget -= model.Execute(program, memory, budget);
            program = model.Next(memory);
        }

        if (program >= 0)
        {
            Atomic.Add(ref unfinished[0], 1);
        }
        else
        {
            slots[thread] = -1;
        }
    }
}
