using HybridControl.Diagnostics;
using HybridControl.Simulation;

namespace HybridControl.Plotting;

/// <summary>A phase portrait: one variable against another, coloured by mode, with jumps and guard surfaces.</summary>
/// <remarks>
/// Immutable and thread-safe; each setting returns a new plot. Jumps are dashed lines. Where both variables are states,
/// every comparison in a guard that depends on no other variable is drawn as a line, with the parameters of the start of the run.
/// A dot marks the start. The same plot gives the same bytes every time.
/// </remarks>
public sealed class PhasePlot
{
    private readonly Trajectory _run;
    private readonly string _x;
    private readonly string _y;
    private string _title;
    private (double Width, double Height) _size;
    private (double From, double To)? _range;
    private bool _guards = true;

    internal PhasePlot(Trajectory run, string x, string y)
    {
        _run = run;
        _x = x;
        _y = y;
        _title = run.Model.Name;
    }

    /// <summary>Sets the title; empty for none. By default it is the name of the model.</summary>
    public PhasePlot Title(string title) => With(plot => plot._title = title ?? "");

    /// <summary>Sets the size of the picture in pixels; by default it suits the names of the modes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The size leaves no room, or is above 20,000.</exception>
    public PhasePlot Size(double width, double height)
    {
        SvgOutput.CheckSize(width, height);
        return With(plot => plot._size = (width, height));
    }

    /// <summary>Shows a part of the run, times in seconds.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The times are not finite or not in order.</exception>
    /// <exception cref="ModelException">The run has nothing between these times.</exception>
    public PhasePlot Between(double start, double end)
    {
        TimeRange.Check(start, end);
        TimeRange.CheckOverlap(_run, start, end);
        return With(plot => plot._range = (start, end));
    }

    /// <summary>Leaves the guard surfaces out.</summary>
    public PhasePlot WithoutGuards() => With(plot => plot._guards = false);

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
        PhaseCurve curve = PhaseCurve.Read(_run, _x, _y, from, to);
        var layout = new PhaseLayout(_run, curve, (_x, _y), _title, _size);
        List<GuardSurface> guards = _guards ? GuardSurface.Of(_run, _x, _y) : [];
        return new(PhasePlotModel.Build(layout, guards), layout.Width, layout.Height);
    }

    private PhasePlot With(Action<PhasePlot> change)
    {
        var copy = (PhasePlot)MemberwiseClone();
        change(copy);
        return copy;
    }
}
