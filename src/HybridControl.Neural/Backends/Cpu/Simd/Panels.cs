namespace HybridControl.Neural.Backends.Cpu.Simd;

/// <summary>Columns of a matrix in panels, each of which a tile takes whole: as wide as registers allow, the last one as narrow as its columns allow.</summary>
/// <param name="Columns">Columns.</param>
/// <param name="PackWidth">Numbers of a pack.</param>
/// <param name="PanelPacks">Packs of a panel, but for the last.</param>
internal readonly record struct Panels(int Columns, int PackWidth, int PanelPacks)
{
    /// <summary>Columns of a panel, but for the last.</summary>
    public int Width => PackWidth * PanelPacks;

    /// <summary>How many panels.</summary>
    public int Count => (Columns + Width - 1) / Width;

    /// <summary>Columns in all, whole packs.</summary>
    public int Padded => (Columns + PackWidth - 1) / PackWidth * PackWidth;

    /// <summary>Columns of a panel, whole packs.</summary>
    public int WidthOf(int panel) => Math.Min(Width, Padded - (panel * Width));

    /// <summary>Columns of a panel that the matrix has.</summary>
    public int FilledOf(int panel) => Math.Min(Width, Columns - (panel * Width));
}
