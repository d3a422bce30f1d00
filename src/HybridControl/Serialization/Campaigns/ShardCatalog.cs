using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using HybridControl.Diagnostics;
using HybridControl.Ensembles;

namespace HybridControl.Serialization.Campaigns;

/// <summary>The block files of a campaign as they lie in its folder at one moment.</summary>
/// <param name="Files">Whole files, by their first block; ranges may overlap, with the same content.</param>
/// <param name="Damaged">Files that cannot be used.</param>
internal sealed partial record ShardCatalog(ImmutableArray<(string Path, BlockRange Range)> Files, ImmutableArray<Finding> Damaged)
{
    /// <summary>The name of the file of a range of blocks.</summary>
    public static string NameOf(BlockRange range) => FormattableString.Invariant($"blocks-{range.First:D9}-{range.End - 1:D9}.hcb");

    /// <summary>Looks at the files of a folder.</summary>
    public static ShardCatalog Scan(string folder, EnsembleLayout layout, byte[] origin, long trajectories)
    {
        long blocks = EnsembleBlock.CountOf(trajectories);
        var files = new List<(string Path, BlockRange Range)>();
        var damaged = ImmutableArray.CreateBuilder<Finding>();
        foreach (string path in Directory.EnumerateFiles(folder, "*.hcb").Order(StringComparer.Ordinal))
        {
            if (RangeOf(Path.GetFileName(path)) is not { } range || range.Count < 1 || range.End > blocks)
            {
                damaged.Add(new(path, "the name is not one that this campaign gives", "Remove the file."));
            }
            else if (BlockFile.Glance(path, layout, origin, range.First, range.Count, trajectories) is { } finding)
            {
                damaged.Add(finding);
            }
            else
            {
                files.Add((path, range));
            }
        }

        return new([.. files.OrderBy(file => file.Range.First).ThenByDescending(file => file.Range.Count)], damaged.ToImmutable());
    }

    /// <summary>What no file covers.</summary>
    public ImmutableArray<BlockRange> Missing(long blocks)
    {
        var missing = ImmutableArray.CreateBuilder<BlockRange>();
        long next = 0;
        foreach ((_, BlockRange range) in Files)
        {
            if (range.First > next)
            {
                missing.Add(new(next, range.First - next));
            }

            next = Math.Max(next, range.End);
        }

        if (next < blocks)
        {
            missing.Add(new(next, blocks - next));
        }

        return missing.ToImmutable();
    }

    private static BlockRange? RangeOf(string name)
    {
        Match match = FileName().Match(name);
        return match.Success && TryRead(1, out long first) && TryRead(2, out long last) ? new(first, last - first + 1) : null;

        bool TryRead(int group, out long value) =>
            long.TryParse(match.Groups[group].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out value);
    }

    [GeneratedRegex(@"\Ablocks-(\d{9,18})-(\d{9,18})\.hcb\z")]
    private static partial Regex FileName();
}
