using OxyPlot;
using OxyPlot.Annotations;
using OxyPlot.Axes;

namespace HybridControl.Plotting;

/// <summary>Builds the picture of a chart: axes, frame, title and legend around what the chart draws.</summary>
internal static class ChartModel
{
    public static PlotModel Build(Chart chart, ChartLayout layout)
    {
        PlotModel model = TimePlotModel.Empty(new OxyThickness(
            layout.Area.Left, layout.Area.Top, layout.Width - layout.Area.Right, layout.Height - layout.Area.Bottom));
        model.Axes.Add(TimePlotModel.Axis(AxisPosition.Bottom, layout.XTicks));
        LinearAxis vertical = TimePlotModel.Axis(AxisPosition.Left, layout.YTicks);
        if (layout.Rows.Count > 0)
        {
            vertical.TickStyle = TickStyle.None;
            vertical.LabelFormatter = _ => "";
        }

        model.Axes.Add(vertical);
        model.Annotations.Add(new Drawing(AnnotationLayer.BelowSeries, rc => DrawInside(rc, chart, layout)));
        model.Annotations.Add(new Drawing(AnnotationLayer.AboveSeries, rc => DrawFrame(rc, chart, layout)));
        return model;
    }

    /// <summary>Draws the contents of a chart, cut off at the edges of its area.</summary>
    public static void DrawInside(IRenderContext rc, Chart chart, ChartLayout layout)
    {
        rc.PushClip(layout.Area);
        chart.Draw(rc, layout);
        rc.PopClip();
    }

    private static void DrawFrame(IRenderContext rc, Chart chart, ChartLayout layout)
    {
        if (layout.Title.Length > 0)
        {
            rc.Title(layout.Area.Left, layout.Width, layout.Title);
        }

        rc.Outline(layout.Area);
        rc.AxisTitles(layout.Area, layout.XTitle, layout.YTitle);
        for (int i = 0; i < layout.Rows.Count; i++)
        {
            rc.Text(layout.Area.Left - 7, layout.PixelRow(i), layout.Rows[i], HorizontalAlignment.Right);
        }

        DrawLegend(rc, chart, layout.Area, layout.Height);
    }

    /// <summary>Draws the legend beside an area, as many entries as fit above a height.</summary>
    public static void DrawLegend(IRenderContext rc, Chart chart, OxyRect area, double bottom)
    {
        double left = area.Right + 10;
        int room = Math.Max(1, (int)((bottom - area.Top) / TimeLayout.LegendRow));
        for (int i = 0; i < Math.Min(room, chart.Legend.Count); i++)
        {
            LegendEntry entry = chart.Legend[i];
            double y = area.Top + 6 + (i * TimeLayout.LegendRow);
            DrawMark(rc, entry, left, y);
            rc.Text(left + 23, y, entry.Name);
        }
    }

    private static void DrawMark(IRenderContext rc, LegendEntry entry, double left, double y)
    {
        switch (entry.Mark)
        {
            case LegendMark.Line:
                rc.Line(left, y, left + 18, y, entry.Color, PlotStyle.CurveWidth + 0.7);
                break;
            case LegendMark.Area:
                rc.Box(left, y - 5, left + 18, y + 5, entry.Color);
                break;
            case LegendMark.Ring:
                rc.Disc(left + 9, y, 3.5, OxyColors.White, entry.Color);
                break;
            default:
                rc.Disc(left + 9, y, 3.5, entry.Color, entry.Color);
                break;
        }
    }
}
