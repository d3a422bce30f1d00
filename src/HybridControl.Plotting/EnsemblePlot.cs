using HybridControl.Diagnostics;

namespace HybridControl.Plotting;

/// <summary>A picture of an ensemble.</summary>
/// <remarks>Immutable and thread-safe; each setting returns a new plot. The same plot gives the same bytes every time.</remarks>
public sealed class EnsemblePlot
{
    private readonly Chart _chart;
    private string _title;
    private (double Width, double Height) _size;

    internal EnsemblePlot(Chart chart)
    {
        _chart = chart;
        _title = chart.Title;
    }

    /// <summary>Sets the title; empty for none. By default it says how many trajectories there are.</summary>
    public EnsemblePlot Title(string title) => With(plot => plot._title = title ?? "");

    /// <summary>Sets the size of the picture in pixels; by default it suits the contents.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The size leaves no room, or is above 20,000.</exception>
    public EnsemblePlot Size(double width, double height)
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
        var layout = new ChartLayout(_chart, _title, _size);
        return new(ChartModel.Build(_chart, layout), layout.Width, layout.Height);
    }

    private EnsemblePlot With(Action<EnsemblePlot> change)
    {
        var copy = (EnsemblePlot)MemberwiseClone();
        change(copy);
        return copy;
    }
}
