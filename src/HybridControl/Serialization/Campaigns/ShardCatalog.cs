using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using HybridControl.Diagnostics;
using HybridControl.Ensembles;

namespace HybridControl.Serialization.Campaigns;

/// <summary>The block files of a campaign as they lie in its folder at one moment.</summary>
/// <param name="Files">Whole files, by their first block; ranges may overlap, with the same content.</param>
/// <param name="Damaged">Files that cannot be used.</param>
/// <param name="Spoiled">Those of the damaged files whose header is this campaign's, but whose records do not match their checksums.</param>
internal sealed partial record ShardCatalog(
    ImmutableArray<(string Path, BlockRange Range)> Files, ImmutableArray<Finding> Damaged, ImmutableArray<string> Spoiled)
{
    /// <summary>The name of the file of a range of blocks.</summary>
    public static string NameOf(BlockRange range) => FormattableString.Invariant($"blocks-{range.First:D9}-{range.End - 1:D9}.hcb");

    /// <summary>Looks at the files of a folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="layout">The columns.</param>
    /// <param name="origin">Hash of the manifest.</param>
    /// <param name="trajectories">Those of the campaign.</param>
    /// <param name="isRead">Which files are read to their end; the others are judged by name, header and length.</param>
    public static ShardCatalog Scan(string folder, EnsembleLayout layout, byte[] origin, long trajectories, Func<BlockRange, bool> isRead)
    {
        long blocks = EnsembleBlock.CountOf(trajectories);
        var files = new List<(string Path, BlockRange Range)>();
        var damaged = ImmutableArray.CreateBuilder<Finding>();
        var spoiled = ImmutableArray.CreateBuilder<string>();
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
            else if (isRead(range) && BlockFile.Verify(path, layout, origin, range.First) is { } fault)
            {
                damaged.Add(fault with { Mend = "Run the campaign again: it computes these blocks anew and keeps the file under another name." });
                spoiled.Add(path);
            }
            else
            {
                files.Add((path, range));
            }
        }

        return new([.. files.OrderBy(file => file.Range.First).ThenByDescending(file => file.Range.Count)], damaged.ToImmutable(), spoiled.ToImmutable());
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
