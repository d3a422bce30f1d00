using System.Collections.Immutable;
using HybridControl.Diagnostics;
using HybridControl.Serialization;
using HybridControl.Simulation;

namespace HybridControl.Plotting;

/// <summary>A picture of variables over time: one panel for each unit, above a shared time axis.</summary>
/// <remarks>
/// Immutable and thread-safe; each setting returns a new plot. Curves are broken where a jump changes their value, and are
/// thinned to what can be seen. The same plot gives the same bytes every time.
/// </remarks>
public sealed class TimePlot
{
    private readonly Trajectory _run;
    private readonly ImmutableArray<string> _names;
    private bool _shadeModes;
    private bool _markJumps;
    private string _title;
    private (double Width, double Height) _size;
    private (double From, double To)? _range;

    internal TimePlot(Trajectory run, ImmutableArray<string> names)
    {
        _run = run;
        _names = names;
        _title = run.Model.Name;
    }

    /// <summary>Shades each mode in a colour of its own and names it above the curves.</summary>
    public TimePlot ShadeModes() => With(plot => plot._shadeModes = true);

    /// <summary>Marks jumps: the left limit as an open disc, the value after the jump as a filled one.</summary>
    public TimePlot MarkJumps() => With(plot => plot._markJumps = true);

    /// <summary>Sets the title; empty for none. By default it is the name of the model.</summary>
    public TimePlot Title(string title) => With(plot => plot._title = title ?? "");

    /// <summary>Sets the size of the picture in pixels; by default it suits the number of panels.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The size leaves no room, or is above 20,000.</exception>
    public TimePlot Size(double width, double height)
    {
        SvgOutput.CheckSize(width, height);
        return With(plot => plot._size = (width, height));
    }

    /// <summary>Shows a part of the run, times in seconds.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The times are not finite or not in order.</exception>
    /// <exception cref="ModelException">The run has nothing between these times.</exception>
    public TimePlot Between(double start, double end)
    {
        TimeRange.Check(start, end);
        TimeRange.CheckOverlap(_run, start, end);
        return With(plot => plot._range = (start, end));
    }

    /// <summary>Draws another run beside this one: a panel for each variable, a colour for each run.</summary>
    /// <param name="other">The other run.</param>
    /// <param name="label">Its name in the legend.</param>
    /// <param name="own">Name of this run in the legend; by default that of its model.</param>
    /// <exception cref="ModelException">The other run lacks a variable of this plot, or both have one label.</exception>
    public ComparisonPlot Compare(Trajectory other, string label, string? own = null) => Comparison(own).Compare(other, label);

    /// <summary>Draws a run that was saved as a table beside this one.</summary>
    /// <param name="other">The table.</param>
    /// <param name="label">Its name in the legend.</param>
    /// <param name="own">Name of this run in the legend; by default that of its model.</param>
    /// <exception cref="ModelException">The table lacks a variable of this plot, or both have one label.</exception>
    public ComparisonPlot Compare(TrajectoryTable other, string label, string? own = null) => Comparison(own).Compare(other, label);

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
        (double from, double to) = TimeRange.Of(_run, _range);
        var layout = new TimeLayout
        {
            Time = TimeRange.Visible(from, to),
            Panels = Panel.Of(_run, _names, from, to),
            Bands = _shadeModes ? ModeBand.Of(_run, from, to) : [],
            ModeNames = _run.ModeNames,
            Title = _title,
        };
        layout.Arrange(_size.Width, _size.Height);
        double[]? jumps = _markJumps
            ? [.. _run.Jumps.Select(jump => jump.Time).Where(time => time >= from && time <= to)]
            : null;
        return new(TimePlotModel.Build(layout, jumps), layout.Width, layout.Height);
    }

    private ComparisonPlot Comparison(string? own)
    {
        var plot = new ComparisonPlot([ComparedRun.Of(_run, own ?? _run.Model.Name)], _names);
        plot = _markJumps ? plot.MarkJumps() : plot;
        plot = _size.Width > 0 ? plot.Size(_size.Width, _size.Height) : plot;
        plot = _title == _run.Model.Name ? plot : plot.Title(_title);
        return _range is { } range ? plot.Between(range.From, range.To) : plot;
    }

    private TimePlot With(Action<TimePlot> change)
    {
        var copy = (TimePlot)MemberwiseClone();
        change(copy);
        return copy;
    }
}
