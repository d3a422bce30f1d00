using System.Numerics;
using System.Runtime.CompilerServices;

namespace HybridControl.Neural.Backends.Cpu.Simd;

/// <summary>State-space-duality scan in chunks of a masked quadratic form. A part is some heads of a group of a stream, over all tokens.</summary>
/// <remarks>
/// <para>For a chunk: M[i, j] = (C_i B_j') exp(sum of dt A from j + 1 to i) dt_j for j at most i; Y = [exp(sum to i) C_i, M_i] [S; X];
/// S = exp(sum to the end) S + B' diag(dt_j exp(sum from j + 1 to the end)) X. Dao and Gu, arXiv 2405.21060, section 6.</para>
/// <para>Exponents are sums from j + 1 on, moved on row by row, so that neither great products of exponentials nor small differences
/// of great sums occur. States lie n x P here, so that all three products are tiles of <see cref="Tile{V,T,TEntries,TRows,TPacks}"/>.
/// C B' is shared by the heads of a part.</para>
/// </remarks>
internal unsafe struct SsdChunks<T> : IOperation<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Tokens of a chunk.</summary>
    public const int Chunk = 64;

    /// <summary>States whose rows of B' are written at once: few enough to share the first cache.</summary>
    private const int TransposedAtOnce = 32;

    private const double Log2E = 1.4426950408889634;

    public SsdInputs<T> Inputs;

    /// <summary>Heads of a part.</summary>
    public int HeadsOfPart;
    public Scratch<T> Scratch;

    /// <summary>Parts of a group.</summary>
    public readonly int PartsOfGroup => (Inputs.HeadsOfGroup + HeadsOfPart - 1) / HeadsOfPart;

    public readonly void Run<V>(int part, int worker)
        where V : struct, IPack<V, T>
    {
        (int stream, int place) = (part / (Inputs.Groups * PartsOfGroup), part % (Inputs.Groups * PartsOfGroup));
        int group = place / PartsOfGroup;
        int firstHead = (group * Inputs.HeadsOfGroup) + (place % PartsOfGroup * HeadsOfPart);
        int heads = Math.Min(HeadsOfPart, ((group + 1) * Inputs.HeadsOfGroup) - firstHead);
        var room = new SsdRoom<T>(Inputs.Width, Inputs.Size, Chunk, V.Width, V.PanelPacks);
        room.Place(Scratch.Of(worker, room.Length(HeadsOfPart)));
        for (int h = 0; h < heads; h++)
        {
            LoadState(room, stream, firstHead + h, h);
        }

        for (int t = 0; t < Inputs.Shape.Length; t += Chunk)
        {
            nint token = ((nint)stream * Inputs.Shape.Length) + t;
            int tokens = Math.Min(Chunk, Inputs.Shape.Length - t);
            Correlate<V>(room, token, tokens, group);
            for (int h = 0; h < heads; h++)
            {
                int head = firstHead + h;
                CopyInputs<V>(room, token, tokens, head, h);
                Weigh<V>(room, token, tokens, group, head);
                Output<V>(room, token, tokens, head, h);
                Carry<V>(room, tokens, h);
            }
        }

        for (int h = 0; h < heads && !Inputs.State.IsEmpty; h++)
        {
            StoreState(room, stream, firstHead + h, h);
        }
    }

    private readonly void LoadState(SsdRoom<T> room, int stream, int head, int place)
    {
        T* source = Inputs.State.IsEmpty ? null : Inputs.State.Row(stream) + ((nint)head * Inputs.Width * room.Size);
        for (int c = 0; c < room.Panels.Count; c++)
        {
            T* panel = room.Panel(place, c);
            int columns = room.Panels.WidthOf(c);
            for (int i = 0; i < columns; i++)
            {
                int p = (c * room.Panels.Width) + i;
                for (int j = 0; j < room.Size; j++)
                {
                    panel[(j * columns) + i] = source == null || p >= Inputs.Width ? T.Zero : source[((nint)p * room.Size) + j];
                }
            }
        }
    }

    private readonly void StoreState(SsdRoom<T> room, int stream, int head, int place)
    {
        T* target = Inputs.State.Row(stream) + ((nint)head * Inputs.Width * room.Size);
        for (int p = 0; p < Inputs.Width; p++)
        {
            int c = p / room.Panels.Width;
            T* column = room.Panel(place, c) + (p % room.Panels.Width);
            for (int j = 0; j < room.Size; j++)
            {
                target[((nint)p * room.Size) + j] = column[j * room.Panels.WidthOf(c)];
            }
        }
    }

    /// <summary>B', and C B' up to the diagonal.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Correlate<V>(SsdRoom<T> room, nint token, int tokens, int group)
        where V : struct, IPack<V, T>
    {
        int size = room.Size;
        int panelWidth = Math.Min(Chunk, room.Panels.Width);
        for (int first = 0; first < size; first += TransposedAtOnce)
        {
            int end = Math.Min(first + TransposedAtOnce, size);
            for (int t = 0; t < Chunk; t++)
            {
                T* b = Inputs.B.Row(token + t) + (group * size);
                T* column = room.InputRows + t;
                for (int j = first; j < end; j++)
                {
                    column[j * Chunk] = t < tokens ? b[j] : T.Zero;
                }
            }
        }

        for (int j = 0; j < size && panelWidth < Chunk; j++)
        {
            for (int t = 0; t < Chunk; t += panelWidth)
            {
                Copy<V>(room.InputRows + (j * Chunk) + t, room.InputPanels + (t * size) + (j * panelWidth), panelWidth);
            }
        }

        T* panels = panelWidth < Chunk ? room.InputPanels : room.InputRows;
        var blocks = new RowBlocks(tokens, size, size);
        for (int block = 0; block < blocks.Count; block++)
        {
            int first = blocks.FirstRow(block);
            int end = blocks.FirstRow(block + 1);
            for (int c = 0; c < end; c += panelWidth)
            {
                Tiles<V, T, NativeEntries<V, T>>.Sum(
                    end - first, panelWidth / V.Width, Inputs.C.Row(token + first) + (group * size), Inputs.C.Stride, (byte*)(panels + (c * size)), size, room.Tile);
                for (int r = first; r < end; r++)
                {
                    Copy<V>(room.Tile + ((r - first) * panelWidth), room.Correlations + (r * Chunk) + c, panelWidth);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void CopyInputs<V>(SsdRoom<T> room, nint token, int tokens, int head, int place)
        where V : struct, IPack<V, T>
    {
        for (int c = 0; c < room.Panels.Count; c++)
        {
            int columns = room.Panels.WidthOf(c);
            int count = room.Panels.FilledOf(c);
            T* target = room.Panel(place, c) + (room.Size * columns);
            for (int t = 0; t < tokens; t++)
            {
                T* source = Inputs.X.Row(token + t) + (head * Inputs.Width) + (c * room.Panels.Width);
                int i = 0;
                for (; i + V.Width <= count; i += V.Width)
                {
                    V.Load(source + i).Store(target + i);
                }

                if (i < count)
                {
                    V.LoadPart(source + i, count - i).Store(target + i);
                }

                target += columns;
            }
        }
    }

    /// <summary>Step sizes, and the left factor of the outputs: C weighed by what is left of the state, and the masked quadratic form.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Weigh<V>(SsdRoom<T> room, nint token, int tokens, int group, int head)
        where V : struct, IPack<V, T>
    {
        for (int t = 0; t < Chunk; t++)
        {
            room.Deltas[t] = t < tokens ? Inputs.RawDelta(token + t, head) : T.Zero;
        }

        V rate = V.All(Inputs.A.Start[head]) * V.Constant(Log2E);
        for (int t = 0; t < Chunk; t += V.Width)
        {
            V delta = Inputs.StepSize(V.Load(room.Deltas + t));
            delta.Store(room.Deltas + t);
            (delta * rate).Store(room.Rates + t);
            V.Constant(-1e30).Store(room.Exponents + t);
        }

        T total = T.Zero;
        for (int t = 0; t < tokens; t++)
        {
            total += room.Rates[t];
            room.Remainders[t] = total;
        }

        for (int t = 0; t < Chunk; t += V.Width)
        {
            PackMath<V, T>.Exp2(V.Load(room.Remainders + t)).Store(room.Remainders + t);
        }

        (int size, T direct) = (room.Size, Inputs.D.IsEmpty ? T.Zero : Inputs.D.Start[head]);
        for (int i = 0; i < tokens; i++)
        {
            T* left = room.Left + ((nint)i * room.LeftStride);
            Scale<V>(Inputs.C.Row(token + i) + (group * size), room.Remainders[i], size, left);
            V step = V.All(room.Rates[i]);
            left += size;
            for (int j = 0; j < i; j += V.Width)
            {
                (V.Load(room.Exponents + j) + step).Store(room.Exponents + j);
            }

            room.Exponents[i] = T.Zero;
            T* correlations = room.Correlations + (i * Chunk);
            int j2 = 0;
            for (; j2 <= i; j2 += V.Width)
            {
                V weight = V.Load(correlations + j2) * V.Load(room.Deltas + j2);
                (weight * PackMath<V, T>.Exp2(V.Load(room.Exponents + j2))).Store(left + j2);
            }

            // A block of rows ends at most five tokens on; what it has not reached weighs nothing.
            for (int j = j2; j < Math.Min(Chunk, i + RowBlocks.Greatest); j++)
            {
                left[j] = T.Zero;
            }

            left[i] += direct;
        }
    }

    /// <summary>Outputs of the chunk.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Output<V>(SsdRoom<T> room, nint token, int tokens, int head, int place)
        where V : struct, IPack<V, T>
    {
        var blocks = new RowBlocks(tokens, room.LeftStride, room.LeftStride);
        for (int c = 0; c < room.Panels.Count; c++)
        {
            int columns = room.Panels.WidthOf(c);
            int count = room.Panels.FilledOf(c);
            for (int block = 0; block < blocks.Count; block++)
            {
                int first = blocks.FirstRow(block);
                int end = blocks.FirstRow(block + 1);
                Tiles<V, T, NativeEntries<V, T>>.Sum(
                    end - first, columns / V.Width, room.Left + ((nint)first * room.LeftStride), room.LeftStride, (byte*)room.Panel(place, c), room.Size + end, room.Tile);
                for (int r = first; r < end; r++)
                {
                    T* y = Inputs.Y.Row(token + r) + (head * Inputs.Width) + (c * room.Panels.Width);
                    Copy<V>(room.Tile + ((r - first) * columns), y, count);
                }
            }
        }
    }

    /// <summary>State at the end of the chunk.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Carry<V>(SsdRoom<T> room, int tokens, int place)
        where V : struct, IPack<V, T>
    {
        for (int t = 0; t < tokens; t += V.Width)
        {
            (V.Load(room.Deltas + t) * PackMath<V, T>.Exp2(V.Load(room.Exponents + t))).Store(room.Deltas + t);
        }

        V remainder = V.All(room.Remainders[tokens - 1]);
        var blocks = new RowBlocks(room.Size, tokens, tokens);
        for (int c = 0; c < room.Panels.Count; c++)
        {
            int columns = room.Panels.WidthOf(c);
            T* states = room.Panel(place, c);
            for (int t = 0; t < tokens; t++)
            {
                Scale<V>(states + ((room.Size + t) * columns), room.Deltas[t], columns, room.Weighed + (t * columns));
            }

            for (int block = 0; block < blocks.Count; block++)
            {
                int first = blocks.FirstRow(block);
                int rows = blocks.FirstRow(block + 1) - first;
                Tiles<V, T, NativeEntries<V, T>>.Sum(
                    rows, columns / V.Width, room.InputRows + (first * Chunk), Chunk, (byte*)room.Weighed, tokens, room.Tile);
                T* state = states + (first * columns);
                for (int i = 0; i < rows * columns; i += V.Width)
                {
                    V.MultiplyAdd(remainder, V.Load(state + i), V.Load(room.Tile + i)).Store(state + i);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Scale<V>(T* source, T factor, int count, T* target)
        where V : struct, IPack<V, T>
    {
        V by = V.All(factor);
        int i = 0;
        for (; i + V.Width <= count; i += V.Width)
        {
            (by * V.Load(source + i)).Store(target + i);
        }

        if (i < count)
        {
            (by * V.LoadPart(source + i, count - i)).StorePart(target + i, count - i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Copy<V>(T* source, T* target, int count)
        where V : struct, IPack<V, T>
    {
        int i = 0;
        for (; i + V.Width <= count; i += V.Width)
        {
            V.Load(source + i).Store(target + i);
        }

        if (i < count)
        {
            V.Load(source + i).StorePart(target + i, count - i);
        }
    }
}
