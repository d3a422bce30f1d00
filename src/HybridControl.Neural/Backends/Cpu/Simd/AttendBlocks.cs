using System.Numerics;
using System.Runtime.CompilerServices;

namespace HybridControl.Neural.Backends.Cpu.Simd;

/// <summary>Attention of many tokens, key block by key block. A part is some tokens of a stream and the query heads of one key head.</summary>
/// <remarks>
/// Scores and sums of values are tiles of the matrix product; weights are scaled anew when a greater score turns up, so that no
/// row of scores is ever whole. Blocks of keys that no query of the part sees are not touched. Milakov and Gimelshein, arXiv 1805.02867.
/// </remarks>
internal unsafe struct AttendBlocks<T> : IOperation<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int KeysOfBlock = 64;

    // Below every score; and below that, so that what is not seen weighs nothing even before the first score.
    private const double Least = -1e30;
    private const double Unseen = -2e30;

    public AttendInputs<T> Inputs;

    /// <summary>Tokens of a part, but for the last of a stream.</summary>
    public int TokensOfPart;
    public Scratch<T> Scratch;

    /// <summary>Parts of a key head of a stream.</summary>
    public readonly int PartsOfHead => (Inputs.Shape.Length + TokensOfPart - 1) / TokensOfPart;

    public readonly void Run<V>(int part, int worker)
        where V : struct, IPack<V, T>
    {
        int first = part % PartsOfHead * TokensOfPart;
        int keyHead = part / PartsOfHead % Inputs.Operands.KeyHeads;
        int stream = part / PartsOfHead / Inputs.Operands.KeyHeads;
        int tokens = Math.Min(TokensOfPart, Inputs.Shape.Length - first);
        KeySpan span = Inputs.Spans[stream];
        VisibleKeys oldest = Inputs.Visible(stream, first);
        VisibleKeys newest = Inputs.Visible(stream, first + tokens - 1);
        var seen = new VisibleKeys(newest.SinkEnd, Math.Min(oldest.First, newest.First), newest.End);
        var keyPanels = new Panels(KeysOfBlock, V.Width, V.PanelPacks);
        var valuePanels = new Panels(Inputs.ValueWidth, V.Width, V.PanelPacks);
        int heads = Inputs.HeadsOfKey;
        int rows = heads * tokens;

        T* memory = Scratch.Of(worker, Length(keyPanels, valuePanels, rows));
        T* keys = memory;
        T* values = keys + (KeysOfBlock * Inputs.KeyWidth);
        T* weights = values + (KeysOfBlock * valuePanels.Padded);
        T* tile = weights + (RowBlocks.Greatest * KeysOfBlock);
        T* sums = tile + (RowBlocks.Greatest * keyPanels.Width);
        T* greatest = sums + (rows * valuePanels.Padded);
        T* totals = greatest + rows;
        new Span<T>(sums, rows * valuePanels.Padded).Clear();
        new Span<T>(greatest, rows).Fill(T.CreateTruncating(Least));
        new Span<T>(totals, rows).Clear();

        var blocks = new RowBlocks(tokens, Inputs.KeyWidth, Inputs.KeyWidth);
        for (int k = 0; k < seen.End; k += KeysOfBlock)
        {
            int count = Math.Min(KeysOfBlock, seen.End - k);
            if (seen.MissesAll(k, k + count))
            {
                continue;
            }

            Pack<V>(span.FirstRow + k, count, keyHead, keyPanels, keys, valuePanels, values);
            for (int block = 0; block < blocks.Count; block++)
            {
                int token = blocks.FirstRow(block);
                int blockRows = blocks.FirstRow(block + 1) - token;
                if (Inputs.Visible(stream, first + token + blockRows - 1).End <= k)
                {
                    continue; // a later block of queries may see these keys
                }

                for (int h = 0; h < heads; h++)
                {
                    int row = (h * tokens) + token;
                    T* query = Inputs.Queries.Row(((nint)stream * Inputs.Shape.Length) + first + token) + (((keyHead * heads) + h) * Inputs.KeyWidth);
                    for (int c = 0; c < keyPanels.Count; c++)
                    {
                        Tiles<V, T, NativeEntries<V, T>>.Sum(
                            blockRows, keyPanels.WidthOf(c) / V.Width, query, Inputs.Queries.Stride, (byte*)(keys + (c * keyPanels.Width * Inputs.KeyWidth)), Inputs.KeyWidth, tile);
                        for (int r = 0; r < blockRows; r++)
                        {
                            new ReadOnlySpan<T>(tile + (r * keyPanels.WidthOf(c)), keyPanels.WidthOf(c)).CopyTo(
                                new Span<T>(weights + (r * KeysOfBlock) + (c * keyPanels.Width), keyPanels.WidthOf(c)));
                        }
                    }

                    for (int r = 0; r < blockRows; r++)
                    {
                        VisibleKeys visible = Inputs.Visible(stream, first + token + r);
                        T* sum = sums + ((nint)(row + r) * valuePanels.Padded);
                        Weigh<V>(weights + (r * KeysOfBlock), k, visible, greatest + row + r, totals + row + r, sum, valuePanels.Padded);
                    }

                    Add<V>(blockRows, weights, count, valuePanels, values, tile, sums + ((nint)row * valuePanels.Padded));
                }
            }
        }

        for (int h = 0; h < heads; h++)
        {
            for (int t = 0; t < tokens; t++)
            {
                int row = (h * tokens) + t;
                T* y = Inputs.Y.Row(((nint)stream * Inputs.Shape.Length) + first + t) + (((keyHead * heads) + h) * Inputs.ValueWidth);
                Finish<V>(sums + ((nint)row * valuePanels.Padded), totals[row], y, Inputs.ValueWidth);
            }
        }
    }

    private readonly int Length(Panels keyPanels, Panels valuePanels, int rows) => checked(
        (KeysOfBlock * (Inputs.KeyWidth + valuePanels.Padded)) + (RowBlocks.Greatest * (KeysOfBlock + keyPanels.Width))
        + (rows * (valuePanels.Padded + 2)));

    /// <summary>Keys of a block, transposed, and values, both in panels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Pack<V>(int firstRow, int count, int keyHead, Panels keyPanels, T* keys, Panels valuePanels, T* values)
        where V : struct, IPack<V, T>
    {
        int width = Inputs.KeyWidth;
        int panelWidth = keyPanels.WidthOf(0);
        for (int k = 0; k < KeysOfBlock; k++)
        {
            T* target = keys + (k / panelWidth * panelWidth * width) + (k % panelWidth);
            T* source = k < count ? Inputs.Keys.Row(firstRow + k) + (keyHead * width) : null;
            for (int i = 0; i < width; i++)
            {
                target[i * panelWidth] = source == null ? T.Zero : source[i];
            }
        }

        for (int c = 0; c < valuePanels.Count; c++)
        {
            T* target = values + (c * valuePanels.Width * KeysOfBlock);
            (int columns, int filled) = (valuePanels.WidthOf(c), valuePanels.FilledOf(c));
            for (int k = 0; k < count; k++)
            {
                T* source = Inputs.Values.Row(firstRow + k) + (keyHead * Inputs.ValueWidth) + (c * valuePanels.Width);
                for (int i = 0; i < filled; i += V.Width)
                {
                    V.LoadPart(source + i, Math.Min(V.Width, filled - i)).Store(target + i);
                }

                target += columns;
            }
        }
    }

    /// <summary>Scores of a query to weights, and what was summed before to their scale.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Weigh<V>(T* weights, int firstKey, VisibleKeys visible, T* greatest, T* total, T* sum, int width)
        where V : struct, IPack<V, T>
    {
        V factor = V.Constant(Inputs.Operands.Scale * 1.4426950408889634);
        V most = V.Constant(Unseen);
        bool isWhole = firstKey + KeysOfBlock <= visible.End && (firstKey >= visible.First || firstKey + KeysOfBlock <= visible.SinkEnd);
        for (int j = 0; j < KeysOfBlock; j += V.Width)
        {
            V score = factor * V.Load(weights + j);
            score.Store(weights + j);
            most = V.Max(most, score);
        }

        if (!isWhole)
        {
            T unseen = T.CreateTruncating(Unseen);
            for (int j = 0; j < KeysOfBlock; j++)
            {
                int key = firstKey + j;
                if (key >= visible.End || (key >= visible.SinkEnd && key < visible.First))
                {
                    weights[j] = unseen;
                }
            }

            most = V.Constant(Unseen);
            for (int j = 0; j < KeysOfBlock; j += V.Width)
            {
                most = V.Max(most, V.Load(weights + j));
            }
        }

        T before = *greatest;
        T now = T.Max(before, V.Greatest(most));
        (V level, V all) = (V.All(now), default);
        for (int j = 0; j < KeysOfBlock; j += V.Width)
        {
            V weight = PackMath<V, T>.Exp2(V.Load(weights + j) - level);
            weight.Store(weights + j);
            all += weight;
        }

        T added = V.Sum(all);
        if (now > before)
        {
            V kept = PackMath<V, T>.Exp2(V.All(before) - level);
            for (int i = 0; i < width; i += V.Width)
            {
                (kept * V.Load(sum + i)).Store(sum + i);
            }

            kept = V.MultiplyAdd(kept, V.All(*total), V.All(added));
            kept.StorePart(total, 1);
            *greatest = now;
        }
        else
        {
            *total += added;
        }
    }

    /// <summary>Adds weighed values of a block of keys.</summary>
    private static void Add<V>(int rows, T* weights, int count, Panels panels, T* values, T* tile, T* sums)
        where V : struct, IPack<V, T>
    {
        for (int c = 0; c < panels.Count; c++)
        {
            int columns = panels.WidthOf(c);
            Tiles<V, T, NativeEntries<V, T>>.Sum(
                rows, columns / V.Width, weights, KeysOfBlock, (byte*)(values + (c * panels.Width * KeysOfBlock)), count, tile);
            for (int r = 0; r < rows; r++)
            {
                T* sum = sums + (r * panels.Padded) + (c * panels.Width);
                for (int i = 0; i < columns; i += V.Width)
                {
                    (V.Load(sum + i) + V.Load(tile + (r * columns) + i)).Store(sum + i);
                }
            }
        }
    }

    private static void Finish<V>(T* sum, T total, T* y, int width)
        where V : struct, IPack<V, T>
    {
        V by = V.All(total > T.Zero ? T.One / total : T.Zero);
        for (int i = 0; i < width; i += V.Width)
        {
            (by * V.Load(sum + i)).StorePart(y + i, Math.Min(V.Width, width - i));
        }
    }
}
