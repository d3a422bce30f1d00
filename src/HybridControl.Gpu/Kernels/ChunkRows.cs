namespace HybridControl.Gpu.Kernels;

/// <summary>How many numbers of each kind a trajectory has in device memory.</summary>
/// <param name="Samples">Samples of variations.</param>
/// <param name="Registers">Registers.</param>
/// <param name="Arrays">Array entries.</param>
/// <param name="Draws">Random draws kept at hand.</param>
internal readonly record struct ChunkRows(int Samples, int Registers, int Arrays, int Draws)
{
    /// <summary>Bytes of one trajectory.</summary>
    /// <param name="size">Bytes of a number.</param>
    public long BytesOf(int size) => ((long)Samples + Registers + Arrays + Draws) * size + sizeof(int);

    /// <summary>What serves two machines.</summary>
    public ChunkRows Union(ChunkRows other) => new(
        Math.Max(Samples, other.Samples), Math.Max(Registers, other.Registers), Math.Max(Arrays, other.Arrays),
        Math.Max(Draws, other.Draws));
}
