using System.Collections.Immutable;
using HybridControl.Diagnostics;
using HybridControl.Ensembles;

namespace HybridControl.Serialization.Campaigns;

/// <summary>An ensemble that is computed into a folder, in pieces, by any number of processes, and survives the death of each.</summary>
/// <remarks>
/// <para>The folder holds a manifest, <c>campaign.json</c> (plan with its model, back-end, version of the library), and in <c>blocks</c>
/// block files. A file is written beside its place, flushed to the device and renamed, and is never touched again: what has a name is whole.
/// Shard s covers the blocks from s * <see cref="ShardBlocks"/> on; a run that is cancelled closes its shard early, under a name that says
/// how far it goes, and the next run computes the rest. Every block is a function of the manifest alone, so a shard that two processes
/// compute has the same bytes, and the merged result is that of one uninterrupted run, bit for bit.</para>
/// <para>Safe for concurrent use by several processes; one instance is not thread-safe.</para>
/// </remarks>
public sealed class Campaign
{
    private const long LargestShardBytes = 64 << 20;
    private const int UsualShards = 128;

    private readonly CampaignManifest _manifest;
    private readonly EnsembleLayout _layout;
    private readonly string _blocks;

    private Campaign(string folder, EnsemblePlan plan, CampaignManifest manifest)
    {
        Folder = folder;
        Plan = plan;
        _manifest = manifest;
        _layout = EnsembleLayout.Of(plan);
        _blocks = Path.Combine(folder, "blocks");
        Guarded(_blocks, () => Directory.CreateDirectory(_blocks));
    }

    /// <summary>The folder.</summary>
    public string Folder { get; }

    /// <summary>What is computed.</summary>
    public EnsemblePlan Plan { get; }

    /// <summary>Kind of the back-end that computes every block, such as "cpu": back-ends of different kinds differ by rounding.</summary>
    public string Backend => _manifest.Backend;

    /// <summary>The number of trajectories.</summary>
    public long TrajectoryCount => _manifest.Trajectories;

    /// <summary>The number of blocks.</summary>
    public long BlockCount => EnsembleBlock.CountOf(TrajectoryCount);

    /// <summary>Blocks of a shard; the last shard may have fewer.</summary>
    public int ShardBlocks => _manifest.ShardBlocks;

    /// <summary>The number of shards.</summary>
    public long ShardCount => (BlockCount + ShardBlocks - 1) / ShardBlocks;

    /// <summary>Whether a folder holds a campaign.</summary>
    public static bool Exists(string folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        return File.Exists(Path.Combine(folder, CampaignManifest.FileName));
    }

    /// <summary>Begins a campaign in a new or empty folder, or continues the one that is there.</summary>
    /// <param name="folder">The folder; created if it does not exist.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="backend">Kind of the back-end, such as "cpu" or "gpu"; null for that of the campaign that is there, and "cpu" for a new one.</param>
    /// <param name="shardBlocks">Blocks of a shard; null for those of the campaign that is there, and for a new one a number that gives
    /// about 128 shards of at most 64 MiB.</param>
    /// <exception cref="ModelException">The plan is not valid or has no file form; or the folder holds a campaign for something else (the
    /// findings say what differs), is damaged, holds other files, or cannot be written.</exception>
    public static Campaign Start(string folder, EnsemblePlan plan, string? backend = null, int? shardBlocks = null)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(shardBlocks ?? 1, nameof(shardBlocks));
        string text = PlanFile.Write(plan);
        var layout = EnsembleLayout.Of(plan);
        var sampler = PlanSampler.For(plan);
        Guarded(folder, () => Directory.CreateDirectory(folder));
        CampaignManifest? there = CampaignManifest.TryLoad(folder);
        if (there is null)
        {
            RefuseOtherFiles(folder);
            int blocks = shardBlocks ?? UsualShardBlocks(layout, sampler.BlockCount);
            var begun = CampaignManifest.Create(text, layout, sampler.TrajectoryCount, backend ?? "cpu", blocks);
            using DurableFile file = DurableFile.Create(folder);
            Guarded(folder, () => file.Stream.Write(begun.Bytes));
            if (file.Publish(CampaignManifest.FileName, replaces: false))
            {
                return new(folder, plan, begun);
            }

            // Another process was quicker: what it began is judged like any other.
            there = CampaignManifest.TryLoad(folder) ?? throw new ModelException(folder, "the manifest vanished", "Begin again in a new folder.");
        }

        var asked = CampaignManifest.Create(text, layout, sampler.TrajectoryCount, backend ?? there.Backend, shardBlocks ?? there.ShardBlocks);
        return asked.Bytes.AsSpan().SequenceEqual(there.Bytes)
            ? new(folder, plan, there)
            : throw new ModelException(
                [.. there.DifferencesTo(asked).Select(difference => new Finding(folder, $"the campaign was begun with something else: {difference}",
                    "Continue with what it was begun with, or begin a campaign in a new folder."))]);
    }

    /// <summary>Opens the campaign of a folder to look at it, continue it or read its blocks.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="ModelException">There is no campaign, or its manifest cannot be used.</exception>
    public static Campaign Open(string folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        CampaignManifest manifest = CampaignManifest.TryLoad(folder) ??
            throw new ModelException(folder, "there is no campaign", "Name the folder of a campaign: it holds the file campaign.json.");
        return new(folder, PlanFile.Parse(manifest.Plan, Path.Combine(folder, CampaignManifest.FileName)), manifest);
    }

    /// <summary>How far the campaign has come, judged by reading every file: one with a wrong checksum is damaged, and its blocks are missing.</summary>
    /// <exception cref="ModelException">The folder cannot be read.</exception>
    public CampaignStatus Status()
    {
        ShardCatalog catalog = Scan(static _ => true);
        ImmutableArray<BlockRange> missing = catalog.Missing(BlockCount);
        return new(BlockCount, BlockCount - missing.Sum(range => range.Count), missing, catalog.Damaged);
    }

    /// <summary>The missing blocks of a worker's share, cut at the borders of shards; those of damaged files are among them.</summary>
    public ImmutableArray<BlockRange> Missing(CampaignPart part) => Missing(ScanOf(part), part);

    /// <summary>Computes what is missing of a worker's share. A file with a wrong checksum is renamed, and its blocks are computed anew.</summary>
    /// <param name="backend">A back-end of the kind <see cref="Backend"/> that has no findings for the plan.</param>
    /// <param name="part">The share.</param>
    /// <param name="stored">Is told of each block once it is in the file of its shard, which is safe once the shard is full.</param>
    /// <param name="cancellation">Stops after the blocks that are finished, and keeps them.</param>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    /// <exception cref="ModelException">The device is full, or the folder cannot be written (finished shards are kept); or another version of
    /// the library began the campaign.</exception>
    public void Run(IEnsembleBackend backend, CampaignPart part, Action<EnsembleBlock>? stored = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(backend);
        _manifest.ThrowIfOfAnotherVersion(Folder);
        Guarded(Folder, () =>
        {
            DurableFile.RemoveLeftovers(Folder);
            DurableFile.RemoveLeftovers(_blocks);
        });
        ShardCatalog catalog = ScanOf(part);
        Guarded(_blocks, () => PutAside(catalog.Spoiled));
        foreach (BlockRange range in Joined(Missing(catalog, part)))
        {
            Run(backend, range, stored, cancellation);
        }
    }

    /// <summary>The blocks that are there, in ascending order; only one is in memory at a time.</summary>
    /// <param name="partial">Whether missing blocks are left out; if not, they are an error.</param>
    /// <exception cref="ModelException">Blocks are missing (the message lists them), or a file is damaged.</exception>
    public IEnumerable<EnsembleBlock> Blocks(bool partial = false)
    {
        ShardCatalog catalog = Scan(_ => partial);
        var status = new CampaignStatus(BlockCount, 0, catalog.Missing(BlockCount), catalog.Damaged);
        if (!partial && !status.IsComplete)
        {
            long count = status.Missing.Sum(range => range.Count);
            throw new ModelException(
            [
                new(Folder, FormattableString.Invariant($"{count} of {BlockCount} blocks are missing: {status.DescribeMissing()}"),
                    "Run the campaign to its end, or ask for the part that is there."),
                .. catalog.Damaged,
            ]);
        }

        return Read(catalog);
    }

    private IEnumerable<EnsembleBlock> Read(ShardCatalog catalog)
    {
        long next = 0;
        foreach ((string path, BlockRange range) in catalog.Files)
        {
            if (range.End <= next)
            {
                continue;
            }

            long number = range.First;
            foreach (EnsembleBlock block in BlockFile.Load(path, _layout, _manifest.Hash))
            {
                if (block.Number != number || block.Count != Math.Min(EnsembleBlock.Capacity, TrajectoryCount - block.First))
                {
                    throw new ModelException(path, FormattableString.Invariant($"block {block.Number} is not the one that the name of the file promises"),
                        "Remove the file and compute its blocks again.");
                }

                number++;
                if (block.Number >= next)
                {
                    yield return block;
                }
            }

            next = range.End;
        }
    }

    private void Run(IEnsembleBackend backend, BlockRange range, Action<EnsembleBlock>? stored, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var shards = new ShardWriter(_blocks, _layout, _manifest.Hash, ShardBlocks, range.End);
        long next = range.First;
        try
        {
            backend.Run(Plan, range.First, range.Count, block =>
            {
                if (shards.TryAdd(block))
                {
                    next = block.Number + 1;
                    stored?.Invoke(block);
                }
                else
                {
                    stop.Cancel();
                }
            }, stop.Token);
        }
        catch (OperationCanceledException) when (shards.HasFailed)
        {
            // Stopped by ourselves: what could not be stored is thrown below.
        }
        finally
        {
            shards.Finish();
        }

        shards.ThrowIfFailed();
        if (next != range.End)
        {
            throw new InvalidOperationException($"{backend.Name} ended before block {next}.");
        }
    }

    private ImmutableArray<BlockRange> Missing(ShardCatalog catalog, CampaignPart part)
    {
        var pieces = ImmutableArray.CreateBuilder<BlockRange>();
        foreach (BlockRange range in catalog.Missing(BlockCount))
        {
            for (long first = range.First; first < range.End;)
            {
                long shard = first / ShardBlocks;
                long end = Math.Min(range.End, (shard + 1) * ShardBlocks);
                if (part.Has(shard))
                {
                    pieces.Add(new(first, end - first));
                }

                first = end;
            }
        }

        return pieces.ToImmutable();
    }

    private ShardCatalog ScanOf(CampaignPart part) => Scan(range => part.Has(range.First / ShardBlocks));

    private static void PutAside(ImmutableArray<string> files)
    {
        foreach (string path in files)
        {
            try
            {
                File.Move(path, path + ".damaged", overwrite: true);
            }
            catch (FileNotFoundException)
            {
                // Another process was quicker.
            }
        }
    }

    private ShardCatalog Scan(Func<BlockRange, bool> isRead)
    {
        ShardCatalog? catalog = null;
        Guarded(_blocks, () => catalog = ShardCatalog.Scan(_blocks, _layout, _manifest.Hash, TrajectoryCount, isRead));
        return catalog!;
    }

    private static IEnumerable<BlockRange> Joined(ImmutableArray<BlockRange> pieces)
    {
        for (int i = 0; i < pieces.Length;)
        {
            BlockRange range = pieces[i++];
            while (i < pieces.Length && pieces[i].First == range.End)
            {
                range = range with { Count = range.Count + pieces[i++].Count };
            }

            yield return range;
        }
    }

    private static int UsualShardBlocks(EnsembleLayout layout, long blocks)
    {
        long most = Math.Max(1, LargestShardBytes / BlockFormat.RecordBytes(layout, EnsembleBlock.Capacity));
        return (int)Math.Clamp((blocks + UsualShards - 1) / UsualShards, 1, most);
    }

    private static void RefuseOtherFiles(string folder)
    {
        string? other = null;
        Guarded(folder, () => other = Directory.EnumerateFileSystemEntries(folder)
            .FirstOrDefault(path => !path.EndsWith(DurableFile.TemporaryEnding, StringComparison.Ordinal)));
        if (other is not null && !Exists(folder))
        {
            throw new ModelException(folder, $"the folder holds other files, such as '{Path.GetFileName(other)}', but no campaign",
                "Name a new or empty folder.");
        }
    }

    private static void Guarded(string path, Action action)
    {
        try
        {
            action();
        }
        catch (Exception fault) when (DurableFile.IsFault(fault))
        {
            throw DurableFile.Refusal(path, fault);
        }
    }
}
