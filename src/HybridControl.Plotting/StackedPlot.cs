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
    public string ToSvg()
    {
        var stack = new ChartStack(_charts, _title, _size);
        return SvgOutput.Render(stack.Build(), stack.Width, stack.Height);
    }

    /// <summary>Writes the picture to an SVG file; an existing file is replaced.</summary>
    /// <exception cref="ModelException">The extension is not .svg, or the file cannot be written.</exception>
    public void Save(string path) => SvgOutput.Save(path, ToSvg);
}
