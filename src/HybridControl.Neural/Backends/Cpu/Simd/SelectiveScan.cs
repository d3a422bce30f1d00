using System.Numerics;
using System.Runtime.CompilerServices;

namespace HybridControl.Neural.Backends.Cpu.Simd;

/// <summary>Selective scan. A part is a stream and a few packs of channels of one head, over all tokens.</summary>
/// <remarks>
/// Channels are independent, so vectors run over them; time is walked once, in chunks whose step sizes, inputs and outputs stay in the
/// first cache while the states pass by eight at a time.
/// </remarks>
internal unsafe struct SelectiveScan<T> : IOperation<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int Chunk = 32;
    private const double Log2E = 1.4426950408889634;

    public SequenceShape Shape;
    public Block<T> X;
    public Block<T> Delta;
    public Block<T> B;
    public Block<T> C;
    public Block<T> A;
    public Block<T> D;
    public Block<T> Gate;
    public Block<T> State;
    public Block<T> Y;
    public int Heads;

    /// <summary>Packs of a part.</summary>
    public int Packs;
    public Scratch<T> Scratch;

    /// <summary>Channels of a head.</summary>
    public readonly int HeadWidth => X.Columns / Heads;

    /// <summary>Parts of a head.</summary>
    public readonly int PartsOfHead(int packWidth) => (HeadWidth + (Packs * packWidth) - 1) / (Packs * packWidth);

    public readonly void Run<V>(int part, int worker)
        where V : struct, IPack<V, T>
    {
        int parts = PartsOfHead(V.Width);
        (int group, int place) = (part / parts, part % parts);
        (int stream, int head) = (group / Heads, group % Heads);
        int first = (head * HeadWidth) + (place * Packs * V.Width);
        var channels = new Channels(first, Math.Min(Packs * V.Width, ((head + 1) * HeadWidth) - first), V.Width);
        int size = A.Rows;
        int row = channels.Packs * V.Width;
        T* steps = Scratch.Of(worker, row * ((3 * Chunk) + (2 * size)));
        T* rates = steps + (3 * Chunk * row);
        T* states = rates + (size * row);
        for (int j = 0; j < size; j++)
        {
            for (int p = 0; p < channels.Packs; p++)
            {
                (channels.Load<V, T>(A.Row(j), p) * V.Constant(Log2E)).Store(rates + (j * row) + (p * V.Width));
                V state = State.IsEmpty ? default : channels.Load<V, T>(State.Row(stream) + ((nint)j * X.Columns), p);
                state.Store(states + (j * row) + (p * V.Width));
            }
        }

        for (int t = 0; t < Shape.Length; t += Chunk)
        {
            int tokens = Math.Min(Chunk, Shape.Length - t);
            nint token = ((nint)stream * Shape.Length) + t;
            Prepare<V>(channels, token, tokens, steps);
            T* b = B.Row(token) + (head * size);
            T* c = C.Row(token) + (head * size);
            for (int p = 0; p < channels.Packs; p++)
            {
                T* step = steps + (3 * p * V.Width);
                for (int j = 0; j < size; j += 8)
                {
                    nint at = (j * row) + (p * V.Width);
                    Tile<V>(Math.Min(8, size - j), step, 3 * row, tokens, b + j, c + j, rates + at, states + at, row);
                }
            }

            Finish<V>(channels, token, tokens, steps);
        }

        for (int j = 0; j < size && !State.IsEmpty; j++)
        {
            for (int p = 0; p < channels.Packs; p++)
            {
                channels.Store<V, T>(V.Load(states + (j * row) + (p * V.Width)), State.Row(stream) + ((nint)j * X.Columns), p);
            }
        }
    }

    /// <summary>Step sizes, step sizes times inputs, and the direct path.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Prepare<V>(Channels channels, nint token, int tokens, T* steps)
        where V : struct, IPack<V, T>
    {
        (int count, bool isDirect) = (channels.Count, !D.IsEmpty);
        T* d = D.Start + channels.First;
        for (int t = 0; t < tokens; t++)
        {
            T* delta = Delta.Row(token + t) + channels.First;
            T* x = X.Row(token + t) + channels.First;
            Prefetch.Far(delta + (Chunk * Delta.Stride), count);
            Prefetch.Far(x + (Chunk * X.Stride), count);
            int i = 0;
            for (; i <= count - V.Width; i += V.Width)
            {
                Prepare(V.Load(delta + i), V.Load(x + i), isDirect ? V.Load(d + i) : default, steps);
                steps += 3 * V.Width;
            }

            if (i < count)
            {
                Prepare(V.LoadPart(delta + i, count - i), V.LoadPart(x + i, count - i), isDirect ? V.LoadPart(d + i, count - i) : default, steps);
                steps += 3 * V.Width;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Prepare<V>(V delta, V x, V d, T* steps)
        where V : struct, IPack<V, T>
    {
        delta = PackMath<V, T>.Softplus(delta);
        delta.Store(steps);
        (delta * x).Store(steps + V.Width);
        (d * x).Store(steps + (2 * V.Width));
    }

    /// <summary>Gates the outputs and writes them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Finish<V>(Channels channels, nint token, int tokens, T* steps)
        where V : struct, IPack<V, T>
    {
        (int count, bool isGated) = (channels.Count, !Gate.IsEmpty);
        steps += 2 * V.Width;
        for (int t = 0; t < tokens; t++)
        {
            T* gate = Gate.Row(token + t) + channels.First;
            T* y = Y.Row(token + t) + channels.First;
            Prefetch.Far(gate + (Chunk * Gate.Stride), count);
            Prefetch.Far(y + (Chunk * Y.Stride), count);
            int i = 0;
            for (; i <= count - V.Width; i += V.Width)
            {
                V value = V.Load(steps);
                (isGated ? value * Silu(V.Load(gate + i)) : value).Store(y + i);
                steps += 3 * V.Width;
            }

            if (i < count)
            {
                V value = V.Load(steps);
                (isGated ? value * Silu(V.LoadPart(gate + i, count - i)) : value).StorePart(y + i, count - i);
                steps += 3 * V.Width;
            }
        }

        static V Silu(V x) => x * PackMath<V, T>.Sigmoid(x);
    }

    private readonly void Tile<V>(int count, T* step, nint stepStride, int tokens, T* b, T* c, T* rates, T* states, nint stride)
        where V : struct, IPack<V, T>
    {
        switch (count)
        {
            case 1:
                SelectiveTile<V, T, One>.Run(step, stepStride, tokens, b, B.Stride, c, C.Stride, rates, states, stride);
                break;
            case 2:
                SelectiveTile<V, T, Two>.Run(step, stepStride, tokens, b, B.Stride, c, C.Stride, rates, states, stride);
                break;
            case 3:
                SelectiveTile<V, T, Three>.Run(step, stepStride, tokens, b, B.Stride, c, C.Stride, rates, states, stride);
                break;
            case 4:
                SelectiveTile<V, T, Four>.Run(step, stepStride, tokens, b, B.Stride, c, C.Stride, rates, states, stride);
                break;
            case 5:
                SelectiveTile<V, T, Five>.Run(step, stepStride, tokens, b, B.Stride, c, C.Stride, rates, states, stride);
                break;
            case 6:
                SelectiveTile<V, T, Six>.Run(step, stepStride, tokens, b, B.Stride, c, C.Stride, rates, states, stride);
                break;
            case 7:
                SelectiveTile<V, T, Seven>.Run(step, stepStride, tokens, b, B.Stride, c, C.Stride, rates, states, stride);
                break;
            default:
                SelectiveTile<V, T, Eight>.Run(step, stepStride, tokens, b, B.Stride, c, C.Stride, rates, states, stride);
                break;
        }
    }
}
