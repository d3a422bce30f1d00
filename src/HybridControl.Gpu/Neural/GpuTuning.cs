namespace HybridControl.Gpu.Neural;

/// <summary>When work is cut into more pieces than it has by itself. Does not change a result beyond rounding.</summary>
internal sealed record GpuTuning
{
    /// <summary>Multiprocessors to keep busy; 0 for those of the device.</summary>
    public int Multiprocessors { get; init; }

    /// <summary>Fewest tokens of a segment when a scan is cut along time.</summary>
    public int LeastSegment { get; init; } = 64;

    /// <summary>Fewest keys of a part when attention to few queries is cut along keys.</summary>
    public int LeastKeys { get; init; } = 256;

    /// <summary>Most rows that are multiplied without tiles.</summary>
    public int MostRowsWithoutTiles { get; init; } = 8;
}
