namespace HybridControl.Gpu.Neural.Kernels;

/// <summary>How many numbers of shared memory a kernel has: known when it is compiled, the smallest that does.</summary>
internal interface ISharedRoom
{
    /// <summary>Numbers.</summary>
    static abstract int Numbers { get; }
}

/// <summary>8 KiB of single-precision numbers.</summary>
internal readonly struct Room2K : ISharedRoom
{
    public static int Numbers => 2048;
}

/// <summary>16 KiB of single-precision numbers.</summary>
internal readonly struct Room4K : ISharedRoom
{
    public static int Numbers => 4096;
}

/// <summary>24 KiB of single-precision numbers, or all that a group has of doubles.</summary>
internal readonly struct Room6K : ISharedRoom
{
    public static int Numbers => 6144;
}

/// <summary>36 KiB of single-precision numbers.</summary>
internal readonly struct Room9K : ISharedRoom
{
    public static int Numbers => 9216;
}

/// <summary>All that a group has, 48 KiB, of single-precision numbers.</summary>
internal readonly struct Room12K : ISharedRoom
{
    public static int Numbers => 12288;
}
