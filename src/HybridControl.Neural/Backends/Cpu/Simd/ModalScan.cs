using System.Numerics;
using System.Runtime.CompilerServices;

namespace HybridControl.Neural.Backends.Cpu.Simd;

/// <summary>Filter with complex modes for each channel. A part is a pack of channels of a stream over all tokens.</summary>
/// <remarks>Parameters and states of the pack are turned to mode-major order, so that vectors run over channels and no sum crosses them.</remarks>
internal unsafe struct ModalScan<T> : IOperation<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Numbers of a mode: factor, input weight, output weight and state, real and imaginary.</summary>
    private const int Terms = 8;

    public SequenceShape Shape;
    public Block<T> U;
    public Block<T> Lambda;
    public Block<T> B;
    public Block<T> C;
    public Block<T> D;
    public Block<T> State;
    public Block<T> Y;
    public int Modes;
    public Scratch<T> Scratch;

    /// <summary>Parts of a stream.</summary>
    public readonly int PartsOfStream(int packWidth) => (U.Columns + packWidth - 1) / packWidth;

    public readonly void Run<V>(int part, int worker)
        where V : struct, IPack<V, T>
    {
        int parts = PartsOfStream(V.Width);
        (int stream, int first) = (part / parts, part % parts * V.Width);
        int count = Math.Min(V.Width, U.Columns - first);
        T* terms = Scratch.Of(worker, Terms * Modes * V.Width);
        new Span<T>(terms, Terms * Modes * V.Width).Clear();
        nint all = (nint)U.Columns * Modes;
        for (int c = 0; c < count; c++)
        {
            for (int m = 0; m < Modes; m++)
            {
                T* term = terms + (Terms * m * V.Width) + c;
                nint from = ((nint)(first + c) * Modes) + m;
                term[0] = Lambda.Row(0)[from];
                term[V.Width] = Lambda.Row(1)[from];
                term[2 * V.Width] = B.Row(0)[from];
                term[3 * V.Width] = B.Row(1)[from];
                term[4 * V.Width] = C.Row(0)[from];
                term[5 * V.Width] = C.Row(1)[from];
                term[6 * V.Width] = State.IsEmpty ? T.Zero : State.Row(stream)[from];
                term[7 * V.Width] = State.IsEmpty ? T.Zero : State.Row(stream)[all + from];
            }
        }

        V direct = D.IsEmpty ? default : V.LoadPart(D.Start + first, count);
        Scan(stream, new Channels(first, count, V.Width), terms, direct);
        for (int c = 0; c < count && !State.IsEmpty; c++)
        {
            for (int m = 0; m < Modes; m++)
            {
                T* term = terms + (Terms * m * V.Width) + c;
                nint to = ((nint)(first + c) * Modes) + m;
                State.Row(stream)[to] = term[6 * V.Width];
                State.Row(stream)[all + to] = term[7 * V.Width];
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Scan<V>(int stream, Channels channels, T* terms, V direct)
        where V : struct, IPack<V, T>
    {
        for (int t = 0; t < Shape.Length; t++)
        {
            nint row = ((nint)stream * Shape.Length) + t;
            V u = channels.Load<V, T>(U.Row(row), 0);
            (V plus, V minus) = (default, default);
            T* term = terms;
            for (int m = 0; m < Modes; m++)
            {
                (V lr, V li) = (V.Load(term), V.Load(term + V.Width));
                (V re, V im) = (V.Load(term + (6 * V.Width)), V.Load(term + (7 * V.Width)));
                V nextRe = V.MultiplyAdd(lr, re, V.Load(term + (2 * V.Width)) * u) - (li * im);
                V nextIm = V.MultiplyAdd(lr, im, V.MultiplyAdd(li, re, V.Load(term + (3 * V.Width)) * u));
                nextRe.Store(term + (6 * V.Width));
                nextIm.Store(term + (7 * V.Width));
                plus = V.MultiplyAdd(V.Load(term + (4 * V.Width)), nextRe, plus);
                minus = V.MultiplyAdd(V.Load(term + (5 * V.Width)), nextIm, minus);
                term += Terms * V.Width;
            }

            channels.Store(V.MultiplyAdd(direct, u, V.Constant(2.0) * (plus - minus)), Y.Row(row), 0);
        }
    }
}
