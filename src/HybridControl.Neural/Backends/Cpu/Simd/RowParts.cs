namespace HybridControl.Neural.Backends.Cpu.Simd;

/// <summary>Rows in parts of a size that is worth handing out.</summary>
/// <param name="Rows">Rows.</param>
/// <param name="RowsOfPart">Rows of a part, but for the last.</param>
internal readonly record struct RowParts(int Rows, int RowsOfPart)
{
    /// <summary>Parts of about 4096 numbers.</summary>
    public static RowParts Of(int rows, int columns) => new(rows, Math.Max(1, 4096 / Math.Max(1, columns)));

    /// <summary>How many parts.</summary>
    public int Count => (Rows + RowsOfPart - 1) / RowsOfPart;

    /// <summary>First row of a part, and the row behind its last.</summary>
    public (int First, int End) At(int part) => (part * RowsOfPart, Math.Min(Rows, (part + 1) * RowsOfPart));
}
