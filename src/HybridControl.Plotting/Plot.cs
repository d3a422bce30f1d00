using System.Collections.Immutable;
using HybridControl.Diagnostics;
using HybridControl.Simulation;

namespace HybridControl.Plotting;

/// <summary>Starts plots of several runs, and of curves from plain numbers.</summary>
public static class Plot
{
    /// <summary>Several runs in one picture, a colour for each; by default all states of the first that all of them have.</summary>
    /// <param name="runs">Labels for the legend and runs; the first is the reference of differences.</param>
    /// <exception cref="ArgumentException">There is no run.</exception>
    /// <exception cref="ModelException">Two runs have one label, or they have no state in common.</exception>
    public static ComparisonPlot Compare(params ReadOnlySpan<(string Label, Trajectory Run)> runs)
    {
        if (runs.IsEmpty)
        {
            throw new ArgumentException("There is no run to compare.", nameof(runs));
        }

        string[] shared = [.. runs[0].Run.Model.States.Select(state => state.Name)];
        foreach ((_, Trajectory run) in runs)
        {
            shared = [.. shared.Where(name => run.Names.Contains(name, StringComparer.Ordinal))];
        }

        if (shared.Length == 0)
        {
            throw new ModelException(
                string.Join(", ", runs.ToArray().Select(pair => pair.Label)), "the runs have no state in common",
                "Compare runs that share names, or give the variables outputs of one name.");
        }

        var plot = new ComparisonPlot([ComparedRun.Of(runs[0].Run, runs[0].Label)], [.. shared]);
        foreach ((string label, Trajectory run) in runs[1..])
        {
            plot = plot.Compare(run, label);
        }

        return plot;
    }

    /// <summary>An empty picture of curves and regions over two axes.</summary>
    /// <param name="x">Name of the horizontal axis.</param>
    /// <param name="y">Name of the vertical axis.</param>
    /// <param name="xUnit">Unit of the horizontal axis; empty for none.</param>
    /// <param name="yUnit">Unit of the vertical axis; empty for none.</param>
    /// <param name="logarithmicX">Whether the horizontal axis is logarithmic.</param>
    /// <param name="logarithmicY">Whether the vertical axis is logarithmic.</param>
    public static CurvePlot Curves(
        string x, string y, string xUnit = "", string yUnit = "", bool logarithmicX = false, bool logarithmicY = false) =>
        new((x, xUnit), (y, yUnit), (logarithmicX, logarithmicY));
}
