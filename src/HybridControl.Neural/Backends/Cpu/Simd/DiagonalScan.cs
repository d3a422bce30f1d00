using System.Numerics;
using System.Runtime.CompilerServices;

namespace HybridControl.Neural.Backends.Cpu.Simd;

/// <summary>Complex diagonal recurrence. A part is two packs of states of a stream over all tokens.</summary>
internal unsafe struct DiagonalScan<T> : IOperation<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public SequenceShape Shape;
    public Block<T> Lambda;
    public Block<T> U;
    public Block<T> State;
    public Block<T> Y;
    public bool Backwards;

    /// <summary>Parts of a stream.</summary>
    public readonly int PartsOfStream(int packWidth) => (Lambda.Columns + (2 * packWidth) - 1) / (2 * packWidth);

    public readonly void Run<V>(int part, int worker)
        where V : struct, IPack<V, T>
    {
        int parts = PartsOfStream(V.Width);
        int first = part % parts * 2 * V.Width;
        int count = Math.Min(2 * V.Width, Lambda.Columns - first);
        Scan(part / parts, new Channels(first, count, V.Width), default(V));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Scan<V>(int stream, Channels channels, V zero)
        where V : struct, IPack<V, T>
    {
        int states = Lambda.Columns;
        bool hasSecond = channels.Packs > 1;
        (V a0, V b0) = (channels.Load<V, T>(Lambda.Row(0), 0), channels.Load<V, T>(Lambda.Row(1), 0));
        (V a1, V b1) = hasSecond ? (channels.Load<V, T>(Lambda.Row(0), 1), channels.Load<V, T>(Lambda.Row(1), 1)) : (zero, zero);
        (V re0, V im0, V re1, V im1) = (zero, zero, zero, zero);
        if (!State.IsEmpty)
        {
            T* state = State.Row(stream);
            (re0, im0) = (channels.Load<V, T>(state, 0), channels.Load<V, T>(state + states, 0));
            (re1, im1) = hasSecond ? (channels.Load<V, T>(state, 1), channels.Load<V, T>(state + states, 1)) : (zero, zero);
        }

        for (int k = 0; k < Shape.Length; k++)
        {
            nint row = ((nint)stream * Shape.Length) + (Backwards ? Shape.Length - 1 - k : k);
            T* u = U.Row(row);
            T* y = Y.Row(row);
            V next = V.MultiplyAdd(a0, re0, channels.Load<V, T>(u, 0)) - (b0 * im0);
            im0 = V.MultiplyAdd(a0, im0, V.MultiplyAdd(b0, re0, channels.Load<V, T>(u + states, 0)));
            re0 = next;
            channels.Store(re0, y, 0);
            channels.Store(im0, y + states, 0);
            if (hasSecond)
            {
                next = V.MultiplyAdd(a1, re1, channels.Load<V, T>(u, 1)) - (b1 * im1);
                im1 = V.MultiplyAdd(a1, im1, V.MultiplyAdd(b1, re1, channels.Load<V, T>(u + states, 1)));
                re1 = next;
                channels.Store(re1, y, 1);
                channels.Store(im1, y + states, 1);
            }
        }

        if (!State.IsEmpty)
        {
            T* state = State.Row(stream);
            channels.Store(re0, state, 0);
            channels.Store(im0, state + states, 0);
            if (hasSecond)
            {
                channels.Store(re1, state, 1);
                channels.Store(im1, state + states, 1);
            }
        }
    }
}
