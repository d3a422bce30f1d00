namespace HybridControl.Neural.Backends.Cpu.Simd;

/// <summary>Chooses the tile of a size.</summary>
internal static unsafe class Tiles<V, T, TEntries>
    where V : struct, IPack<V, T>
    where T : unmanaged
    where TEntries : struct, IEntries<V, T>
{
    /// <summary>Writes the sums of so many rows and packs.</summary>
    public static void Sum(int rows, int packs, T* x, nint stride, byte* panel, nint count, T* tile)
    {
        switch (rows)
        {
            case 1:
                Sum<One>(packs, x, stride, panel, count, tile);
                break;
            case 2:
                Sum<Two>(packs, x, stride, panel, count, tile);
                break;
            case 3:
                Sum<Three>(packs, x, stride, panel, count, tile);
                break;
            case 4:
                Sum<Four>(packs, x, stride, panel, count, tile);
                break;
            case 5:
                Sum<Five>(packs, x, stride, panel, count, tile);
                break;
            default:
                Sum<Six>(packs, x, stride, panel, count, tile);
                break;
        }
    }

    private static void Sum<TRows>(int packs, T* x, nint stride, byte* panel, nint count, T* tile)
        where TRows : struct, ICount
    {
        switch (packs)
        {
            case 1:
                Tile<V, T, TEntries, TRows, One>.Sum(x, stride, panel, count, tile);
                break;
            case 2:
                Tile<V, T, TEntries, TRows, Two>.Sum(x, stride, panel, count, tile);
                break;
            case 3:
                Tile<V, T, TEntries, TRows, Three>.Sum(x, stride, panel, count, tile);
                break;
            default:
                Tile<V, T, TEntries, TRows, Four>.Sum(x, stride, panel, count, tile);
                break;
        }
    }
}
