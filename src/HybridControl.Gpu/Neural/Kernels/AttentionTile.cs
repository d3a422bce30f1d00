namespace HybridControl.Gpu.Neural.Kernels;

/// <summary>How many queries meet how many keys in shared memory at a time.</summary>
/// <param name="Rows">Queries, a multiple of four.</param>
/// <param name="Keys">Keys, a multiple of four.</param>
/// <param name="Threads">Threads of a group, a power of two.</param>
internal readonly record struct AttentionTile(int Rows, int Keys, int Threads)
{
    /// <summary>Bytes of shared memory that every device gives a group without being asked for more.</summary>
    public const int SharedBytes = 48 * 1024;

    private static readonly (int Rows, int Keys)[] Sizes =
        [(32, 64), (32, 32), (16, 64), (16, 32), (16, 16), (8, 64), (8, 32), (8, 16), (4, 64), (4, 32), (4, 16), (4, 8), (4, 4)];

    /// <summary>Threads that share the search of a row for its greatest score.</summary>
    public int Lanes => Math.Max(1, Threads / Rows);

    /// <summary>Numbers of shared memory: queries, keys or values, scores, outputs, and four for each row and lane.</summary>
    public static int NumbersOf(int rows, int keys, int lanes, int keyWidth, int valueWidth)
    {
        int keyStride = ((keyWidth + 3) / 4 * 4) + 1;
        int valueStride = (valueWidth + 3) / 4 * 4;
        return (rows * keyStride) + (keys * Math.Max(keyStride, valueStride)) + (rows * (keys + 1)) + (rows * valueStride) + (rows * (3 + lanes));
    }

    /// <summary>The largest that fits.</summary>
    /// <param name="queries">Queries of a stream that share keys.</param>
    /// <param name="keyWidth">Width of a key.</param>
    /// <param name="valueWidth">Width of a value.</param>
    /// <param name="numberBytes">Bytes of a number.</param>
    /// <param name="mostThreads">The most threads of a group.</param>
    /// <returns>The tile; no rows if none fits.</returns>
    public static AttentionTile Choose(int queries, int keyWidth, int valueWidth, int numberBytes, int mostThreads)
    {
        int mostRows = queries > 16 ? 32 : queries > 8 ? 16 : queries > 4 ? 8 : 4;
        foreach ((int rows, int keys) in Sizes)
        {
            int threads = Math.Min(mostThreads, rows * keys >= 512 ? 128 : 64);
            bool small = mostThreads >= 64 || rows * keys <= 32;
            int lanes = Math.Max(1, threads / rows);
            if (rows <= mostRows && small && NumbersOf(rows, keys, lanes, keyWidth, valueWidth) * numberBytes <= SharedBytes)
            {
                return new(rows, keys, threads);
            }
        }

        return default;
    }
}
