using System.Diagnostics;
using System.Numerics;
using ILGPU;
using ILGPU.Runtime;

namespace HybridControl.Gpu.Kernels;

/// <summary>Device memory of a chunk of trajectories, and the loop that runs them to their ends.</summary>
/// <remarks>
/// A launch gives each trajectory a budget of passes; those that have not ended then are gathered, in order, and
/// launched again. Where a launch ends makes no difference to a trajectory: all its state is in registers. Not thread-safe.
/// </remarks>
/// <typeparam name="T">The number type: double or float.</typeparam>
internal sealed class ChunkMemory<T> : IDisposable
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly Accelerator _accelerator;
    private readonly List<MemoryBuffer> _buffers = [];
    private readonly MemoryBuffer1D<T, Stride1D.Dense> _samples;
    private readonly MemoryBuffer1D<T, Stride1D.Dense> _registers;
    private readonly MemoryBuffer1D<T, Stride1D.Dense> _arrays;
    private readonly MemoryBuffer1D<T, Stride1D.Dense> _draws;
    private readonly MemoryBuffer1D<int, Stride1D.Dense> _slots;
    private readonly MemoryBuffer1D<int, Stride1D.Dense> _unfinished;
    private readonly Action<Index1D, ArrayView<int>, ArrayView<T>, ArrayView<T>, ArrayView<int>, ArrayView<T>, ArrayView<T>, int, T, long> _start;
    private readonly T[] _row;
    private readonly int[] _left;

    /// <summary>Allocates memory.</summary>
    /// <param name="accelerator">The device.</param>
    /// <param name="capacity">The most trajectories of a chunk.</param>
    /// <param name="rows">Rows of each table.</param>
    public ChunkMemory(Accelerator accelerator, int capacity, ChunkRows rows)
    {
        (_accelerator, Capacity) = (accelerator, capacity);
        try
        {
            _samples = Table<T>(rows.Samples);
            _registers = Table<T>(rows.Registers);
            _arrays = Table<T>(rows.Arrays);
            _draws = Table<T>(rows.Draws);
            _slots = Table<int>(1);
            _unfinished = Keep(accelerator.Allocate1D<int>(1));
        }
        catch
        {
            Dispose();
            throw;
        }

        _start = accelerator.LoadAutoGroupedStreamKernel<
            Index1D, ArrayView<int>, ArrayView<T>, ArrayView<T>, ArrayView<int>, ArrayView<T>, ArrayView<T>, int, T, long>(
            MachineKernels.Start);
        _row = new T[capacity];
        _left = new int[capacity];

        MemoryBuffer1D<TElement, Stride1D.Dense> Table<TElement>(int count)
            where TElement : unmanaged =>
            Keep(accelerator.Allocate1D<TElement>(Math.Max(1L, count) * capacity));
    }

    /// <summary>The most trajectories of a chunk, and the length of a row.</summary>
    public int Capacity { get; }

    /// <summary>How many launches the last run took.</summary>
    public int Launches { get; private set; }

    /// <summary>How long the launches of the last run took, with the gathering in between.</summary>
    public TimeSpan Busy { get; private set; }

    /// <summary>The rows of registers.</summary>
    public ArrayView<T> Registers => _registers.View;

    /// <summary>The rows of array entries.</summary>
    public ArrayView<T> Arrays => _arrays.View;

    /// <summary>Hands over the samples of a variation, for the first trajectories of the chunk.</summary>
    public void WriteSamples(int variation, ReadOnlySpan<double> values) => WriteRow(_samples, variation, values);

    /// <summary>Hands over one draw of a noise, for the first trajectories of the chunk.</summary>
    public void WriteDraws(int row, ReadOnlySpan<double> values) => WriteRow(_draws, row, values);

    /// <summary>Runs trajectories from start to end.</summary>
    /// <param name="launcher">The kernel of their machine.</param>
    /// <param name="rows">Where the machine keeps its registers.</param>
    /// <param name="varied">For each variation, the register that it fills.</param>
    /// <param name="slots">Places of the trajectories in the chunk.</param>
    /// <param name="budget">Passes through programs in one launch.</param>
    /// <param name="cancellation">Ends the run between launches.</param>
    public void Run(
        MachineLauncher<T> launcher, MachineRows rows, ReadOnlySpan<int> varied, ReadOnlySpan<int> slots, int budget,
        CancellationToken cancellation)
    {
        slots.CopyTo(_left);
        int count = slots.Length;
        Upload(_slots.View.SubView(0, count), _left.AsSpan(0, count));
        Begin(rows, varied, count);
        long begin = Stopwatch.GetTimestamp();
        for (Launches = 0; count > 0;)
        {
            cancellation.ThrowIfCancellationRequested();
            _unfinished.MemSetToZero();
            launcher.Launch(
                count, _slots.View, _unfinished.View, _registers.View, _arrays.View, _draws.View, Capacity, budget);
            Launches++;
            Span<int> unfinished = [0];
            Download(_unfinished.View, unfinished);
            count = Gather(count, unfinished[0]);
        }

        Busy = Stopwatch.GetElapsedTime(begin);
    }

    /// <summary>Reads a row of registers, or of array entries, for the first trajectories of the chunk.</summary>
    public void ReadRow(ArrayView<T> table, int row, Span<double> values)
    {
        Span<T> numbers = _row.AsSpan(0, values.Length);
        Download(table.SubView((long)row * Capacity, values.Length), numbers);
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = double.CreateTruncating(numbers[i]);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (MemoryBuffer buffer in _buffers)
        {
            buffer.Dispose();
        }

        _buffers.Clear();
    }

    private void Begin(MachineRows rows, ReadOnlySpan<int> varied, int count)
    {
        double[] initial = rows.Initial();
        T[] numbers = new T[initial.Length];
        for (int i = 0; i < numbers.Length; i++)
        {
            numbers[i] = T.CreateTruncating(initial[i]);
        }

        int[] targets = new int[varied.Length];
        for (int i = 0; i < targets.Length; i++)
        {
            targets[i] = rows.RowOf(varied[i]);
        }

        using MemoryBuffer1D<T, Stride1D.Dense> values = _accelerator.Allocate1D(numbers);
        using MemoryBuffer1D<int, Stride1D.Dense> places = _accelerator.Allocate1D(targets.Length > 0 ? targets : [0]);
        _start(
            count, _slots.View, values.View, _samples.View, places.View.SubView(0, targets.Length), _registers.View,
            _arrays.View, rows.ArrayRows, T.NaN, Capacity);
        _accelerator.Synchronize();
    }

    // The trajectories that are left move together, in their order, so that a launch has no idle threads.
    private int Gather(int count, int unfinished)
    {
        if (unfinished == 0 || unfinished == count)
        {
            return unfinished;
        }

        Span<int> slots = _left.AsSpan(0, count);
        Download(_slots.View.SubView(0, count), slots);
        int kept = 0;
        foreach (int slot in slots)
        {
            if (slot >= 0)
            {
                slots[kept++] = slot;
            }
        }

        Upload(_slots.View.SubView(0, kept), slots[..kept]);
        return kept;
    }

    private void WriteRow(MemoryBuffer1D<T, Stride1D.Dense> table, int row, ReadOnlySpan<double> values)
    {
        Span<T> numbers = _row.AsSpan(0, values.Length);
        for (int i = 0; i < values.Length; i++)
        {
            numbers[i] = T.CreateTruncating(values[i]);
        }

        Upload(table.View.SubView((long)row * Capacity, values.Length), numbers);
    }

    private void Upload<TElement>(ArrayView<TElement> target, Span<TElement> values)
        where TElement : unmanaged
    {
        target.CopyFromCPU(_accelerator.DefaultStream, values);
        _accelerator.Synchronize();
    }

    private void Download<TElement>(ArrayView<TElement> source, Span<TElement> values)
        where TElement : unmanaged
    {
        source.CopyToCPU(_accelerator.DefaultStream, values);
        _accelerator.Synchronize();
    }

    private TBuffer Keep<TBuffer>(TBuffer buffer)
        where TBuffer : MemoryBuffer
    {
        _buffers.Add(buffer);
        return buffer;
    }
}
