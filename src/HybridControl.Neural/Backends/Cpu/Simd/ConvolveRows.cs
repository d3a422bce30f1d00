using System.Numerics;
using System.Runtime.CompilerServices;

namespace HybridControl.Neural.Backends.Cpu.Simd;

/// <summary>Depthwise convolution along time with its activation. A part is some channels of a stream over all tokens.</summary>
internal unsafe struct ConvolveRows<T> : IOperation<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Channels of a part, but for the last.</summary>
    public const int ChannelsOfPart = 256;

    public ConvolutionSettings Settings;
    public SequenceShape Shape;
    public Block<T> X;
    public Block<T> Weight;
    public Block<T> Bias;
    public Block<T> State;
    public Block<T> Y;
    public Scratch<T> Scratch;

    /// <summary>Parts of a stream.</summary>
    public readonly int PartsOfStream => (X.Columns + ChannelsOfPart - 1) / ChannelsOfPart;

    public readonly void Run<V>(int part, int worker)
        where V : struct, IPack<V, T>
    {
        (int stream, int place) = (part / PartsOfStream, part % PartsOfStream);
        int first = place * ChannelsOfPart;
        int count = Math.Min(ChannelsOfPart, X.Columns - first);
        int taps = Settings.Width;

        // Weights and past by tap; zeros that stand before a sequence without past and behind a centered one; the bias.
        T* weights = Scratch.Of(worker, ((2 * taps) + 2) * ChannelsOfPart);
        T* past = weights + (taps * ChannelsOfPart);
        T* zeros = past + (taps * ChannelsOfPart);
        T* bias = zeros + ChannelsOfPart;
        for (int c = 0; c < count; c++)
        {
            for (int j = 0; j < taps; j++)
            {
                weights[(j * ChannelsOfPart) + c] = Weight.Row(first + c)[j];
                past[(j * ChannelsOfPart) + c] = State.IsEmpty ? T.Zero : State.Row(stream)[((first + c) * taps) + j];
            }

            zeros[c] = T.Zero;
            bias[c] = Bias.IsEmpty ? T.Zero : Bias.Start[first + c];
        }

        T** rows = stackalloc T*[taps];
        int ahead = (Settings.Centered ? taps / 2 : 0) - (taps - 1);
        nint start = (nint)stream * Shape.Length;
        for (int t = 0; t < Shape.Length; t++)
        {
            for (int j = 0; j < taps; j++)
            {
                rows[j] = Sample(start, first, t + ahead + j, past, zeros);
            }

            T* y = Y.Row(start + t) + first;
            Sum<V>(rows, weights, bias, taps, count, y);
            if (Settings.Activation != Activation.Identity)
            {
                ActivateRows<T>.Apply<V>(Settings.Activation, y, null, y, count);
            }
        }

        for (int j = 0; j < taps && !State.IsEmpty; j++)
        {
            T* sample = Sample(start, first, Shape.Length - taps + j, past, zeros);
            T* kept = State.Row(stream) + ((nint)first * taps) + j;
            for (int c = 0; c < count; c++)
            {
                kept[c * taps] = sample[c];
            }
        }
    }

    private readonly T* Sample(nint start, int first, int t, T* past, T* zeros)
    {
        if (t >= 0)
        {
            return t < Shape.Length ? X.Row(start + t) + first : zeros;
        }

        return State.IsEmpty || t < -Settings.Width ? zeros : past + ((Settings.Width + t) * ChannelsOfPart);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Sum<V>(T** rows, T* weights, T* bias, int taps, int count, T* y)
        where V : struct, IPack<V, T>
    {
        int i = 0;
        if (taps == 4)
        {
            T* x0 = rows[0];
            T* x1 = rows[1];
            T* x2 = rows[2];
            T* x3 = rows[3];
            for (; i + V.Width <= count; i += V.Width)
            {
                V sum = V.MultiplyAdd(V.Load(weights + i), V.Load(x0 + i), V.Load(bias + i));
                sum = V.MultiplyAdd(V.Load(weights + ChannelsOfPart + i), V.Load(x1 + i), sum);
                sum = V.MultiplyAdd(V.Load(weights + (2 * ChannelsOfPart) + i), V.Load(x2 + i), sum);
                V.MultiplyAdd(V.Load(weights + (3 * ChannelsOfPart) + i), V.Load(x3 + i), sum).Store(y + i);
            }
        }

        for (; i < count; i += V.Width)
        {
            int left = Math.Min(V.Width, count - i);
            V sum = V.LoadPart(bias + i, left);
            for (int j = 0; j < taps; j++)
            {
                sum = V.MultiplyAdd(V.LoadPart(weights + (j * ChannelsOfPart) + i, left), V.LoadPart(rows[j] + i, left), sum);
            }

            sum.StorePart(y + i, left);
        }
    }
}
