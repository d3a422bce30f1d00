using HybridControl.Simulation;

namespace HybridControl.Plotting;

/// <summary>Starts a plot of a comparison of solvers.</summary>
public static class SolverComparisonPlots
{
    /// <summary>The work-precision diagram: time of a run against its error, a curve for each method; lower and further left is better.</summary>
    /// <remarks>Runs without an error, and errors of zero, are left out.</remarks>
    public static CurvePlot Plot(this SolverComparison comparison)
    {
        ArgumentNullException.ThrowIfNull(comparison);
        CurvePlot plot = HybridControl.Plotting.Plot.Curves("error", "time", yUnit: "ms", logarithmicX: true, logarithmicY: true)
            .Title(comparison.Model);
        foreach (IGrouping<string, SolverRun> method in comparison.Runs.Where(run => run.IsComparable && run.Error > 0.0).GroupBy(run => run.Solver))
        {
            plot = plot.Curve(method.Key, [.. method.Select(run => run.Error)], [.. method.Select(run => 1000.0 * run.Seconds)], marked: true);
        }

        return plot;
    }
}
