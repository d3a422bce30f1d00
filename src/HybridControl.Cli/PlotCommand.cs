using System.CommandLine;
using HybridControl.Plotting;
using HybridControl.Simulation;

namespace HybridControl.Cli;

/// <summary><c>hybrid plot</c>: runs a model and draws it.</summary>
internal sealed class PlotCommand : Command
{
    private readonly RunOptions _run = new();
    private readonly Argument<string[]> _names = new("variables")
    {
        Description = "Variables to plot over time; by default those that the model suggests, else its states.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly Option<string?> _out = new("--out", "-o") { Description = "File to write, .svg; by default the model's name.", HelpName = "file" };
    private readonly Option<IReadOnlyList<string>?> _phase =
        OptionValues.Names("--phase", "x,y", "Plot one variable against another instead of over time.", count: 2);

    public PlotCommand(Terminal terminal, CancellationToken cancellation)
        : base("plot", "Runs a model and plots it as SVG. Exit codes: see hybrid --help.")
    {
        _run.AddTo(this);
        Add(_names);
        Add(_out);
        Add(_phase);
        SetAction(parsed => Run(parsed, terminal, cancellation));
    }

    /// <summary>Draws a run over time, or one variable against another.</summary>
    public static void Draw(Trajectory trajectory, IReadOnlyList<string>? phase, IReadOnlyList<string> names, string path)
    {
        if (phase is not null)
        {
            trajectory.PlotPhase(phase[0], phase[1]).Title(trajectory.Model.Name).Save(path);
        }
        else
        {
            trajectory.Plot([.. names]).ShadeModes().MarkJumps().Title(trajectory.Model.Name).Save(path);
        }
    }

    private int Run(ParseResult parsed, Terminal terminal, CancellationToken cancellation)
    {
        string? path = parsed.GetValue(_out);
        IReadOnlyList<string>? phase = parsed.GetValue(_phase);
        string[] asked = parsed.GetValue(_names) ?? [];
        OutputFile.Check("--out", path, ".svg");
        if (phase is not null && asked.Length > 0)
        {
            throw new UsageException("--phase", "variables over time and a phase plot are two plots", "Draw one after the other.");
        }

        RunRequest request = _run.Read(parsed);
        _ = request.Names("--phase", phase, []);
        IReadOnlyList<string> names = request.Names("variables", asked.Length > 0 ? asked : null, request.SuggestedPlot);
        path ??= $"{Path.GetFileNameWithoutExtension(request.Path)}.svg";

        (Trajectory trajectory, _) = request.Run(terminal, cancellation);
        Draw(trajectory, phase, names, path);
        if (!request.Quiet)
        {
            terminal.Output.WriteLine($"Plot: {path}");
        }

        return RunRequest.Conclude(trajectory, terminal);
    }
}
