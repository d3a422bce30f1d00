namespace HybridControl.Neural.Backends.Cpu.Simd;

/// <summary>How the inputs of a product are cut: rows into blocks of equal size, give or take one; columns into slices.</summary>
/// <param name="Rows">Rows.</param>
/// <param name="Inputs">Numbers of a row.</param>
/// <param name="Slice">Inputs of a slice, but for the last.</param>
internal readonly record struct RowBlocks(int Rows, int Inputs, int Slice)
{
    /// <summary>Rows of the greatest block.</summary>
    public const int Greatest = 6;

    /// <summary>How many blocks.</summary>
    public int Count => (Rows + Greatest - 1) / Greatest;

    /// <summary>Where a block begins.</summary>
    public int FirstRow(int block) => (int)((long)block * Rows / Count);
}
