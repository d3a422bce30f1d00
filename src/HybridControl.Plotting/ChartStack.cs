using System.Globalization;
using OxyPlot;
using OxyPlot.Annotations;
using OxyPlot.Axes;

namespace HybridControl.Plotting;

/// <summary>Charts above each other on one horizontal axis.</summary>
internal sealed class ChartStack
{
    private const double Bottom = 46;
    private const double Gap = 14;
    private const double DefaultWidth = 720;

    private readonly IReadOnlyList<Chart> _charts;
    private readonly string _title;
    private readonly (double Lowest, double Highest) _xRange;
    private readonly List<ChartLayout> _layouts = [];

    /// <param name="charts">The charts from top to bottom, at least one.</param>
    /// <param name="title">Title; empty for none.</param>
    /// <param name="size">Size of the picture; zero to choose it.</param>
    public ChartStack(IReadOnlyList<Chart> charts, string title, (double Width, double Height) size)
    {
        (_charts, _title) = (charts, title);
        _xRange = (charts.Min(chart => chart.XRange.Lowest), charts.Max(chart => chart.XRange.Highest));
        double wanted = charts.Sum(chart => chart.Area.Height);
        double top = title.Length > 0 ? 30 : 10;
        Width = size.Width > 0 ? size.Width : DefaultWidth;
        Height = size.Height > 0 ? size.Height : Math.Ceiling(top + wanted + ((charts.Count - 1) * Gap) + Bottom);
        double free = Math.Max(8 * charts.Count, Height - top - Bottom - ((charts.Count - 1) * Gap));
        double legend = charts.SelectMany(chart => chart.Legend).Select(entry => 46 + PlotStyle.WidthOf(entry.Name)).DefaultIfEmpty(20).Max();
        double left = Math.Ceiling(34 + charts.Max(chart =>
            new Ticks(chart.YRange.Lowest, chart.YRange.Highest, free * chart.Area.Height / wanted, Panel.TicksApart).TextWidth));
        double lastNumber = (Ticks.Horizontal(_xRange.Lowest, _xRange.Highest, Width, 60).TextWidth / 2) + 8;
        double areaWidth = Math.Max(60, Math.Round(Width - left - Math.Max(legend, lastNumber)));
        double y = top;
        foreach (Chart chart in charts)
        {
            var area = new OxyRect(left, y, areaWidth, free * chart.Area.Height / wanted);
            double room = charts.Count > 1 ? area.Height + Gap - 4 : (2 * Math.Min(area.Center.Y, Height - area.Center.Y)) - 8;
            _layouts.Add(new ChartLayout(chart, area, _xRange, room));
            y += area.Height + Gap;
        }
    }

    public double Width { get; }

    public double Height { get; }

    public PlotModel Build()
    {
        (OxyRect first, OxyRect last) = (_layouts[0].Area, _layouts[^1].Area);
        double height = last.Bottom - first.Top;
        PlotModel model = TimePlotModel.Empty(new OxyThickness(first.Left, first.Top, Width - first.Right, Height - last.Bottom));
        model.Axes.Add(TimePlotModel.Axis(AxisPosition.Bottom, _layouts[^1].XTicks));
        for (int i = 0; i < _charts.Count; i++)
        {
            LinearAxis vertical = TimePlotModel.Axis(AxisPosition.Left, _layouts[i].YTicks);
            vertical.Key = "y" + i.ToString(CultureInfo.InvariantCulture);
            vertical.StartPosition = (last.Bottom - _layouts[i].Area.Bottom) / height;
            vertical.EndPosition = (last.Bottom - _layouts[i].Area.Top) / height;
            model.Axes.Add(vertical);
        }

        model.Annotations.Add(new Drawing(AnnotationLayer.BelowSeries, DrawContents));
        model.Annotations.Add(new Drawing(AnnotationLayer.AboveSeries, DrawFrames));
        return model;
    }

    private void DrawContents(IRenderContext rc)
    {
        for (int i = 0; i < _charts.Count; i++)
        {
            ChartModel.DrawInside(rc, _charts[i], _layouts[i]);
        }
    }

    private void DrawFrames(IRenderContext rc)
    {
        if (_title.Length > 0)
        {
            rc.Title(_layouts[0].Area.Left, Width, _title);
        }

        OxyRect last = _layouts[^1].Area;
        rc.AxisTitles(last, PlotText.WithUnit(_charts[^1].X.Name, _charts[^1].X.Unit), "");
        for (int i = 0; i < _charts.Count; i++)
        {
            OxyRect area = _layouts[i].Area;
            rc.Outline(area);
            rc.AxisTitles(area, "", _layouts[i].YTitle);
            ChartModel.DrawLegend(rc, _charts[i], area, i + 1 < _charts.Count ? _layouts[i + 1].Area.Top : Height);
        }
    }
}
