using HybridControl.Diagnostics;

namespace HybridControl.Plotting;

/// <summary>A picture of charts above each other: an estimation, a layer, a linear system.</summary>
/// <remarks>Immutable and thread-safe; each setting returns a new plot. The same plot gives the same bytes every time.</remarks>
public sealed class StackedPlot
{
    private readonly IReadOnlyList<Chart> _charts;
    private readonly string _title;
    private readonly (double Width, double Height) _size;

    internal StackedPlot(IReadOnlyList<Chart> charts, string title = "", (double Width, double Height) size = default) =>
        (_charts, _title, _size) = (charts, title, size);

    /// <summary>Sets the title; empty for none.</summary>
    public StackedPlot Title(string title) => new(_charts, title ?? "", _size);

    /// <summary>Sets the size of the picture in pixels; by default it suits the contents.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The size leaves no room, or is above 20,000.</exception>
    public StackedPlot Size(double width, double height)
    {
        SvgOutput.CheckSize(width, height);
        return new(_charts, _title, (width, height));
    }

    /// <summary>The picture as SVG text.</summary>
    public string ToSvg() => SvgOutput.Render(Draw());

    /// <summary>Writes the picture as SVG, PNG or PDF, after the extension of the path; an existing file is replaced.</summary>
    /// <param name="path">A file that ends in .svg, .png or .pdf.</param>
    /// <param name="dpi">Pixels of a PNG for each inch of 96 units, 24 to 1200; the other two have no pixels.</param>
    /// <exception cref="ModelException">The extension is none of these, the file cannot be written, or a PNG or PDF finds no font.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="dpi"/> is out of range.</exception>
    public void Save(string path, double dpi = PictureFile.UsualDpi) => PictureFile.Save(path, Draw, dpi);

    internal Picture Draw()
    {
        var stack = new ChartStack(_charts, _title, _size);
        return new(stack.Build(), stack.Width, stack.Height);
    }
}
