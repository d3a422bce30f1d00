using System.CommandLine;
using HybridControl.Ensembles;

namespace HybridControl.Cli.Ensembles;

/// <summary>The options that say where the result of an ensemble goes.</summary>
internal sealed class OutputOptions
{
    private const double BytesOfCsvNumber = 18;

    private readonly Option<string?> _out = new("--out", "-o")
    {
        Description = "Save one row for each trajectory as .csv or .parquet, or the summary as .json.",
        HelpName = "file",
    };

    private readonly Option<string?> _summary = new("--summary") { Description = "Save the statistics as .json.", HelpName = "file" };
    private readonly Option<string?> _plot = new("--plot") { Description = "Save a plot as .svg, .png or .pdf.", HelpName = "file" };
    private readonly Option<string?> _plotOf = new("--plot-of")
    {
        Description = $"What to plot: {EnsemblePicture.Forms}; by default the first recorded variable, else the first transition, else the first state.",
        HelpName = "kind:names",
    };

    private readonly Option<string?> _alternative = new("--alternative")
    {
        Description = "Alternative that is plotted, where a plan has several and the plot shows one; by default the first.",
        HelpName = "name",
    };

    private readonly Option<bool> _grid = new("--grid") { Description = "Save the recorded values over time too, beside --out: results.grid.csv." };
    private readonly Option<bool> _events = new("--events") { Description = "Save the events too, beside --out: results.events.csv." };
    private readonly Option<bool> _quiet = new("--quiet", "-q") { Description = "Print errors only." };

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (Option option in new Option[] { _out, _summary, _plot, _plotOf, _alternative, _grid, _events, _quiet })
        {
            command.Add(option);
        }
    }

    /// <summary>Reads and checks them.</summary>
    /// <exception cref="UsageException">A name does not fit.</exception>
    public OutputFiles Read(ParseResult parsed, string source)
    {
        var files = new OutputFiles(
            parsed.GetValue(_out), parsed.GetValue(_summary), parsed.GetValue(_plot), parsed.GetValue(_plotOf), parsed.GetValue(_alternative),
            parsed.GetValue(_grid), parsed.GetValue(_events), parsed.GetValue(_quiet));
        OutputFile.Check("--out", files.Out, ".csv", ".parquet", ".json");
        OutputFile.Check("--summary", files.Summary, ".json");
        OutputFile.Check("--plot", files.Plot, PictureOptions.Extensions);
        if (files.Plot is null && (files.PlotOf ?? files.Alternative) is not null)
        {
            throw new UsageException(files.PlotOf is not null ? "--plot-of" : "--alternative", "there is no file for the plot", "Add --plot file.svg.");
        }

        if ((files.Grid || files.Events) && files.Table is null)
        {
            throw new UsageException(files.Grid ? "--grid" : "--events", "there is no table to put it beside", "Add --out results.csv or --out results.parquet.");
        }

        OutputFile.CheckDistinct(("the plan", source), ("--out", files.Out), ("--summary", files.Summary), ("--plot", files.Plot));
        return files;
    }

    /// <summary>Refuses what the plan does not record, and tables that do not fit on the device.</summary>
    /// <exception cref="UsageException">There is nothing to write, or no room for it.</exception>
    public static void Check(OutputFiles files, EnsembleLayout layout, long trajectories)
    {
        if (files.Grid && (layout.GridTimes.IsEmpty || layout.Grid.IsEmpty))
        {
            throw new UsageException("--grid", "the plan records nothing over time", "Let the plan record something at grid times, or leave the option out.");
        }

        if (files.Events && layout.EventSlots == 0)
        {
            throw new UsageException("--events", "the plan keeps no events", "Give the plan event slots, or leave the option out.");
        }

        if (files.Plot is not null)
        {
            EnsemblePicture.Read(files, layout);
        }

        if (files.Table is { } table)
        {
            double columns = 1 + layout.Samples.Length + layout.Scalars.Length +
                (files.Grid ? (double)layout.GridTimes.Length * (layout.Grid.Length + 2) : 0) + (files.Events ? 4.0 * layout.EventSlots : 0);
            DiskRoom.Require("--out", table, columns * trajectories * (OutputFile.Has(table, ".csv") ? BytesOfCsvNumber : sizeof(double)));
        }
    }
}
