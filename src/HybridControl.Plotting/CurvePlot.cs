using System.Collections.Immutable;
using HybridControl.Diagnostics;

namespace HybridControl.Plotting;

/// <summary>A picture of curves and regions over two axes, from plain numbers: work and precision, orders, stability.</summary>
/// <remarks>Immutable and thread-safe; each setting returns a new plot. The same plot gives the same bytes every time.</remarks>
public sealed record CurvePlot
{
    private readonly (string Name, string Unit) _x;
    private readonly (string Name, string Unit) _y;
    private readonly (bool X, bool Y) _logarithmic;
    private ImmutableArray<PlotCurve> _curves = [];
    private (double Left, double Right, double Bottom, double Top)? _frame;
    private string _title = "";
    private (double Width, double Height) _size;

    internal CurvePlot((string Name, string Unit) x, (string Name, string Unit) y, (bool X, bool Y) logarithmic) =>
        (_x, _y, _logarithmic) = (x, y, logarithmic);

    /// <summary>Adds a curve through points.</summary>
    /// <param name="name">Name in the legend; empty to continue the colour and the entry of the curve before.</param>
    /// <param name="x">Places; what is not finite, or not positive on a logarithmic axis, breaks the curve.</param>
    /// <param name="y">One value for each place.</param>
    /// <param name="marked">Whether each point gets a disc.</param>
    /// <exception cref="ModelException">There are not as many values as places.</exception>
    public CurvePlot Curve(string name, IReadOnlyList<double> x, IReadOnlyList<double> y, bool marked = false) =>
        Add(name, x, y, marked ? PlotCurveStyle.Marked : PlotCurveStyle.Line);

    /// <summary>Adds a straight line that guides the eye, thin and grey.</summary>
    /// <exception cref="ModelException">There are not as many values as places.</exception>
    public CurvePlot Guide(string name, IReadOnlyList<double> x, IReadOnlyList<double> y) => Add(name, x, y, PlotCurveStyle.Guide);

    /// <summary>Adds a region inside closed curves, which a point that is not finite separates.</summary>
    /// <exception cref="ModelException">There are not as many values as places.</exception>
    public CurvePlot Region(string name, IReadOnlyList<double> x, IReadOnlyList<double> y) => Add(name, x, y, PlotCurveStyle.Region);

    /// <summary>Sets the ranges of both axes, with units of one length on both; by default they suit the contents.</summary>
    /// <exception cref="ModelException">A range is empty, or not finite.</exception>
    public CurvePlot Frame(double left, double right, double bottom, double top)
    {
        bool isRange = right - left > 0.0 && top - bottom > 0.0 && double.IsFinite(right - left) && double.IsFinite(top - bottom);
        return isRange
            ? this with { _frame = (left, right, bottom, top) }
            : throw new ModelException(
                "frame of a plot", FormattableString.Invariant($"{left} to {right} across, {bottom} to {top} upwards"), "Give finite rising ranges.");
    }

    /// <summary>Sets the title; empty for none.</summary>
    public CurvePlot Title(string title) => this with { _title = title ?? "" };

    /// <summary>Sets the size of the picture in pixels; by default it suits the contents.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The size leaves no room, or is above 20,000.</exception>
    public CurvePlot Size(double width, double height)
    {
        SvgOutput.CheckSize(width, height);
        return this with { _size = (width, height) };
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
        var chart = new CurvePlotChart(_x, _y, _logarithmic, _curves, _frame);
        var layout = new ChartLayout(chart, _title, _size);
        return new(ChartModel.Build(chart, layout), layout.Width, layout.Height);
    }

    private CurvePlot Add(string name, IReadOnlyList<double> x, IReadOnlyList<double> y, PlotCurveStyle style)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        return x.Count == y.Count
            ? this with { _curves = _curves.Add(new(name ?? "", [.. x], [.. y], style)) }
            : throw new ModelException(
                $"plot of curves, {name}", FormattableString.Invariant($"{y.Count} values at {x.Count} places"), "Give one for each.");
    }
}
