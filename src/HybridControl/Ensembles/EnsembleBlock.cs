namespace HybridControl.Ensembles;

/// <summary>What is kept of a run of consecutive trajectories: the unit in which back-ends deliver, files store and statistics merge.</summary>
/// <remarks>
/// Block b covers the trajectories from b * <see cref="Capacity"/> on; only the last block of a plan may be shorter.
/// Trajectory i of a plan with k alternatives is sample i / k under alternative i % k. Every table is
/// stored by column, then trajectory: entry (column c, trajectory i) is at c * <see cref="Count"/> + i. Not thread-safe
/// while it is filled.
/// </remarks>
public sealed class EnsembleBlock
{
    /// <summary>Trajectories of a full block.</summary>
    public const int Capacity = 1024;

    /// <summary>Creates an empty block: every entry is NaN.</summary>
    /// <param name="layout">The columns.</param>
    /// <param name="first">Number of the first trajectory, a multiple of <see cref="Capacity"/>.</param>
    /// <param name="count">The number of trajectories.</param>
    public EnsembleBlock(EnsembleLayout layout, long first, int count)
    {
        ArgumentNullException.ThrowIfNull(layout);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Capacity);
        Layout = layout;
        First = first;
        Count = count;
        Samples = Empty(layout.Samples.Length);
        Scalars = Empty(layout.Scalars.Length);
        Grid = Empty(layout.GridTimes.Length * layout.Grid.Length);
        EventTimes = Empty(layout.EventSlots);
        EventTransitions = Empty(layout.EventSlots);

        double[] Empty(int columns)
        {
            double[] values = GC.AllocateUninitializedArray<double>(columns * count);
            Array.Fill(values, double.NaN);
            return values;
        }
    }

    /// <summary>Blocks of so many trajectories.</summary>
    internal static long CountOf(long trajectories) => (trajectories + Capacity - 1) / Capacity;

    /// <summary>The columns.</summary>
    public EnsembleLayout Layout { get; }

    /// <summary>Number of the first trajectory.</summary>
    public long First { get; }

    /// <summary>The number of trajectories.</summary>
    public int Count { get; }

    /// <summary>Number of the block.</summary>
    public long Number => First / Capacity;

    /// <summary>The varied quantities.</summary>
    public double[] Samples { get; }

    /// <summary>The scalar columns.</summary>
    public double[] Scalars { get; }

    /// <summary>Grid samples; column k * V + v is variable v at grid time k.</summary>
    public double[] Grid { get; }

    /// <summary>Times of the events; column s is event s.</summary>
    public double[] EventTimes { get; }

    /// <summary>Transition numbers of the events, as doubles; column s is event s.</summary>
    public double[] EventTransitions { get; }

    /// <summary>The entries of a scalar column.</summary>
    public ReadOnlySpan<double> Scalar(int column) => Scalars.AsSpan(column * Count, Count);

    /// <summary>The samples of a varied quantity.</summary>
    public ReadOnlySpan<double> Sample(int variation) => Samples.AsSpan(variation * Count, Count);

    /// <summary>The entries of a grid variable at a grid time.</summary>
    public ReadOnlySpan<double> GridAt(int time, int variable) =>
        Grid.AsSpan(((time * Layout.Grid.Length) + variable) * Count, Count);
}
