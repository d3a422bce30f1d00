using System.CommandLine;

namespace HybridControl.Cli.SequenceModels;

/// <summary><c>hybrid neural</c>: sequence models from files.</summary>
internal sealed class NeuralCommand : Command
{
    public NeuralCommand(Terminal terminal, CancellationToken cancellation)
        : base("neural", "Inspects, runs and measures neural state space and hybrid sequence models.")
    {
        Add(new NeuralInspectCommand(terminal));
        Add(new NeuralRunCommand(terminal, cancellation));
        Add(new NeuralGenerateCommand(terminal, cancellation));
        Add(new NeuralBenchCommand(terminal, cancellation));
    }
}
