using System.Globalization;
using OxyPlot;
using OxyPlot.Annotations;
using OxyPlot.Axes;
using OxyPlot.Series;

namespace HybridControl.Plotting;

/// <summary>Builds the picture of a time plot from its layout.</summary>
internal static class TimePlotModel
{
    private const int MostPoints = 12_000;
    private const int MostPointsPerCurve = 5_000;
    private const int MostMarks = 500;

    /// <param name="layout">An arranged layout.</param>
    /// <param name="jumpTimes">Times of the jumps to mark; null to mark none.</param>
    public static PlotModel Build(TimeLayout layout, IReadOnlyList<double>? jumpTimes)
    {
        PlotModel model = Empty(new OxyThickness(
            layout.Area.Left, layout.Area.Top, layout.Width - layout.Area.Right, layout.Height - layout.Area.Bottom));
        model.Axes.Add(TimeAxis(layout));

        int curves = Math.Max(1, layout.Panels.Sum(panel => panel.Curves.Count));

        // A broken stroke or a mark costs more than a hundred bytes, so the finest gap grows with the number of curves.
        double finest = Math.Max(2.5, layout.Area.Width * curves / MostMarks);
        double columns = Math.Clamp(MostPoints / curves, 400, MostPointsPerCurve) / 4.0;
        double column = (layout.Time.To - layout.Time.From) / columns;
        for (int p = 0; p < layout.Panels.Count; p++)
        {
            Panel panel = layout.Panels[p];
            string key = "y" + p.ToString(CultureInfo.InvariantCulture);
            model.Axes.Add(ValueAxis(layout, panel, key));
            for (int i = 0; i < panel.Curves.Count; i++)
            {
                List<Stroke> strokes = Stroke.Of(
                    panel.Curves[i].Points, panel.Resolution, finest * layout.SecondsPerPixel, column);
                model.Series.Add(Line(strokes, key, panel.FirstColor + i, dense: true));
                model.Series.Add(Line(strokes, key, panel.FirstColor + i, dense: false));
                AddDot(model, layout, panel, strokes, panel.FirstColor + i);
            }
        }

        model.Annotations.Add(new Drawing(AnnotationLayer.BelowAxes, rc => ModeShading.DrawShades(rc, layout)));
        model.Annotations.Add(new Drawing(AnnotationLayer.AboveSeries, rc => DrawFrames(rc, layout)));
        if (jumpTimes is not null)
        {
            model.Annotations.Add(
                new Drawing(AnnotationLayer.AboveSeries, rc => JumpMarks.Draw(rc, layout, jumpTimes, finest)));
        }

        return model;
    }

    /// <summary>A model without a border, with fixed margins.</summary>
    public static PlotModel Empty(OxyThickness margins) => new()
    {
        Background = OxyColors.White,
        Culture = CultureInfo.InvariantCulture,
        DefaultFont = PlotStyle.Font,
        DefaultFontSize = PlotStyle.TextSize,
        Padding = new OxyThickness(0),
        PlotAreaBorderThickness = new OxyThickness(0),
        PlotMargins = margins,
        TextColor = PlotStyle.Ink,
    };

    /// <summary>An axis in the style of every plot.</summary>
    public static LinearAxis Axis(AxisPosition position, Ticks ticks)
    {
        var axis = new LinearAxis
        {
            Position = position,
            Minimum = ticks.Lowest,
            Maximum = ticks.Highest,
            MajorStep = ticks.Step,
            LabelFormatter = ticks.Text,
            TickStyle = TickStyle.Outside,
            TicklineColor = PlotStyle.Frame,
            MajorTickSize = 4,
            MinorTickSize = 0,
        };
        return axis;
    }

    private static LinearAxis TimeAxis(TimeLayout layout)
    {
        LinearAxis axis = Axis(AxisPosition.Bottom, layout.TimeTicks);
        axis.Key = "t";
        return axis;
    }

    private static LinearAxis ValueAxis(TimeLayout layout, Panel panel, string key)
    {
        LinearAxis axis = Axis(AxisPosition.Left, panel.Ticks);
        axis.Key = key;
        axis.StartPosition = (layout.Area.Bottom - panel.Box.Bottom) / layout.Area.Height;
        axis.EndPosition = (layout.Area.Bottom - panel.Box.Top) / layout.Area.Height;
        return axis;
    }

    private static LineSeries Line(List<Stroke> strokes, string key, int number, bool dense)
    {
        var line = new LineSeries
        {
            XAxisKey = "t",
            YAxisKey = key,
            Color = dense ? PlotStyle.DenseColor(number) : PlotStyle.CurveColor(number),
            LineStyle = dense ? LineStyle.Solid : PlotStyle.CurveDashes(number),
            StrokeThickness = PlotStyle.CurveWidth,
            LineJoin = LineJoin.Round,
            MinimumSegmentLength = 0.4,
        };
        foreach (Stroke stroke in strokes.Where(stroke => stroke.IsDense == dense && stroke.Points.Count > 1))
        {
            if (line.Points.Count > 0)
            {
                line.Points.Add(DataPoint.Undefined);
            }

            line.Points.AddRange(stroke.Points);
        }

        return line;
    }

    /// <summary>A curve of one point has no line to draw.</summary>
    private static void AddDot(PlotModel model, TimeLayout layout, Panel panel, List<Stroke> strokes, int number)
    {
        if (strokes is [{ Points: [var only] }])
        {
            OxyColor color = PlotStyle.CurveColor(number);
            model.Annotations.Add(new Drawing(
                AnnotationLayer.AboveSeries, rc => rc.Disc(layout.X(only.X), panel.HeightOf(only.Y), 2.5, color, color)));
        }
    }

    private static void DrawFrames(IRenderContext rc, TimeLayout layout)
    {
        if (layout.Title.Length > 0)
        {
            rc.Title(layout.Area.Left, layout.Width, layout.Title);
        }

        ModeShading.DrawNames(rc, layout);
        rc.AxisTitles(layout.Area, "t [s]", "");
        foreach (Panel panel in layout.Panels)
        {
            rc.Outline(panel.Box);
            rc.AxisTitles(panel.Box, "", panel.Title(panel.Box.Height, layout.RoomBeside(panel)));
            if (panel.Curves.Count > 1 || panel.Heading is not null)
            {
                DrawLegend(rc, panel);
            }
        }
    }

    private static void DrawLegend(IRenderContext rc, Panel panel)
    {
        double left = panel.Box.Right + 10;
        int room = Math.Max(1, (int)((panel.Box.Height + 12) / TimeLayout.LegendRow));
        for (int i = 0; i < Math.Min(room, panel.Curves.Count); i++)
        {
            double y = panel.Box.Top + 6 + (i * TimeLayout.LegendRow);
            if (i == room - 1 && panel.Curves.Count > room)
            {
                rc.Text(left, y, string.Create(CultureInfo.InvariantCulture, $"+ {panel.Curves.Count - i} more"));
                break;
            }

            double[]? dashes = PlotStyle.CurveDashes(panel.FirstColor + i).GetDashArray();
            rc.Line(left, y, left + 18, y, PlotStyle.CurveColor(panel.FirstColor + i), PlotStyle.CurveWidth + 0.4, dashes);
            rc.Text(left + 23, y, panel.Curves[i].Name);
        }
    }
}
