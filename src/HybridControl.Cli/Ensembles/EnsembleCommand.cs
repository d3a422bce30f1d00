using System.CommandLine;
using HybridControl.Diagnostics;
using HybridControl.Ensembles;
using HybridControl.Serialization.Campaigns;

namespace HybridControl.Cli.Ensembles;

/// <summary><c>hybrid ensemble</c>: many trajectories of a plan or a model, at once or as a campaign.</summary>
internal sealed class EnsembleCommand : Command
{
    private readonly PlanOptions _plan = new();
    private readonly OutputOptions _outputs = new();
    private readonly RunningOptions _running = new();
    private readonly Option<string?> _campaign = new("--campaign")
    {
        Description = "Compute into a folder that survives any interruption: the same command continues it.",
        HelpName = "folder",
    };

    private readonly Option<int?> _shardBlocks = OptionValues.Whole("--shard-blocks", 1, 65536, "Blocks of 1024 trajectories in one file of a new campaign.");

    public EnsembleCommand(Terminal terminal, CancellationToken cancellation)
        : base("ensemble", "Runs many trajectories of a plan or a model, and reports their statistics. Exit codes: see hybrid --help.")
    {
        _plan.AddTo(this);
        _running.AddTo(this);
        Add(_campaign);
        Add(_shardBlocks);
        _outputs.AddTo(this);
        SetAction(parsed => Run(parsed, terminal, cancellation));
    }

    private int Run(ParseResult parsed, Terminal terminal, CancellationToken cancellation)
    {
        OutputFiles files = _outputs.Read(parsed, _plan.Source(parsed));
        string? folder = parsed.GetValue(_campaign);
        CampaignPart? part = _running.Part(parsed);
        int? shardBlocks = parsed.GetValue(_shardBlocks);
        if (folder is null && (part is not null || shardBlocks is not null))
        {
            throw new UsageException(part is not null ? "--shard" : "--shard-blocks", "workers share a campaign, and none is named", "Add --campaign folder.");
        }

        EnsemblePlan plan = _plan.Read(parsed);
        if (plan is { Size: > 1, Variations.IsEmpty: true, Noise.IsEmpty: true } && !plan.Model.Compiled.IsRandom)
        {
            terminal.WriteFindings([SameTrajectories(plan, PlanSource.IsPlan(_plan.Source(parsed)))], errorsOnly: files.Quiet);
        }

        var request = _running.Request(parsed, plan, files);
        return folder is null
            ? new EnsembleSession(terminal, cancellation).Run(request)
            : new CampaignSession(terminal, cancellation).Run(request, folder, shardBlocks, part);
    }

    private static Finding SameTrajectories(EnsemblePlan plan, bool isPlanFile)
    {
        string name = plan.Model.Parameters.Select(parameter => parameter.Name).Concat(plan.Model.States.Select(state => state.Name)).FirstOrDefault("x");
        string mend = isPlanFile
            ? $"Vary something in the plan, for instance \"vary\": {{ \"{name}\": {{ \"uniform\": [low, high] }} }}, or give it \"noise\"."
            : $"Vary something, for instance --vary \"{name}=uniform(low,high)\".";
        string of = plan.Alternatives.IsEmpty ? "" : " of an alternative";
        return new(plan.Model.Name, $"all trajectories{of} are the same, because nothing varies", mend, Severity.Warning);
    }
}
