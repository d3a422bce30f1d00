namespace HybridControl.Gpu.Neural.Kernels;

/// <summary>Size of the part of a product that one group computes, each of its threads a micro tile.</summary>
internal interface IProductTile
{
    /// <summary>Rows of the part.</summary>
    static abstract int Rows { get; }

    /// <summary>Columns of the part.</summary>
    static abstract int Columns { get; }

    /// <summary>Terms that stand in shared memory at a time; a multiple of four.</summary>
    static abstract int Depth { get; }

    /// <summary>Threads of a group. On a graphics processor a quarter of the entries of each operand, so that each thread fetches four.</summary>
    static abstract int Threads { get; }
}

/// <summary>Parts of 128 x 128 from micro tiles of 8 x 8: for large products.</summary>
internal readonly struct LargeTile : IProductTile
{
    public static int Rows => 128;

    public static int Columns => 128;

    public static int Depth => 8;

    public static int Threads => 256;
}

/// <summary>Parts of 64 x 64 from micro tiles of 4 x 4: for products that would not fill a device with larger ones.</summary>
internal readonly struct MediumTile : IProductTile
{
    public static int Rows => 64;

    public static int Columns => 64;

    public static int Depth => 16;

    public static int Threads => 256;
}

/// <summary>Parts of 8 x 16 from micro tiles of 8 x 8: for devices that allow no more than two threads.</summary>
internal readonly struct SmallTile : IProductTile
{
    public static int Rows => 8;

    public static int Columns => 16;

    public static int Depth => 16;

    public static int Threads => 2;
}
