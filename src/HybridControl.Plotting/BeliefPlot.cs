using System.Collections.Immutable;
using HybridControl.Diagnostics;
using HybridControl.Estimation;
using HybridControl.Simulation;

namespace HybridControl.Plotting;

/// <summary>A picture of beliefs over time: for each state its mean and two standard deviations on both sides.</summary>
/// <remarks>Immutable and thread-safe; each setting returns a new plot. The same plot gives the same bytes every time.</remarks>
public sealed class BeliefPlot
{
    private const int MostTruthPoints = 1000;

    private readonly EstimationHistory _history;
    private readonly ImmutableArray<string> _states;
    private ImmutableArray<(string Measurement, string State)> _measurements = [];
    private ImmutableDictionary<string, ImmutableList<(double[] Times, double[] Values)>> _truth =
        ImmutableDictionary<string, ImmutableList<(double[] Times, double[] Values)>>.Empty;

    private bool _modes;
    private string _title = "";
    private (double Width, double Height) _size;

    internal BeliefPlot(EstimationHistory history, ImmutableArray<string> states) => (_history, _states) = (history, states);

    /// <summary>Draws every measured component that has the name of a state as dots on that state.</summary>
    /// <exception cref="ModelException">No component has the name of a plotted state.</exception>
    public BeliefPlot WithMeasurements()
    {
        string[] same = [.. _states.Where(_history.Measurements.Contains)];
        return same.Length > 0
            ? With(plot => plot._measurements = plot._measurements.AddRange(same.Select(name => (name, name))))
            : throw new ModelException(
                "plot, measurements",
                $"none of {string.Join(", ", _history.Measurements)} has the name of a plotted state",
                "Say what measures what: WithMeasurements(\"z0\", on: \"x0\").");
    }

    /// <summary>Draws a measured component as dots on a state.</summary>
    /// <param name="measurement">Name of the component, in the unit of the state.</param>
    /// <param name="on">Name of a plotted state.</param>
    /// <exception cref="ModelException">A name is unknown, or the state is not plotted.</exception>
    public BeliefPlot WithMeasurements(string measurement, string on)
    {
        _ = _history.MeasurementIndex(measurement);
        RequirePlotted(on);
        return With(plot => plot._measurements = plot._measurements.Add((measurement, on)));
    }

    /// <summary>Draws the true course of every plotted state that the run has.</summary>
    /// <exception cref="ModelException">The run has none of the states.</exception>
    public BeliefPlot WithTruth(Trajectory run)
    {
        ArgumentNullException.ThrowIfNull(run);
        (double from, double to) = _history.Count == 0 ? (0.0, 0.0) : (_history.Times[0], _history.Times[^1]);
        string[] known = [.. _states.Where(run.Names.Contains)];
        if (known.Length == 0)
        {
            throw new ModelException(
                "plot, truth", $"'{run.Model.Name}' has none of the states {string.Join(", ", _states)}", "Give the run of a model with the same names.");
        }

        BeliefPlot plot = this;
        foreach (string state in known)
        {
            foreach (IGrouping<int, CurvePoint> piece in CurveReader.Read(run, state, from, to).GroupBy(point => point.Piece))
            {
                plot = plot.WithPiece(state, [.. piece.Select(point => point.Time)], [.. piece.Select(point => point.Value)]);
            }
        }

        return plot;
    }

    /// <summary>Draws the true course of a state.</summary>
    /// <param name="state">Name of a plotted state.</param>
    /// <param name="times">Times in seconds, ascending.</param>
    /// <param name="values">Its value at each.</param>
    /// <exception cref="ModelException">The state is not plotted, or there are not as many values as times.</exception>
    public BeliefPlot WithTruth(string state, ReadOnlySpan<double> times, ReadOnlySpan<double> values)
    {
        RequirePlotted(state);
        return times.Length == values.Length
            ? WithPiece(state, times.ToArray(), values.ToArray())
            : throw new ModelException("plot, truth", $"{values.Length} values at {times.Length} times", "Give a value for each time.");
    }

    /// <summary>Adds the probabilities of the modes as stacked areas below.</summary>
    /// <exception cref="ModelException">The history knows no modes.</exception>
    public BeliefPlot WithModes()
    {
        EstimationPlots.RequireModes(_history);
        return With(plot => plot._modes = true);
    }

    /// <summary>Sets the title; empty, the default, for none.</summary>
    public BeliefPlot Title(string title) => With(plot => plot._title = title ?? "");

    /// <summary>Sets the size of the picture in pixels; by default it suits the number of states.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The size leaves no room, or is above 20,000.</exception>
    public BeliefPlot Size(double width, double height)
    {
        SvgOutput.CheckSize(width, height);
        return With(plot => plot._size = (width, height));
    }

    /// <summary>The picture as SVG text.</summary>
    public string ToSvg() => SvgOutput.Render(Draw());

    /// <summary>Writes the picture as SVG, PNG or PDF, after the extension of the path; an existing file is replaced.</summary>
    /// <param name="path">A file that ends in .svg, .png or .pdf.</param>
    /// <param name="dpi">Pixels of a PNG for each inch of 96 units, 24 to 1200; the other two have no pixels.</param>
    /// <exception cref="ModelException">The extension is none of these, the file cannot be written, or a PNG or PDF finds no font.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="dpi"/> is out of range.</exception>
    public void Save(string path, double dpi = PictureFile.UsualDpi) => PictureFile.Save(path, Draw, dpi);

    private Picture Draw()
    {
        double height = _states.Length switch { 1 => 240, 2 => 170, _ => 130 };
        List<Chart> charts =
        [
            .. _states.Select((state, i) => new BeliefChart(
                _history,
                state,
                _measurements.Where(pair => pair.State == state).Select(pair => pair.Measurement).Distinct(),
                [.. _truth.GetValueOrDefault(state, [])],
                isFirst: i == 0,
                height)),
        ];
        if (_modes)
        {
            charts.Add(new ModeProbabilityChart(_history, 90));
        }

        return new StackedPlot(charts, _title, _size).Draw();
    }

    private BeliefPlot WithPiece(string state, double[] times, double[] values)
    {
        int[] shown = Thinning.Extremes(values, MostTruthPoints);
        return With(plot => plot._truth = plot._truth.SetItem(
            state,
            plot._truth.GetValueOrDefault(state, []).Add(([.. shown.Select(i => times[i])], [.. shown.Select(i => values[i])]))));
    }

    private void RequirePlotted(string state)
    {
        if (!_states.Contains(state))
        {
            throw new ModelException("plot", $"'{state}' is not plotted", $"Plotted are: {string.Join(", ", _states)}.");
        }
    }

    private BeliefPlot With(Action<BeliefPlot> change)
    {
        var copy = (BeliefPlot)MemberwiseClone();
        change(copy);
        return copy;
    }
}
