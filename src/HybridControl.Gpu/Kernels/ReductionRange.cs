namespace HybridControl.Gpu.Kernels;

/// <summary>Which trajectories of a chunk a reduction takes in.</summary>
public struct ReductionRange
{
    /// <summary>Number of the first trajectory of the chunk.</summary>
    public long First { get; set; }

    /// <summary>Trajectories in a row.</summary>
    public long Stride { get; set; }

    /// <summary>Trajectories of the chunk.</summary>
    public int Count { get; set; }

    /// <summary>Blocks of the chunk.</summary>
    public int Blocks { get; set; }

    /// <summary>The alternative that is meant.</summary>
    public int Alternative { get; set; }

    /// <summary>The number of alternatives.</summary>
    public int Alternatives { get; set; }

    /// <summary>Row of the status; -1 if every trajectory is completed.</summary>
    public int StatusRow { get; set; }
}
