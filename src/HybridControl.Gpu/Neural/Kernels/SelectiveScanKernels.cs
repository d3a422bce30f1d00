using System.Numerics;
using ILGPU;

namespace HybridControl.Gpu.Neural.Kernels;

/// <summary>Operands of a selective scan, over whole sequences or over segments of them.</summary>
internal struct SelectiveScanArguments<T>
    where T : unmanaged
{
    public KernelMatrix<T> X;
    public KernelMatrix<T> Delta;
    public KernelMatrix<T> B;
    public KernelMatrix<T> C;
    public KernelMatrix<T> A;
    public KernelMatrix<T> D;
    public KernelMatrix<T> Gate;

    /// <summary>States before each segment; zeros if it is left out.</summary>
    public KernelMatrix<T> Start;

    /// <summary>States after each segment; not kept if it is left out.</summary>
    public KernelMatrix<T> End;

    /// <summary>Receives the sum of the step sizes of each segment, if it is there.</summary>
    public KernelMatrix<T> Total;

    /// <summary>Outputs; left out where only the states are wanted.</summary>
    public KernelMatrix<T> Y;

    public int Heads;
    public int Length;
    public int Segments;
    public int SegmentLength;

    /// <summary>Groups of threads for the channels of a head.</summary>
    public int GroupsPerHead;
}

/// <summary>Selective scans.</summary>
internal static class SelectiveScanKernels
{
    /// <summary>Tokens whose B and C stand in shared memory at a time.</summary>
    public const int Steps = 16;

    private const double Log2OfE = 1.4426950408889634;

    /// <summary>A thread for each channel of each segment of each stream; its states and rates stay in registers along time.</summary>
    /// <remarks>
    /// A token of a channel reads x, delta and the gate and writes y: 16 bytes in single precision, neighbouring threads
    /// neighbouring channels; B and C are shared by the channels of a head and pass through shared memory, 8 n bytes for a group.
    /// Arithmetic: a power of two, three multiply-adds and two reads of shared memory for each state. At n = 16 an H100 starts 3.7e12
    /// powers of two a second, 2.3e11 tokens of a channel, or 3.7 TB/s of this traffic: memory (3.35 TB/s) is the bound, and half of
    /// it the goal. Four tokens are read ahead of their use, so that enough reads are under way.
    /// </remarks>
    public static void Run<T, TNumbers, TStates>(SelectiveScanArguments<T> a)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TNumbers : struct, IKernelNumbers<T>
        where TStates : struct, IScanStates<T, TStates>
    {
        ArrayView<T> b = SharedMemory.Allocate<T>(Steps * TStates.Count);
        ArrayView<T> c = SharedMemory.Allocate<T>(Steps * TStates.Count);
        int size = a.A.Rows;
        int channels = a.X.Columns;
        int perHead = channels / a.Heads;
        int strip = Grid.IdxX / a.GroupsPerHead;
        int place = ((Grid.IdxX - (strip * a.GroupsPerHead)) * Group.DimX) + Group.IdxX;
        int part = strip / a.Heads;
        int head = strip - (part * a.Heads);
        int stream = part / a.Segments;
        int first = (part - (stream * a.Segments)) * a.SegmentLength;
        int end = Math.Min(first + a.SegmentLength, a.Length);
        bool works = place < perHead;
        int channel = (head * perHead) + (works ? place : 0);
        TStates rates = TStates.Scale(TStates.Load(a.A, 0, a.A.Stride, channel, 0, size), TNumbers.Of(Log2OfE));
        TStates states = TStates.Load(a.Start, part, channels, channel, 0, a.Start.Exists == 0 ? 0 : size);
        T direct = a.D.Exists == 0 ? T.Zero : a.D[0, channel];
        T total = T.Zero;
        for (int t = first; t < end; t += Steps)
        {
            int count = Math.Min(Steps, end - t);
            int row = (stream * a.Length) + t;
            Group.Barrier();
            Stage(a.B, b, row, count, head * size, size, TStates.Count);
            if (a.Y.Exists != 0)
            {
                Stage(a.C, c, row, count, head * size, size, TStates.Count);
            }

            Group.Barrier();
            for (int k = 0; works && k < count; k += 4)
            {
                Quad<T> deltas = Read(a.Delta, row + k, channel, count - k);
                Quad<T> inputs = Read(a.X, row + k, channel, count - k);
                Quad<T> gates = default;
                if (a.Gate.Exists != 0)
                {
                    gates = Read(a.Gate, row + k, channel, count - k);
                }

                states = Step<T, TNumbers, TStates>(a, states, rates, row, k, channel, b, c, direct, deltas.A, inputs.A, gates.A, ref total);
                if (k + 1 < count)
                {
                    states = Step<T, TNumbers, TStates>(a, states, rates, row, k + 1, channel, b, c, direct, deltas.B, inputs.B, gates.B, ref total);
                }

                if (k + 2 < count)
                {
                    states = Step<T, TNumbers, TStates>(a, states, rates, row, k + 2, channel, b, c, direct, deltas.C, inputs.C, gates.C, ref total);
                }

                if (k + 3 < count)
                {
                    states = Step<T, TNumbers, TStates>(a, states, rates, row, k + 3, channel, b, c, direct, deltas.D, inputs.D, gates.D, ref total);
                }
            }
        }

        if (works)
        {
            TStates.Save(states, a.End, part, channels, channel, 0, a.End.Exists == 0 ? 0 : size);
            if (a.Total.Exists != 0)
            {
                a.Total[part, channel] = total;
            }
        }
    }

    /// <summary>Carries states over segments: a thread for each state; what a segment adds is replaced by the state before it.</summary>
    /// <param name="i">Stream, state, channel.</param>
    /// <param name="a">Start is the state of the streams before, End after; Y holds what each segment adds.</param>
    public static void Carry<T, TNumbers>(Index1D i, SelectiveScanArguments<T> a)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TNumbers : struct, IKernelNumbers<T>
    {
        int channels = a.A.Columns;
        int entries = a.A.Rows * channels;
        int stream = i / entries;
        int entry = i - (stream * entries);
        int row = entry / channels;
        int channel = entry - (row * channels);
        T rate = a.A[row, channel];
        T state = a.Start.Exists == 0 ? T.Zero : a.Start[stream, entry];
        for (int segment = 0; segment < a.Segments; segment++)
        {
            int part = (stream * a.Segments) + segment;
            T added = a.Y[part, entry];
            a.Y[part, entry] = state;
            state = (TNumbers.Exp(rate * a.Total[part, channel]) * state) + added;
        }

        if (a.End.Exists != 0)
        {
            a.End[stream, entry] = state;
        }
    }

    private static void Stage<T>(KernelMatrix<T> from, ArrayView<T> to, int row, int count, int column, int size, int padded)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (int i = Group.IdxX; i < count * padded; i += Group.DimX)
        {
            int step = i / padded;
            int j = i - (step * padded);
            to[i] = j < size ? from[row + step, column + j] : T.Zero;
        }
    }

    private static Quad<T> Read<T>(KernelMatrix<T> from, int row, int channel, int count)
        where T : unmanaged
    {
        Quad<T> four;
        four.A = from[row, channel];
        four.B = from[row + Math.Min(1, count - 1), channel];
        four.C = from[row + Math.Min(2, count - 1), channel];
        four.D = from[row + Math.Min(3, count - 1), channel];
        return four;
    }

    private static TStates Step<T, TNumbers, TStates>(
        SelectiveScanArguments<T> a, TStates states, TStates rates, int row, int k, int channel, ArrayView<T> b, ArrayView<T> c,
        T direct, T rawDelta, T x, T gate, ref T total)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TNumbers : struct, IKernelNumbers<T>
        where TStates : struct, IScanStates<T, TStates>
    {
        T delta = KernelActivations.Softplus<T, TNumbers>(rawDelta);
        total += delta;
        TStates next = TStates.Advance(states, rates, delta, delta * x, b, k * TStates.Count);
        if (a.Y.Exists != 0)
        {
            T sum = TStates.Dot(next, c, k * TStates.Count) + (direct * x);
            a.Y[row + k, channel] = a.Gate.Exists == 0 ? sum : sum * KernelActivations.Silu<T, TNumbers>(gate);
        }

        return next;
    }
}
