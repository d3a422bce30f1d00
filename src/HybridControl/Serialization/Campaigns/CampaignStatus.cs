using System.Collections.Immutable;
using HybridControl.Diagnostics;

namespace HybridControl.Serialization.Campaigns;

/// <summary>How far a campaign has come.</summary>
/// <param name="BlockCount">The blocks of the campaign.</param>
/// <param name="FinishedBlocks">Those that are there.</param>
/// <param name="Missing">Those that are not, ascending.</param>
/// <param name="Damaged">Files that cannot be used; their blocks count as missing.</param>
public sealed record CampaignStatus(long BlockCount, long FinishedBlocks, ImmutableArray<BlockRange> Missing, ImmutableArray<Finding> Damaged)
{
    /// <summary>Whether every block is there.</summary>
    public bool IsComplete => Missing.IsEmpty;

    /// <summary>The missing blocks in words: "blocks 16 to 31, block 40".</summary>
    /// <param name="most">How many ranges are listed.</param>
    public string DescribeMissing(int most = 10)
    {
        IEnumerable<string> listed = Missing.Take(most).Select(range => range.Count == 1
            ? FormattableString.Invariant($"block {range.First}")
            : FormattableString.Invariant($"blocks {range.First} to {range.End - 1}"));
        string rest = Missing.Length > most ? FormattableString.Invariant($" and {Missing.Length - most} more ranges") : "";
        return string.Join(", ", listed) + rest;
    }
}
