using HybridControl.Diagnostics;
using HybridControl.Ensembles;
using HybridControl.Ensembles.Sensitivity;

namespace HybridControl.Plotting;

/// <summary>Starts a plot of an ensemble.</summary>
/// <remarks>Where a plan has alternatives and none is named, the first is meant, unless a method says otherwise.</remarks>
public static class EnsemblePlots
{
    /// <summary>A fan chart: median and bands of quantiles (5 to 95 % and 25 to 75 %) of a recorded variable over time.</summary>
    /// <param name="result">The ensemble; its plan samples the variable at grid times.</param>
    /// <param name="variable">Name of the variable in the grid.</param>
    /// <param name="unit">Unit of the variable.</param>
    /// <param name="alternative">Name of an alternative; null for the first.</param>
    /// <param name="paths">How many trajectories, the first ones, are drawn as thin lines; they need kept blocks.</param>
    /// <exception cref="ModelException">There is no such variable or alternative, or paths are asked for and blocks were not kept.</exception>
    public static EnsemblePlot PlotFan(
        this EnsembleResult result, string variable, string unit = "", string? alternative = null, int paths = 0)
    {
        ArgumentNullException.ThrowIfNull(result);
        ArgumentOutOfRangeException.ThrowIfNegative(paths);
        return new(new FanChart(result, variable, unit, alternative, paths));
    }

    /// <summary>A histogram of the times of a transition, the first, second, ... of each trajectory stacked in colours of their own.</summary>
    /// <param name="result">The ensemble; its plan has event slots.</param>
    /// <param name="transition">Name of the transition.</param>
    /// <param name="alternative">Name of an alternative; null for the first.</param>
    /// <param name="bins">The number of bars; null for a number that suits the sample.</param>
    /// <exception cref="ModelException">There is no such transition or alternative, or the plan keeps no events.</exception>
    public static EnsemblePlot PlotEventTimes(
        this EnsembleResult result, string transition, string? alternative = null, int? bins = null)
    {
        ArgumentNullException.ThrowIfNull(result);
        if (bins is { } count)
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count, nameof(bins));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(count, 1000, nameof(bins));
        }

        return new(new EventTimesChart(result, transition, alternative, bins));
    }

    /// <summary>A cloud: a dot for each trajectory at two of its columns, such as the place of a landing.</summary>
    /// <remarks>
    /// More than a few thousand trajectories are thinned to a fixed subset, each colour by itself, so that rare ones stay visible.
    /// </remarks>
    /// <param name="result">The ensemble, with kept blocks.</param>
    /// <param name="x">Scalar column or varied quantity on the horizontal axis; sample(name) is a quantity that has the name of a column.</param>
    /// <param name="y">Scalar column or varied quantity on the vertical axis.</param>
    /// <param name="xUnit">Unit of the horizontal axis.</param>
    /// <param name="yUnit">Unit of the vertical axis.</param>
    /// <param name="colour">
    /// What the colours tell apart: "status", "mode", "alternative" or the name of a requirement; null for the alternatives if there
    /// are any, else for the status.
    /// </param>
    /// <exception cref="ModelException">There is no such column, or the blocks were not kept.</exception>
    public static EnsemblePlot PlotCloud(
        this EnsembleResult result, string x, string y, string xUnit = "", string yUnit = "", string? colour = null)
    {
        ArgumentNullException.ThrowIfNull(result);
        return new(new CloudChart(result, x, y, xUnit, yUnit, colour));
    }

    /// <summary>Which share of the trajectories is in which mode over time, as stacked areas.</summary>
    /// <param name="result">The ensemble; its plan samples the mode at grid times.</param>
    /// <param name="alternative">Name of an alternative; null for the first.</param>
    /// <exception cref="ModelException">The plan does not record the mode, or there is no such alternative.</exception>
    public static EnsemblePlot PlotModes(this EnsembleResult result, string? alternative = null)
    {
        ArgumentNullException.ThrowIfNull(result);
        return new(new ModeAreasChart(result, alternative));
    }

    /// <summary>The empirical distribution of a column with its 95 % band; one curve for each alternative.</summary>
    /// <param name="result">The ensemble.</param>
    /// <param name="column">Name of a scalar column.</param>
    /// <param name="unit">Unit of the column.</param>
    /// <exception cref="ModelException">There is no such column.</exception>
    public static EnsemblePlot PlotDistribution(this EnsembleResult result, string column, string unit = "")
    {
        ArgumentNullException.ThrowIfNull(result);
        return new(new DistributionChart(result, column, unit));
    }

    /// <summary>
    /// A tornado diagram: for each varied quantity the mean of a column over the trajectories in which the quantity is lowest, and
    /// over those in which it is highest, the widest swing on top.
    /// </summary>
    /// <remarks>What else varies averages out, so the bars show main effects; a quantity that acts by interaction only has a short bar.</remarks>
    /// <param name="result">The ensemble, with kept blocks.</param>
    /// <param name="column">Name of a scalar column.</param>
    /// <param name="unit">Unit of the column.</param>
    /// <param name="tail">Share of the trajectories on each side, above 0 and at most 0.5.</param>
    /// <param name="alternative">Name of an alternative; null for the first.</param>
    /// <exception cref="ModelException">There is no such column or alternative, nothing varies, or the blocks were not kept.</exception>
    public static EnsemblePlot PlotTornado(
        this EnsembleResult result, string column, string unit = "", double tail = 0.1, string? alternative = null)
    {
        ArgumentNullException.ThrowIfNull(result);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(tail);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(tail, 0.5);
        return new(TailSwings.Chart(result, column, unit, tail, alternative));
    }

    /// <summary>Sobol indices as bars, the largest on top: the share of each quantity alone and with its interactions, with its interval.</summary>
    /// <exception cref="ModelException">There is no index.</exception>
    public static EnsemblePlot PlotIndices(this SobolIndices indices)
    {
        ArgumentNullException.ThrowIfNull(indices);
        return new(new IndicesChart(indices));
    }

    /// <summary>A tornado diagram of given bars, the widest on top; at most 25 are drawn.</summary>
    /// <param name="bars">The bars.</param>
    /// <param name="quantity">What the bars measure.</param>
    /// <param name="unit">Its unit.</param>
    /// <param name="baseline">Value at which a line is drawn across all bars; NaN for none.</param>
    /// <param name="low">What the low ends mean, for the legend.</param>
    /// <param name="high">What the high ends mean, for the legend.</param>
    /// <exception cref="ModelException">There is no bar.</exception>
    public static EnsemblePlot Tornado(
        IReadOnlyList<TornadoBar> bars,
        string quantity,
        string unit = "",
        double baseline = double.NaN,
        string low = "input low",
        string high = "input high")
    {
        ArgumentNullException.ThrowIfNull(bars);
        return new(new TornadoChart(bars, quantity, unit, baseline, low, high, ""));
    }
}
