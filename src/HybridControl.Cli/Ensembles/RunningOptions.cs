using System.CommandLine;
using HybridControl.Ensembles;
using HybridControl.Serialization.Campaigns;

namespace HybridControl.Cli.Ensembles;

/// <summary>The options that say how an ensemble is run.</summary>
internal sealed class RunningOptions
{
    private readonly Option<string> _on = new("--on")
    {
        Description = "What runs it: cpu (vector lanes), gpu, simulator (every model, slow), or auto: the first of gpu, cpu, simulator that can.",
        HelpName = "name",
        DefaultValueFactory = _ => "auto",
    };

    private readonly Option<int?> _threads = OptionValues.Whole("--threads", 1, 1024, "Threads of the processor; by default all.");
    private readonly Option<string?> _shard = new("--shard")
    {
        Description = "Compute the share of worker i of n, counted from 0: i/n; or auto, from a Slurm array or (auto/n) a Kubernetes indexed job.",
        HelpName = "i/n",
    };

    private readonly Option<bool> _keepGoing = new("--keep-going") { Description = "Go on although each of the first 1024 trajectories failed." };

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        _on.AcceptOnlyFromAmong(BackendChoice.Kinds);
        foreach (Option option in new Option[] { _on, _threads, _shard, _keepGoing })
        {
            command.Add(option);
        }
    }

    /// <summary>The share of this worker; null for everything.</summary>
    /// <exception cref="UsageException">It is none.</exception>
    public CampaignPart? Part(ParseResult parsed) =>
        parsed.GetValue(_shard) is { } text ? ShardText.Read(text, Environment.GetEnvironmentVariable) : null;

    /// <summary>What is to be run.</summary>
    public EnsembleRequest Request(ParseResult parsed, EnsemblePlan plan, OutputFiles files) =>
        new(plan, parsed.GetRequiredValue(_on), parsed.GetValue(_threads) ?? 0, files, parsed.GetValue(_keepGoing));
}
