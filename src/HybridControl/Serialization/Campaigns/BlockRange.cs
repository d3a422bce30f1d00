namespace HybridControl.Serialization.Campaigns;

/// <summary>Consecutive blocks.</summary>
/// <param name="First">Number of the first block.</param>
/// <param name="Count">The number of blocks.</param>
public readonly record struct BlockRange(long First, long Count)
{
    /// <summary>Number of the block behind the last.</summary>
    public long End => First + Count;
}
