namespace HybridControl.Gpu.Neural.Kernels;

/// <summary>Size of the part of a product that one group computes: <c>(Rows / 4) (Columns / 4)</c> threads.</summary>
internal interface IProductTile
{
    /// <summary>Rows of the part.</summary>
    static abstract int Rows { get; }

    /// <summary>Columns of the part.</summary>
    static abstract int Columns { get; }

    /// <summary>Terms that stand in shared memory at a time; a multiple of four.</summary>
    static abstract int Depth { get; }
}

/// <summary>256 threads.</summary>
internal readonly struct WideTile : IProductTile
{
    public static int Rows => 64;

    public static int Columns => 64;

    public static int Depth => 16;
}

/// <summary>Two threads: for devices that allow no more.</summary>
internal readonly struct NarrowTile : IProductTile
{
    public static int Rows => 4;

    public static int Columns => 8;

    public static int Depth => 16;
}
