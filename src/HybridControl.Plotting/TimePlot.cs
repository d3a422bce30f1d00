using System.Collections.Immutable;
using HybridControl.Diagnostics;
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

    /// <summary>The picture as SVG text.</summary>
    public string ToSvg()
    {
        (double from, double to) = TimeRange.Of(_run, _range);
        var layout = new TimeLayout
        {
            Time = TimeRange.Visible(from, to),
            Panels = Panel.Of(_run, _names, from, to),
            Bands = _shadeModes ? ModeBand.Of(_run, from, to) : [],
            ModeNames = [.. _run.Model.Modes.Select(mode => mode.Name)],
            Title = _title,
        };
        layout.Arrange(_size.Width, _size.Height);
        double[]? jumps = _markJumps
            ? [.. _run.Jumps.Select(jump => jump.Time).Where(time => time >= from && time <= to)]
            : null;
        return SvgOutput.Render(TimePlotModel.Build(layout, jumps), layout.Width, layout.Height);
    }

    /// <summary>Writes the picture to an SVG file; an existing file is replaced.</summary>
    /// <exception cref="ModelException">The extension is not .svg, or the file cannot be written.</exception>
    public void Save(string path) => SvgOutput.Save(path, ToSvg);

    private TimePlot With(Action<TimePlot> change)
    {
        var copy = (TimePlot)MemberwiseClone();
        change(copy);
        return copy;
    }
}
