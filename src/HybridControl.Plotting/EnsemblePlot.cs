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
    public string ToSvg()
    {
        var layout = new ChartLayout(_chart, _title, _size);
        return SvgOutput.Render(ChartModel.Build(_chart, layout), layout.Width, layout.Height);
    }

    /// <summary>Writes the picture to an SVG file; an existing file is replaced.</summary>
    /// <exception cref="ModelException">The extension is not .svg, or the file cannot be written.</exception>
    public void Save(string path) => SvgOutput.Save(path, ToSvg);

    private EnsemblePlot With(Action<EnsemblePlot> change)
    {
        var copy = (EnsemblePlot)MemberwiseClone();
        change(copy);
        return copy;
    }
}
