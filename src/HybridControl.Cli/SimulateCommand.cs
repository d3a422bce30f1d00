using System.CommandLine;
using HybridControl.Plotting;
using HybridControl.Serialization;
using HybridControl.Simulation;

namespace HybridControl.Cli;

/// <summary><c>hybrid simulate</c>: runs a model, reports events and statistics, saves tables and plots.</summary>
internal sealed class SimulateCommand : Command
{
    private readonly RunOptions _run = new();
    private readonly Option<string?> _out = new("--out", "-o") { Description = "Save the values as .csv or .json.", HelpName = "file" };
    private readonly Option<IReadOnlyList<string>?> _vars =
        OptionValues.Names("--vars", "x,y", "Variables to save or plot; by default all, or those that the model suggests to plot.");

    private readonly Option<IReadOnlyList<string>?> _sensitivity = OptionValues.Names(
        "--sensitivity", "h0,e", "Differentiate the run with respect to parameters, initial values or constant inputs; tables and plots get d(x)/d(p).");

    private readonly CheckpointOptions _checkpoints = new();
    private readonly Option<string?> _explain = new("--explain")
    {
        Description = "Say what nearly happened, what could not be proved, what cost the steps, and what to do about each; with a file, save it as .json.",
        HelpName = "file",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string?> _plot = new("--plot") { Description = "Save a plot as .svg, .png or .pdf.", HelpName = "file" };
    private readonly Option<IReadOnlyList<string>?> _phase = OptionValues.Names("--phase", "x,y", "Plot one variable against another.", count: 2);
    private readonly Option<string?> _events = new("--events")
    {
        Description = "Save the event list as .csv; without a file, print all of it.",
        HelpName = "file",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly PictureOptions _picture = new();
    private readonly SolverComparisonOption _comparison = new();

    public SimulateCommand(Terminal terminal, CancellationToken cancellation)
        : base("simulate", "Runs a model, reports its events and what the run cost, saves values and plots. Exit codes: see hybrid --help.")
    {
        _run.AddTo(this);
        foreach (Option option in new Option[] { _out, _vars, _sensitivity, _plot, _phase, _events, _explain })
        {
            Add(option);
        }

        _comparison.AddTo(this);
        _picture.AddTo(this);
        _checkpoints.AddTo(this);
        SetAction(parsed => Run(parsed, terminal, cancellation));
    }

    private int Run(ParseResult parsed, Terminal terminal, CancellationToken cancellation)
    {
        string? table = parsed.GetValue(_out);
        string? plot = parsed.GetValue(_plot);
        string? events = parsed.GetValue(_events);
        IReadOnlyList<string>? phase = parsed.GetValue(_phase);
        OutputFile.Check("--out", table, ".csv", ".json");
        OutputFile.Check("--plot", plot, PictureOptions.Extensions);
        OutputFile.Check("--events", events, ".csv");
        string? explained = parsed.GetValue(_explain);
        OutputFile.Check("--explain", explained, ".json");
        if (phase is not null && plot is null)
        {
            throw new UsageException("--phase", "there is no file for the plot", "Add --plot file.svg, or use hybrid plot.");
        }

        RunRequest request = _run.Read(parsed).WithSensitivities("--sensitivity", parsed.GetValue(_sensitivity));
        if (_comparison.IsAsked(parsed, [_vars, _sensitivity, _phase, _events, _explain, .. _run.OfOneMethod, .. _checkpoints.All]))
        {
            return Compare(parsed, request, table, plot, terminal, cancellation);
        }

        CheckpointRequest checkpoints = _checkpoints.Read(parsed, hasTable: table is not null);
        OutputFile.CheckDistinct(
            ("the model", request.Path), ("--out", table), ("--events", events), ("--plot", plot), ("--explain", explained),
            ("--checkpoint", checkpoints.Path));
        IReadOnlyList<string>? vars = parsed.GetValue(_vars);
        IReadOnlyList<string> plotted = request.Names("--vars", vars, request.SuggestedPlot);
        _ = request.Names("--phase", phase, []);

        if (table is null && plot is null && parsed.GetResult(_explain) is null && checkpoints.Path is null)
        {
            // Nobody reads between events: the steps of a long run would fill the memory.
            request = request with { Options = request.Options with { Recording = Recording.Events } };
        }

        (Trajectory trajectory, double seconds) = request.Run(terminal, cancellation, checkpoints);
        if (!request.Quiet)
        {
            bool all = parsed.GetResult(_events) is not null && events is null;
            RunReport.WriteEvents(trajectory, terminal, all);
            RunReport.WriteSummary(trajectory, seconds, terminal);
            if (parsed.GetResult(_explain) is not null && explained is null)
            {
                ExplainReport.Write(RunExplanation.Of(trajectory), terminal);
            }
        }

        if (table is not null)
        {
            SaveTable(trajectory, table, vars, checkpoints.Spacing);
            Say(request, terminal, $"Values: {table}");
        }

        if (events is not null)
        {
            EventTable.From(trajectory).SaveCsv(events);
            Say(request, terminal, $"Events: {events}");
        }

        if (explained is not null)
        {
            ExplanationFile.Save(trajectory, RunExplanation.Of(trajectory), explained);
            Say(request, terminal, $"Explanation: {explained}");
        }

        if (plot is not null)
        {
            ((double Width, double Height)? size, double dpi) = _picture.Read(parsed);
            PlotCommand.Draw(trajectory, phase, plotted, plot, size, dpi);
            Say(request, terminal, $"Plot: {plot}");
        }

        return RunRequest.Conclude(trajectory, terminal, checkpoints.Path);
    }

    private int Compare(
        ParseResult parsed, RunRequest request, string? table, string? plot, Terminal terminal, CancellationToken cancellation)
    {
        OutputFile.Check("--out", table, ".csv");
        OutputFile.CheckDistinct(("the model", request.Path), ("--out", table), ("--plot", plot));
        ((double Width, double Height)? size, double dpi) = _picture.Read(parsed);
        int code = _comparison.Run(parsed, request, table, plot is null ? null : Draw, terminal, cancellation);
        foreach ((string name, string? path) in new[] { ("Values", table), ("Plot", plot) }.Where(file => file.Item2 is not null))
        {
            Say(request, terminal, $"{name}: {path}");
        }

        return code;

        void Draw(CurvePlot picture) => (size is { } sides ? picture.Size(sides.Width, sides.Height) : picture).Save(plot!, dpi);
    }

    private static void Say(RunRequest request, Terminal terminal, string line)
    {
        if (!request.Quiet)
        {
            terminal.Output.WriteLine(line);
        }
    }

    private static void SaveTable(Trajectory trajectory, string path, IReadOnlyList<string>? vars, double? every)
    {
        var table = TrajectoryTable.From(trajectory, vars, every is { } step ? Grid(trajectory, step) : null);
        if (OutputFile.Has(path, ".json"))
        {
            table.SaveJson(path);
        }
        else
        {
            table.SaveCsv(path);
        }
    }

    private static double[] Grid(Trajectory trajectory, double step)
    {
        double count = Math.Floor((trajectory.EndTime - trajectory.StartTime) / step);
        if (count > 100_000_000)
        {
            throw new UsageException("--every", FormattableString.Invariant($"{step} s would give {count:G3} rows"), "Choose a larger spacing.");
        }

        // From an integer, so that no error accumulates.
        return [.. Enumerable.Range(0, (int)count + 1).Select(i => trajectory.StartTime + (i * step)).Distinct()];
    }
}
