namespace HybridControl.Gpu.Kernels;

/// <summary>Sums over the trajectories of one block, as a device leaves them.</summary>
public struct ColumnSums
{
    /// <summary>Finite numbers.</summary>
    public int Count { get; set; }

    /// <summary>Numbers that are missing.</summary>
    public int Missing { get; set; }

    /// <summary>The smallest number.</summary>
    public double Min { get; set; }

    /// <summary>The largest number.</summary>
    public double Max { get; set; }

    /// <summary>The rounded mean, from which deviations are taken.</summary>
    public double Center { get; set; }

    /// <summary>Sum of the deviations.</summary>
    public double Deviations { get; set; }

    /// <summary>Sum of the squared deviations.</summary>
    public double Squares { get; set; }
}
