using System.Numerics;
using ILGPU;

namespace HybridControl.Gpu.Neural.Kernels;

/// <summary>The parts of a state-space-duality scan that are no products: step sizes, states from chunk to chunk, and single tokens.</summary>
internal static class SsdKernels
{
    /// <summary>Channels of a head that one group takes in a step of one token.</summary>
    public const int StepChannels = 16;

    /// <summary>The most threads of such a group.</summary>
    public const int StepThreads = 128;

    /// <summary>Step sizes and their running exponents: a thread for each head of each chunk.</summary>
    public static void Steps<T, TNumbers>(Index1D i, SsdArguments<T> a)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TNumbers : struct, IKernelNumbers<T>
    {
        int part = i / a.Heads;
        int head = i - (part * a.Heads);
        int stream = part / a.Chunks;
        int first = (part - (stream * a.Chunks)) * a.Chunk;
        int end = Math.Min(first + a.Chunk, a.Length);
        double exponent = 0.0;
        for (int t = first; t < end; t += 4)
        {
            // Read together, so that four reads are under way.
            int row = (stream * a.Length) + t;
            int last = (stream * a.Length) + end - 1;
            T delta0 = StepOf<T, TNumbers>(a, row, head);
            T delta1 = StepOf<T, TNumbers>(a, Math.Min(row + 1, last), head);
            T delta2 = StepOf<T, TNumbers>(a, Math.Min(row + 2, last), head);
            T delta3 = StepOf<T, TNumbers>(a, Math.Min(row + 3, last), head);
            exponent = Advance<T, TNumbers>(a, row, last, head, delta0, exponent);
            exponent = Advance<T, TNumbers>(a, row + 1, last, head, delta1, exponent);
            exponent = Advance<T, TNumbers>(a, row + 2, last, head, delta2, exponent);
            exponent = Advance<T, TNumbers>(a, row + 3, last, head, delta3, exponent);
        }
    }

    /// <summary>Carries states from chunk to chunk: a thread for each entry of a state. Moves 8 bytes for an entry of each chunk.</summary>
    public static void Pass<T, TNumbers>(Index1D i, SsdArguments<T> a)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TNumbers : struct, IKernelNumbers<T>
    {
        int entries = a.Heads * a.Width * a.Size;
        int stream = i / entries;
        int entry = i - (stream * entries);
        int head = entry / (a.Width * a.Size);
        T state = a.State.Exists == 0 ? T.Zero : a.State[stream, entry];
        for (int chunk = 0; chunk < a.Chunks; chunk++)
        {
            int last = (stream * a.Length) + Math.Min((chunk + 1) * a.Chunk, a.Length) - 1;
            long place = ((long)((stream * a.Chunks) + chunk) * entries) + entry;
            T added = a.States[place];
            a.States[place] = state;
            state = (TNumbers.Exp(TNumbers.Of(a.Exponents[((long)last * a.Heads) + head])) * state) + added;
        }

        if (a.State.Exists != 0)
        {
            a.State[stream, entry] = state;
        }
    }

    /// <summary>One token of each stream with a state: a group for sixteen channels of a head, a state for each thread.</summary>
    /// <remarks>The states are read and written once, neighbouring threads neighbouring entries: 8 H P n bytes for a stream in single precision, which is all that a step of decoding costs.</remarks>
    public static void Step<T, TNumbers>(SsdArguments<T> a)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TNumbers : struct, IKernelNumbers<T>
    {
        ArrayView<T> parts = SharedMemory.Allocate<T>(StepChannels * (StepThreads + 1));
        int strips = (a.Width + StepChannels - 1) / StepChannels;
        int strip = Grid.IdxX % strips;
        int head = Grid.IdxX / strips % a.Heads;
        int stream = Grid.IdxX / strips / a.Heads;
        int first = strip * StepChannels;
        int count = Math.Min(StepChannels, a.Width - first);
        int group = head / (a.Heads / a.Groups) * a.Size;
        T delta = StepOf<T, TNumbers>(a, stream, head);
        T decay = TNumbers.Exp(delta * a.A[0, head]);
        for (int p = 0; p < count; p++)
        {
            int channel = (head * a.Width) + first + p;
            T input = delta * a.X[stream, channel];
            T sum = T.Zero;
            for (int j = Group.IdxX; j < a.Size; j += Group.DimX)
            {
                T state = (decay * a.State[stream, (channel * a.Size) + j]) + (input * a.B[stream, group + j]);
                a.State[stream, (channel * a.Size) + j] = state;
                sum += state * a.C[stream, group + j];
            }

            parts[(p * (StepThreads + 1)) + Group.IdxX] = sum;
        }

        Group.Barrier();
        for (int p = Group.IdxX; p < count; p += Group.DimX)
        {
            int channel = (head * a.Width) + first + p;
            T sum = a.D.Exists == 0 ? T.Zero : a.D[0, head] * a.X[stream, channel];
            for (int lane = 0; lane < Group.DimX; lane++)
            {
                sum += parts[(p * (StepThreads + 1)) + lane];
            }

            a.Y[stream, channel] = sum;
        }
    }

    private static double Advance<T, TNumbers>(SsdArguments<T> a, int row, int last, int head, T delta, double exponent)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TNumbers : struct, IKernelNumbers<T>
    {
        if (row <= last)
        {
            exponent += TNumbers.Widen(delta * a.A[0, head]);
            a.Steps[((long)row * a.Heads) + head] = delta;
            a.Exponents[((long)row * a.Heads) + head] = exponent;
        }

        return exponent;
    }

    private static T StepOf<T, TNumbers>(SsdArguments<T> a, int row, int head)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TNumbers : struct, IKernelNumbers<T>
    {
        T delta = a.Delta[row, head];
        if (a.DeltaBias.Exists != 0)
        {
            delta += a.DeltaBias[0, head];
        }

        if (a.Softplus != 0)
        {
            delta = KernelActivations.Softplus<T, TNumbers>(delta);
        }

        delta = delta < a.LeastDelta ? a.LeastDelta : delta;
        return a.GreatestDelta > T.Zero && delta > a.GreatestDelta ? a.GreatestDelta : delta;
    }
}
