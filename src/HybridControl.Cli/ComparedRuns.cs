using System.CommandLine;
using HybridControl.Diagnostics;
using HybridControl.Plotting;
using HybridControl.Serialization;
using HybridControl.Simulation;

namespace HybridControl.Cli;

/// <summary>Reads what <c>--compare</c> names: a saved trajectory, another model, or settings that differ.</summary>
internal static class ComparedRuns
{
    /// <summary>A word that another run is called by, and how it joins the picture.</summary>
    public readonly record struct Entry(string Label, TrajectoryTable? Table, RunRequest? Request);

    /// <summary>Reads one entry.</summary>
    /// <exception cref="ModelException">A file cannot be read, or a setting does not fit the model.</exception>
    public static Entry Read(string text, RunOptions options, ParseResult parsed, RunRequest request)
    {
        bool json = OutputFile.Has(text, ".json");
        if (OutputFile.Has(text, ".csv"))
        {
            return new(Path.GetFileNameWithoutExtension(text), TrajectoryTable.LoadCsv(text), null);
        }

        if (text.Contains('=', StringComparison.Ordinal) && !File.Exists(text))
        {
            return new(text, null, options.Vary(parsed, request, text));
        }

        if (json && TryLoad(text) is { } table)
        {
            return new(Path.GetFileNameWithoutExtension(text), table, null);
        }

        string path = ModelFinder.Resolve(text);
        return new(Path.GetFileNameWithoutExtension(path), null, request with { Path = path, Model = ModelFinder.Load(path) });
    }

    /// <summary>Runs or takes what the entries name, and joins them to a picture of the first run.</summary>
    public static ComparisonPlot Join(
        Trajectory first, string label, IReadOnlyList<string> names, IReadOnlyList<Entry> others, Terminal terminal, CancellationToken cancellation)
    {
        ComparisonPlot plot = Plot.Compare((label, first)).Show([.. names]).MarkJumps().Title(first.Model.Name);
        foreach (Entry other in others)
        {
            plot = other.Table is { } table
                ? plot.Compare(table, other.Label)
                : plot.Compare(other.Request!.Run(terminal, cancellation).Trajectory, other.Label);
        }

        return plot;
    }

    /// <summary>A table, or null for a file that is a model.</summary>
    private static TrajectoryTable? TryLoad(string path)
    {
        if (!File.Exists(path) || !File.ReadAllText(path).Contains("\"rows\"", StringComparison.Ordinal))
        {
            return null;
        }

        return TrajectoryTable.LoadJson(path);
    }
}
