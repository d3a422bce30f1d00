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

    private readonly Option<string?> _out = new("--out", "-o")
    {
        Description = "File to write, .svg, .png or .pdf; by default the model's name.",
        HelpName = "file",
    };

    private readonly Option<string[]> _compare = new("--compare")
    {
        Description = "Draw another run beside this one: a saved .csv or .json, a model, or settings as in solver=rodas5p,rtol=1e-9,g=1.62; may be repeated.",
        HelpName = "what",
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = false,
    };

    private readonly Option<bool> _difference = new("--difference") { Description = "With --compare, draw each run minus the first as well." };
    private readonly PictureOptions _picture = new();
    private readonly Option<IReadOnlyList<string>?> _phase =
        OptionValues.Names("--phase", "x,y", "Plot one variable against another instead of over time.", count: 2);

    public PlotCommand(Terminal terminal, CancellationToken cancellation)
        : base("plot", "Runs a model and plots it as SVG, PNG or PDF. Exit codes: see hybrid --help.")
    {
        _run.AddTo(this);
        Add(_names);
        Add(_out);
        Add(_phase);
        Add(_compare);
        Add(_difference);
        _picture.AddTo(this);
        SetAction(parsed => Run(parsed, terminal, cancellation));
    }

    /// <summary>Draws a run over time, or one variable against another.</summary>
    public static void Draw(
        Trajectory trajectory, IReadOnlyList<string>? phase, IReadOnlyList<string> names, string path, (double Width, double Height)? size, double dpi)
    {
        if (phase is not null)
        {
            PhasePlot plot = trajectory.PlotPhase(phase[0], phase[1]).Title(trajectory.Model.Name);
            (size is { } sides ? plot.Size(sides.Width, sides.Height) : plot).Save(path, dpi);
        }
        else
        {
            TimePlot plot = trajectory.Plot([.. names]).ShadeModes().MarkJumps().Title(trajectory.Model.Name);
            (size is { } sides ? plot.Size(sides.Width, sides.Height) : plot).Save(path, dpi);
        }
    }

    private int Run(ParseResult parsed, Terminal terminal, CancellationToken cancellation)
    {
        string? path = parsed.GetValue(_out);
        IReadOnlyList<string>? phase = parsed.GetValue(_phase);
        string[] asked = parsed.GetValue(_names) ?? [];
        string[] compared = parsed.GetValue(_compare) ?? [];
        bool difference = parsed.GetValue(_difference);
        OutputFile.Check("--out", path, PictureOptions.Extensions);
        if (compared.Length == 0 ? difference : phase is not null)
        {
            throw compared.Length == 0
                ? new UsageException("--difference", "there is nothing to compare with", "Add --compare rtol=1e-10, or another run.")
                : new UsageException("--compare", "a phase plot shows one run", "Leave --phase out.");
        }

        if (phase is not null && asked.Length > 0)
        {
            throw new UsageException("--phase", "variables over time and a phase plot are two plots", "Draw one after the other.");
        }

        RunRequest request = _run.Read(parsed);
        _ = request.Names("--phase", phase, []);
        IReadOnlyList<string> names = request.Names("variables", asked.Length > 0 ? asked : null, request.SuggestedPlot);
        path ??= $"{Path.GetFileNameWithoutExtension(request.Path)}.svg";

        ComparedRuns.Entry[] others = [.. compared.Select(text => ComparedRuns.Read(text, _run, parsed, request))];
        ((double Width, double Height)? size, double dpi) = _picture.Read(parsed);
        (Trajectory trajectory, _) = request.Run(terminal, cancellation);
        if (others.Length == 0)
        {
            Draw(trajectory, phase, names, path, size, dpi);
        }
        else
        {
            string label = others.Any(other => other.Request is { } run && run.Path != request.Path)
                ? Path.GetFileNameWithoutExtension(request.Path) : "this run";
            ComparisonPlot plot = ComparedRuns.Join(trajectory, label, names, others, terminal, cancellation);
            plot = difference ? plot.WithDifference() : plot;
            (size is { } sides ? plot.Size(sides.Width, sides.Height) : plot).Save(path, dpi);
        }

        if (!request.Quiet)
        {
            terminal.Output.WriteLine($"Plot: {path}");
        }

        return RunRequest.Conclude(trajectory, terminal);
    }
}
