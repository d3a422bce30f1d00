using System.Numerics;
using ILGPU;

namespace HybridControl.Gpu.Neural.Kernels;

/// <summary>Attention with scores that never leave the chip.</summary>
internal static class AttentionKernels
{
    private const double Lowest = -1e30;

    /// <summary>A group for a tile of queries that share keys, and a part of the keys if they are divided.</summary>
    /// <remarks>
    /// Tiles of keys, then of values, pass through shared memory; the softmax is kept up to date along them. The heads of a group of
    /// queries stand in one tile, so that a step of decoding reads each key once for all of them. Tiles that no query sees are
    /// skipped: a window costs its width, not the length. Tiles begin at multiples of their size in the sequence, not in the cache, so
    /// that what was dropped of it does not change a digit. Memory: queries, outputs, and keys and values once for each tile of queries;
    /// arithmetic: 2 (key width + value width) operations for each pair. Source: Dao, Fu, Ermon, Rudra, Re, "FlashAttention",
    /// arXiv 2205.14135; divided keys: Dao and others, "Flash-Decoding" (2023).
    /// </remarks>
    public static void Run<T, TNumbers, TRoom>(AttentionArguments<T> a)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TNumbers : struct, IKernelNumbers<T>
        where TRoom : struct, ISharedRoom
    {
        int repeat = a.Heads / a.KeyHeads;
        int rows = a.Length * repeat;
        int rowTiles = (rows + a.Tile.Rows - 1) / a.Tile.Rows;
        int index = Grid.IdxX;
        int split = index % a.Splits;
        index /= a.Splits;
        int firstRow = index % rowTiles * a.Tile.Rows;
        index /= rowTiles;
        int keyHead = index % a.KeyHeads;
        int stream = index / a.KeyHeads;
        DeviceSpan span = a.Spans[stream];

        int keyStride = ((a.KeyWidth + 3) / 4 * 4) + 1;
        int valueStride = (a.ValueWidth + 3) / 4 * 4;
        int scoreStride = a.Tile.Keys + 1;
        ArrayView<T> shared = SharedMemory.Allocate<T>(TRoom.Numbers);
        int keys = a.Tile.Rows * keyStride;
        int scores = keys + (a.Tile.Keys * Math.Max(keyStride, valueStride));
        int outputs = scores + (a.Tile.Rows * scoreStride);
        int greatest = outputs + (a.Tile.Rows * valueStride);
        int totals = greatest + a.Tile.Rows;
        int factors = totals + a.Tile.Rows;
        int lanes = Math.Max(1, Group.DimX / a.Tile.Rows);
        int parts = factors + a.Tile.Rows;

        for (int i = Group.IdxX; i < a.Tile.Rows * keyStride; i += Group.DimX)
        {
            int q = i / keyStride;
            int d = i - (q * keyStride);
            int row = firstRow + q;
            shared[i] = row < rows && d < a.KeyWidth
                ? a.Queries[(stream * a.Length) + (row / repeat), (((keyHead * repeat) + (row % repeat)) * a.KeyWidth) + d]
                : T.Zero;
        }

        for (int i = Group.IdxX; i < a.Tile.Rows * valueStride; i += Group.DimX)
        {
            shared[outputs + i] = T.Zero;
        }

        for (int q = Group.IdxX; q < a.Tile.Rows; q += Group.DimX)
        {
            shared[greatest + q] = TNumbers.Of(Lowest);
            shared[totals + q] = T.Zero;
        }

        long firstQuery = span.FirstQuery + (firstRow / repeat);
        long lastQuery = span.FirstQuery + (Math.Min(firstRow + a.Tile.Rows, rows) - 1) / repeat;
        int sinks = Math.Min(a.Sinks, span.Count);
        int sinkTiles = (sinks + a.Tile.Keys - 1) / a.Tile.Keys;
        int firstTile = (int)((sinks + span.Dropped) / a.Tile.Keys);
        int endTile = (int)((span.Count + span.Dropped + a.Tile.Keys - 1) / a.Tile.Keys);
        for (int i = 0; i < sinkTiles + endTile - firstTile; i++)
        {
            bool isSink = i < sinkTiles;
            int tile = isSink ? i : firstTile + i - sinkTiles;
            int firstKey = (int)(((long)tile * a.Tile.Keys) - (isSink ? 0 : span.Dropped));
            int low = Math.Max(0, (isSink ? 0 : sinks) - firstKey);
            int high = Math.Min(a.Tile.Keys, (isSink ? sinks : span.Count) - firstKey);
            bool future = a.Causal != 0 && a.PositionOf(span, firstKey + low) > lastQuery;
            bool past = a.Causal != 0 && a.Window != 0 && !isSink && firstQuery - a.PositionOf(span, firstKey + high - 1) > a.Window;
            if (tile % a.Splits == split && low < high && !future && !past)
            {
                Group.Barrier();
                Fetch(a.Keys, shared, keys, keyStride, a.KeyWidth, a.Tile.Keys, span.FirstRow + firstKey, low, high, keyHead);
                Group.Barrier();
                Score<T, TNumbers>(a, shared, keys, scores, keyStride, scoreStride, span, firstRow, rows, repeat, firstKey, low, high);
                Group.Barrier();
                Fetch(a.Values, shared, keys, valueStride, a.ValueWidth, a.Tile.Keys, span.FirstRow + firstKey, low, high, keyHead);
                Weigh<T, TNumbers>(a, shared, scores, scoreStride, greatest, totals, factors, parts, lanes);
                Add(a, shared, keys, scores, outputs, factors, valueStride, scoreStride, high);
            }
        }

        Group.Barrier();
        for (int i = Group.IdxX; i < a.Tile.Rows * a.ValueWidth; i += Group.DimX)
        {
            int q = i / a.ValueWidth;
            int v = i - (q * a.ValueWidth);
            int row = firstRow + q;
            if (row < rows)
            {
                int to = (stream * a.Length) + (row / repeat);
                int head = (keyHead * repeat) + (row % repeat);
                T total = shared[totals + q];
                T sum = shared[outputs + (q * valueStride) + v];
                long place = ((((long)to * a.Heads) + head) * a.Splits) + split;
                if (v == 0)
                {
                    a.Greatest[place] = shared[greatest + q];
                    a.Totals[place] = total;
                }

                if (a.Splits == 1)
                {
                    a.Y[to, (head * a.ValueWidth) + v] = total == T.Zero ? T.Zero : sum / total;
                }
                else
                {
                    a.Parts[(place * a.ValueWidth) + v] = sum;
                }
            }
        }
    }

    /// <summary>Puts the parts of divided keys together, a thread for each output.</summary>
    public static void Join<T, TNumbers>(Index1D i, AttentionArguments<T> a)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TNumbers : struct, IKernelNumbers<T>
    {
        int row = i / (a.Heads * a.ValueWidth);
        int column = i - (row * a.Heads * a.ValueWidth);
        int head = column / a.ValueWidth;
        long first = (((long)row * a.Heads) + head) * a.Splits;
        T greatest = TNumbers.Of(Lowest);
        for (int split = 0; split < a.Splits; split++)
        {
            greatest = a.Greatest[first + split] > greatest ? a.Greatest[first + split] : greatest;
        }

        T total = T.Zero;
        T sum = T.Zero;
        for (int split = 0; split < a.Splits; split++)
        {
            T factor = TNumbers.Exp(a.Greatest[first + split] - greatest);
            total += factor * a.Totals[first + split];
            sum += factor * a.Parts[((first + split) * a.ValueWidth) + column - (head * a.ValueWidth)];
        }

        a.Y[row, column] = total == T.Zero ? T.Zero : sum / total;
    }

    /// <summary>Writes the weights themselves, a thread for each pair: for explanations.</summary>
    public static void Explain<T, TNumbers>(Index1D i, AttentionArguments<T> a)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TNumbers : struct, IKernelNumbers<T>
    {
        int line = i / a.Map.Columns;
        int key = i - (line * a.Map.Columns);
        int row = line / a.Heads;
        int head = line - (row * a.Heads);
        int keyHead = head / (a.Heads / a.KeyHeads);
        int stream = row / a.Length;
        DeviceSpan span = a.Spans[stream];
        T weight = T.Zero;
        if (key < span.Count && a.Totals[line] != T.Zero && a.Sees(span, span.FirstQuery + (row - (stream * a.Length)), key))
        {
            T sum = T.Zero;
            for (int d = 0; d < a.KeyWidth; d++)
            {
                sum += a.Queries[row, (head * a.KeyWidth) + d] * a.Keys[span.FirstRow + key, (keyHead * a.KeyWidth) + d];
            }

            weight = TNumbers.Exp((a.Scale * sum) - a.Greatest[line]) / a.Totals[line];
        }

        a.Map[line, key] = weight;
    }

    private static void Fetch<T>(KernelMatrix<T> from, ArrayView<T> shared, int to, int stride, int width, int tileRows, int firstRow, int low, int high, int head)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (int i = Group.IdxX; i < tileRows * stride; i += 4 * Group.DimX)
        {
            // Read together, so that four reads are under way.
            int step = Group.DimX;
            T first = Entry(from, stride, width, firstRow, low, high, head, i);
            T second = Entry(from, stride, width, firstRow, low, high, head, i + step);
            T third = Entry(from, stride, width, firstRow, low, high, head, i + (2 * step));
            T fourth = Entry(from, stride, width, firstRow, low, high, head, i + (3 * step));
            Put(shared, to, i, tileRows * stride, first);
            Put(shared, to, i + step, tileRows * stride, second);
            Put(shared, to, i + (2 * step), tileRows * stride, third);
            Put(shared, to, i + (3 * step), tileRows * stride, fourth);
        }
    }

    private static T Entry<T>(KernelMatrix<T> from, int stride, int width, int firstRow, int low, int high, int head, int i)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int k = i / stride;
        int d = i - (k * stride);
        T value = T.Zero;
        if (k >= low && k < high && d < width)
        {
            value = from[firstRow + k, (head * width) + d];
        }

        return value;
    }

    private static void Put<T>(ArrayView<T> shared, int to, int i, int end, T value)
        where T : unmanaged
    {
        if (i < end)
        {
            shared[to + i] = value;
        }
    }

    private static void Score<T, TNumbers>(
        AttentionArguments<T> a, ArrayView<T> shared, int keys, int scores, int keyStride, int scoreStride, DeviceSpan span,
        int firstRow, int rows, int repeat, int firstKey, int low, int high)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TNumbers : struct, IKernelNumbers<T>
    {
        int down = a.Tile.Rows / 4;
        int across = a.Tile.Keys / 4;
        for (int block = Group.IdxX; block < down * across; block += Group.DimX)
        {
            int q = block / across;
            int k = block - (q * across);
            MicroTile<T> sums = default;
            int l = q * keyStride;
            int r = keys + (k * keyStride);
            for (int d = 0; d < a.KeyWidth; d += 4)
            {
                sums = sums.Plus(shared, l + d, down * keyStride, shared, r + d, across * keyStride);
                sums = sums.Plus(shared, l + d + 1, down * keyStride, shared, r + d + 1, across * keyStride);
                sums = sums.Plus(shared, l + d + 2, down * keyStride, shared, r + d + 2, across * keyStride);
                sums = sums.Plus(shared, l + d + 3, down * keyStride, shared, r + d + 3, across * keyStride);
            }

            Keep<T, TNumbers>(a, shared, scores, scoreStride, span, q, firstRow, rows, repeat, k, across, firstKey, low, high, sums.Row0);
            Keep<T, TNumbers>(a, shared, scores, scoreStride, span, q + down, firstRow, rows, repeat, k, across, firstKey, low, high, sums.Row1);
            Keep<T, TNumbers>(a, shared, scores, scoreStride, span, q + (2 * down), firstRow, rows, repeat, k, across, firstKey, low, high, sums.Row2);
            Keep<T, TNumbers>(a, shared, scores, scoreStride, span, q + (3 * down), firstRow, rows, repeat, k, across, firstKey, low, high, sums.Row3);
        }
    }

    private static void Keep<T, TNumbers>(
        AttentionArguments<T> a, ArrayView<T> shared, int scores, int scoreStride, DeviceSpan span, int q, int firstRow, int rows,
        int repeat, int k, int across, int firstKey, int low, int high, Quad<T> sums)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TNumbers : struct, IKernelNumbers<T>
    {
        int row = firstRow + q;
        long query = span.FirstQuery + (row / repeat);
        int known = row < rows ? high : 0;
        int to = scores + (q * scoreStride) + k;
        shared[to] = Scored<T, TNumbers>(a, span, query, firstKey, k, low, known, sums.A);
        shared[to + across] = Scored<T, TNumbers>(a, span, query, firstKey, k + across, low, known, sums.B);
        shared[to + (2 * across)] = Scored<T, TNumbers>(a, span, query, firstKey, k + (2 * across), low, known, sums.C);
        shared[to + (3 * across)] = Scored<T, TNumbers>(a, span, query, firstKey, k + (3 * across), low, known, sums.D);
    }

    private static T Scored<T, TNumbers>(AttentionArguments<T> a, DeviceSpan span, long query, int firstKey, int k, int low, int high, T sum)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TNumbers : struct, IKernelNumbers<T>
    {
        T score = TNumbers.Of(2.0 * Lowest);
        if (k >= low && k < high && a.Sees(span, query, firstKey + k))
        {
            score = a.Scale * sum;
        }

        return score;
    }

    // Scores become exponentials of their distance to the greatest so far; what was summed before shrinks by a factor.
    private static void Weigh<T, TNumbers>(
        AttentionArguments<T> a, ArrayView<T> shared, int scores, int scoreStride, int greatest, int totals, int factors, int parts, int lanes)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TNumbers : struct, IKernelNumbers<T>
    {
        for (int i = Group.IdxX; i < a.Tile.Rows * lanes; i += Group.DimX)
        {
            int q = i / lanes;
            T most = TNumbers.Of(Lowest);
            for (int k = i - (q * lanes); k < a.Tile.Keys; k += lanes)
            {
                T score = shared[scores + (q * scoreStride) + k];
                most = score > most ? score : most;
            }

            shared[parts + i] = most;
        }

        Group.Barrier();
        for (int q = Group.IdxX; q < a.Tile.Rows; q += Group.DimX)
        {
            T before = shared[greatest + q];
            T most = before;
            for (int lane = 0; lane < lanes; lane++)
            {
                T part = shared[parts + (q * lanes) + lane];
                most = part > most ? part : most;
            }

            shared[greatest + q] = most;
            shared[factors + q] = TNumbers.Exp(before - most);
        }

        Group.Barrier();
        for (int i = Group.IdxX; i < a.Tile.Rows * lanes; i += Group.DimX)
        {
            int q = i / lanes;
            T most = shared[greatest + q];
            T total = T.Zero;
            for (int k = i - (q * lanes); k < a.Tile.Keys; k += lanes)
            {
                int place = scores + (q * scoreStride) + k;
                T score = shared[place];
                T weight = score < TNumbers.Of(Lowest) ? T.Zero : TNumbers.Exp(score - most);
                shared[place] = weight;
                total += weight;
            }

            shared[parts + i] = total;
        }

        Group.Barrier();
        for (int q = Group.IdxX; q < a.Tile.Rows; q += Group.DimX)
        {
            T total = shared[factors + q] * shared[totals + q];
            for (int lane = 0; lane < lanes; lane++)
            {
                total += shared[parts + (q * lanes) + lane];
            }

            shared[totals + q] = total;
        }
    }

    private static void Add<T>(
        AttentionArguments<T> a, ArrayView<T> shared, int values, int scores, int outputs, int factors, int valueStride, int scoreStride, int high)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int down = a.Tile.Rows / 4;
        int across = valueStride / 4;
        for (int block = Group.IdxX; block < down * across; block += Group.DimX)
        {
            int q = block / across;
            int v = block - (q * across);
            MicroTile<T> sums;
            sums.Row0 = Shrunk(shared, outputs + (q * valueStride) + v, across, shared[factors + q]);
            sums.Row1 = Shrunk(shared, outputs + ((q + down) * valueStride) + v, across, shared[factors + q + down]);
            sums.Row2 = Shrunk(shared, outputs + ((q + (2 * down)) * valueStride) + v, across, shared[factors + q + (2 * down)]);
            sums.Row3 = Shrunk(shared, outputs + ((q + (3 * down)) * valueStride) + v, across, shared[factors + q + (3 * down)]);
            int l = scores + (q * scoreStride);
            int r = values + v;
            for (int k = 0; k < high; k += 4)
            {
                sums = sums.Plus(shared, l + k, down * scoreStride, shared, r + (k * valueStride), across);
                sums = sums.Plus(shared, l + k + 1, down * scoreStride, shared, r + ((k + 1) * valueStride), across);
                sums = sums.Plus(shared, l + k + 2, down * scoreStride, shared, r + ((k + 2) * valueStride), across);
                sums = sums.Plus(shared, l + k + 3, down * scoreStride, shared, r + ((k + 3) * valueStride), across);
            }

            Write(shared, outputs + (q * valueStride) + v, across, sums.Row0);
            Write(shared, outputs + ((q + down) * valueStride) + v, across, sums.Row1);
            Write(shared, outputs + ((q + (2 * down)) * valueStride) + v, across, sums.Row2);
            Write(shared, outputs + ((q + (3 * down)) * valueStride) + v, across, sums.Row3);
        }
    }

    private static Quad<T> Shrunk<T>(ArrayView<T> shared, int place, int across, T factor)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Quad<T> four;
        four.A = factor * shared[place];
        four.B = factor * shared[place + across];
        four.C = factor * shared[place + (2 * across)];
        four.D = factor * shared[place + (3 * across)];
        return four;
    }

    private static void Write<T>(ArrayView<T> shared, int place, int across, Quad<T> four)
        where T : unmanaged
    {
        shared[place] = four.A;
        shared[place + across] = four.B;
        shared[place + (2 * across)] = four.C;
        shared[place + (3 * across)] = four.D;
    }
}
