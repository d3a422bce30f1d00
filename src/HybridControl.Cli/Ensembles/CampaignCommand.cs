using System.CommandLine;
using HybridControl.Serialization.Campaigns;

namespace HybridControl.Cli.Ensembles;

/// <summary><c>hybrid campaign</c>: looks at, continues and merges what <c>hybrid ensemble --campaign</c> began; needs nothing but the folder.</summary>
internal sealed class CampaignCommand : Command
{
    public CampaignCommand(Terminal terminal, CancellationToken cancellation)
        : base("campaign", "Looks at, continues and merges a campaign that hybrid ensemble --campaign began.")
    {
        Add(Status(terminal, cancellation));
        Add(Run(terminal, cancellation));
        Add(Merge(terminal, cancellation));
    }

    private static Argument<string> Folder() => new("folder") { Description = "Folder of the campaign." };

    private static Campaign Open(ParseResult parsed, Argument<string> folder) =>
        Campaign.Open(parsed.GetRequiredValue(folder));

    private static Command Status(Terminal terminal, CancellationToken cancellation)
    {
        Argument<string> folder = Folder();
        var command = new Command("status", "Says what a campaign computes, and which blocks are missing or damaged.") { folder };
        command.SetAction(parsed => new CampaignSession(terminal, cancellation).Status(Open(parsed, folder)));
        return command;
    }

    private static Command Run(Terminal terminal, CancellationToken cancellation)
    {
        Argument<string> folder = Folder();
        var running = new RunningOptions();
        var outputs = new OutputOptions();
        var command = new Command("run", "Computes what is missing; once a campaign is complete, writes its result.") { folder };
        running.AddTo(command);
        outputs.AddTo(command);
        command.SetAction(parsed =>
        {
            Campaign campaign = Open(parsed, folder);
            OutputFiles files = outputs.Read(parsed, campaign.Folder);
            EnsembleRequest request = running.Request(parsed, campaign.Plan, files);
            return new CampaignSession(terminal, cancellation).Continue(campaign, request, running.Part(parsed));
        });
        return command;
    }

    private static Command Merge(Terminal terminal, CancellationToken cancellation)
    {
        Argument<string> folder = Folder();
        var outputs = new OutputOptions();
        var partial = new Option<bool>("--partial") { Description = "Leave missing blocks out instead of refusing." };
        var command = new Command("merge", "Writes the result of a campaign: the same, bit for bit, as that of one uninterrupted run.") { folder, partial };
        outputs.AddTo(command);
        command.SetAction(parsed =>
        {
            Campaign campaign = Open(parsed, folder);
            OutputFiles files = outputs.Read(parsed, campaign.Folder);
            return new CampaignSession(terminal, cancellation).Merge(campaign, parsed.GetValue(partial), files);
        });
        return command;
    }
}
