using System.Diagnostics;
using HybridControl.Diagnostics;
using HybridControl.Ensembles;
using HybridControl.Serialization.Campaigns;

namespace HybridControl.Cli.Ensembles;

/// <summary>Runs, merges and describes campaigns for the command line.</summary>
internal sealed class CampaignSession(Terminal terminal, CancellationToken cancellation)
{
    private readonly EnsembleSession _session = new(terminal, cancellation);

    /// <summary>Begins or continues a campaign; once everything is there, and this is no worker among several, merges it.</summary>
    /// <returns>The exit code.</returns>
    public int Run(EnsembleRequest request, string folder, int? shardBlocks, CampaignPart? part)
    {
        EnsemblePlan plan = request.Plan;
        long trajectories = PlanSampler.For(plan).TrajectoryCount;
        CheckFiles(request.Files, plan, trajectories, folder, part);
        bool adopts = request.On == "auto" && Campaign.Exists(folder);
        using BackendChoice? chosen = adopts ? null : BackendChoice.Choose(request.On, plan, request.Threads);
        var campaign = Campaign.Start(folder, plan, chosen?.Kind, shardBlocks);
        return chosen is null ? Continue(campaign, request, part) : Run(campaign, chosen, request, part);
    }

    /// <summary>Continues a campaign that is there, on what it was begun with.</summary>
    /// <returns>The exit code.</returns>
    public int Continue(Campaign campaign, EnsembleRequest request, CampaignPart? part)
    {
        CheckFiles(request.Files, campaign.Plan, campaign.TrajectoryCount, campaign.Folder, part);
        if (request.On != "auto" && request.On != campaign.Backend)
        {
            throw new UsageException("--on", $"the campaign was begun on {campaign.Backend}, and results on {request.On} differ by rounding",
                "Leave the option out, or begin a campaign in a new folder.");
        }

        using BackendChoice choice = BackendChoice.Choose(campaign.Backend, campaign.Plan, request.Threads);
        return Run(campaign, choice with { Why = "as the campaign was begun" }, request, part);
    }

    /// <summary>Says how far a campaign has come.</summary>
    /// <returns>The exit code: that of a bad file if one is damaged.</returns>
    public int Status(Campaign campaign)
    {
        EnsemblePlan plan = campaign.Plan;
        terminal.Output.WriteLine(FormattableString.Invariant(
            $"{plan.Model.Name}: {campaign.TrajectoryCount} trajectories until {plan.Until} s, seed {plan.Seed}, on {campaign.Backend}, {campaign.ShardCount} shards of {campaign.ShardBlocks} x {EnsembleBlock.Capacity} trajectories."));
        CampaignStatus status = campaign.Status();
        WriteProgress(campaign, status);
        terminal.WriteFindings(status.Damaged);
        return status.Damaged.IsEmpty ? ExitCode.Ok : ExitCode.BadFile;
    }

    /// <summary>Writes the result of a campaign.</summary>
    /// <returns>The exit code.</returns>
    public int Merge(Campaign campaign, bool partial, OutputFiles files)
    {
        OutputOptions.Check(files, EnsembleLayout.Of(campaign.Plan), campaign.TrajectoryCount);
        CampaignStatus status = campaign.Status();
        if (partial && !status.IsComplete)
        {
            terminal.WriteFindings([
                new(campaign.Folder, FormattableString.Invariant($"{status.BlockCount - status.FinishedBlocks} of {status.BlockCount} blocks are missing: {status.DescribeMissing()}"),
                    "The result is that of the others.", Severity.Warning),
                .. status.Damaged.Select(finding => finding with { Severity = Severity.Warning }),
            ], files.Quiet);
        }

        return _session.Merge(campaign.Blocks(partial), campaign.Plan, campaign.Backend, status.IsComplete, files, cost: null);
    }

    private int Run(Campaign campaign, BackendChoice choice, EnsembleRequest request, CampaignPart? part)
    {
        long missing = campaign.Missing(part ?? CampaignPart.All).Sum(range => range.Count);
        DiskRoom.Require("--campaign", campaign.Folder, (double)missing * EnsembleBlock.Capacity * EnsembleLayout.Of(campaign.Plan).Width * sizeof(double));
        _session.Say(request.Files, FormattableString.Invariant(
            $"{campaign.Plan.Model.Name} in {campaign.Folder} on {choice.Backend.Name} ({choice.Why}): {missing} of {campaign.BlockCount} blocks to compute{Share(part)}."));
        var clock = Stopwatch.StartNew();
        long? computed;
        try
        {
            computed = Compute(campaign, choice.Backend, request, part ?? CampaignPart.All, missing);
        }
        catch (OperationCanceledException)
        {
            return Stopped(campaign, request);
        }

        if (computed is not { } done)
        {
            terminal.WriteError(campaign.Plan.Model.Name, "every one of the first trajectories failed, so the run was stopped",
                "Run one of them with hybrid simulate to see why, or add --keep-going.");
            return ExitCode.RunFailed;
        }

        CampaignStatus status = campaign.Status();
        if (part is null && status.IsComplete)
        {
            (double, long)? cost = done > 0 ? (clock.Elapsed.TotalSeconds, done) : null;
            return _session.Merge(campaign.Blocks(), campaign.Plan, campaign.Backend, isComplete: true, request.Files, cost);
        }

        if (!request.Files.Quiet)
        {
            WriteProgress(campaign, status);
        }

        return ExitCode.Ok;
    }

    // The number of trajectories; null if the run was given up because its first ones all failed.
    private long? Compute(Campaign campaign, IEnsembleBackend backend, EnsembleRequest request, CampaignPart part, long missing)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var progress = new EnsembleProgressLine(terminal, !request.Files.Quiet);
        var clock = Stopwatch.StartNew();
        long total = Math.Min(missing * EnsembleBlock.Capacity, campaign.TrajectoryCount);
        long done = 0;
        bool first = true;
        bool failed = false;
        try
        {
            campaign.Run(backend, part, block =>
            {
                done += block.Count;
                double rate = done / Math.Max(clock.Elapsed.TotalSeconds, 1e-9);
                progress.Report(new(done, total, rate, TimeSpan.FromSeconds(Math.Min(Math.Max(0, total - done) / rate, 1e9))));
                if (first && !request.KeepGoing && EnsembleSession.AllFailed(block))
                {
                    failed = true;
                    stop.Cancel();
                }

                first = false;
            }, stop.Token);
            return done;
        }
        catch (OperationCanceledException) when (failed)
        {
            return null;
        }
    }

    private int Stopped(Campaign campaign, EnsembleRequest request)
    {
        CampaignStatus status = campaign.Status();
        if (!request.Files.Quiet && status.FinishedBlocks > 0)
        {
            _session.Merge(campaign.Blocks(partial: true), campaign.Plan, campaign.Backend, isComplete: true, OutputFiles.None, cost: null);
        }

        terminal.WriteError(campaign.Folder, FormattableString.Invariant($"stopped with {status.FinishedBlocks} of {status.BlockCount} blocks finished"),
            "They are kept; the same command continues.");
        return ExitCode.Cancelled;
    }

    private static void CheckFiles(OutputFiles files, EnsemblePlan plan, long trajectories, string folder, CampaignPart? part)
    {
        if (part is not null && files.Any)
        {
            throw new UsageException("--shard", "a worker has only its share of the result",
                $"Leave the files out, and run hybrid campaign merge {folder} when all workers are done.");
        }

        OutputOptions.Check(files, EnsembleLayout.Of(plan), trajectories);
    }

    private void WriteProgress(Campaign campaign, CampaignStatus status)
    {
        terminal.Output.WriteLine(FormattableString.Invariant($"{status.FinishedBlocks} of {status.BlockCount} blocks are finished."));
        terminal.Output.WriteLine(status.IsComplete
            ? $"The campaign is complete: hybrid campaign merge {campaign.Folder} writes its result."
            : $"Missing: {status.DescribeMissing()}.");
    }

    private static string Share(CampaignPart? part) => part is { } share ? $" by worker {share}" : "";
}
