using HybridControl.Diagnostics;
using HybridControl.Estimation;
using HybridControl.Estimation.Diagnostics;

namespace HybridControl.Plotting;

/// <summary>Starts a plot of an estimation or of its diagnostics.</summary>
public static class EstimationPlots
{
    /// <summary>Plots beliefs over time: mean and two standard deviations on both sides, one panel for each state.</summary>
    /// <param name="history">The history.</param>
    /// <param name="states">Names of states; none for all.</param>
    /// <exception cref="ModelException">A name is unknown.</exception>
    public static BeliefPlot Plot(this EstimationHistory history, params ReadOnlySpan<string> states)
    {
        ArgumentNullException.ThrowIfNull(history);
        foreach (string state in states)
        {
            _ = history.StateIndex(state);
        }

        return new BeliefPlot(history, states.IsEmpty ? history.States : [.. states]);
    }

    /// <summary>Plots innovations with two stated deviations on both sides, and NIS with its chi-square band below.</summary>
    /// <param name="history">The history.</param>
    /// <param name="measurements">Names of measured components; none for all.</param>
    /// <exception cref="ModelException">A name is unknown, or nothing is measured.</exception>
    public static StackedPlot PlotInnovations(this EstimationHistory history, params ReadOnlySpan<string> measurements)
    {
        ArgumentNullException.ThrowIfNull(history);
        string[] names = measurements.IsEmpty ? [.. history.Measurements] : measurements.ToArray();
        if (names.Length == 0)
        {
            throw new ModelException("plot of innovations", "the history has no measurements", "Name them when the recorder is made.");
        }

        double height = names.Length == 1 ? 170 : 120;
        return new([.. names.Select((name, i) => (Chart)new InnovationChart(history, name, isFirst: i == 0, height)), new NisChart(history, 120)]);
    }

    /// <summary>Plots the probabilities of the modes over time, as stacked areas.</summary>
    /// <exception cref="ModelException">The history knows no modes.</exception>
    public static StackedPlot PlotModes(this EstimationHistory history)
    {
        ArgumentNullException.ThrowIfNull(history);
        RequireModes(history);
        return new([new ModeProbabilityChart(history, 220)]);
    }

    /// <summary>Plots NIS and NEES at each step, averaged over the runs, with their chi-square bands.</summary>
    /// <exception cref="ModelException">The report has no samples.</exception>
    public static StackedPlot PlotSteps(this ConsistencyReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        List<Chart> charts = [];
        if (report.Nis is { } nis)
        {
            charts.Add(new StepsChart("NIS", nis, 150));
        }

        if (report.Nees is { } nees)
        {
            charts.Add(new StepsChart("NEES", nees, 150));
        }

        return Of(charts);
    }

    /// <summary>Plots histograms of the probability integral transform: flat if the predicted distributions are right.</summary>
    /// <exception cref="ModelException">The report has no samples.</exception>
    public static StackedPlot PlotPit(this ConsistencyReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        return Of([.. report.Measurements.Concat(report.States).Where(one => one.Count > 0).Select((one, i) => new PitChart(one.Name, one.Pit, isFirst: i == 0, 110))]);
    }

    /// <summary>Plots the autocorrelation of the innovations of each measured component with the bounds of white noise.</summary>
    /// <exception cref="ModelException">The report has too few samples.</exception>
    public static StackedPlot PlotWhiteness(this ConsistencyReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        return Of(
        [
            .. report.Measurements.Where(one => one.Whiteness is { Autocorrelation.IsEmpty: false })
                .Select((one, i) => new WhitenessChart(one.Name, one.Whiteness!, isFirst: i == 0, 110)),
        ]);
    }

    internal static void RequireModes(EstimationHistory history)
    {
        if (history.Modes.IsEmpty)
        {
            throw new ModelException("plot of modes", "the history knows no modes", "Name them when the recorder is made, and record their probabilities.");
        }
    }

    private static StackedPlot Of(List<Chart> charts) => charts.Count > 0
        ? new(charts)
        : throw new ModelException("plot of diagnostics", "the report has no samples for it", "Add innovations or errors first.");
}
