using System.CommandLine;

namespace HybridControl.Cli.Training;

/// <summary><c>hybrid train</c>: learns from data.</summary>
internal sealed class TrainCommand : Command
{
    public TrainCommand(Terminal terminal, CancellationToken cancellation)
        : base("train", "Learns systems, and parts of estimators, from data.")
    {
        Add(new TrainKpinCommand(terminal, cancellation));
        Add(new TrainSsmCommand(terminal, cancellation));
    }
}
