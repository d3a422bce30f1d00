using OxyPlot;
using OxyPlot.Annotations;
using OxyPlot.Axes;
using OxyPlot.Series;

namespace HybridControl.Plotting;

/// <summary>Builds the picture of a phase portrait.</summary>
internal static class PhasePlotModel
{
    private const int MostPoints = 10_000;

    /// <summary>Distance in pixels between a curve and its chords that no eye sees.</summary>
    private const double FinestError = 0.15;

    private const int MostStrokes = 500;
    private const int MostJumps = 300;

    /// <summary>More jumps than this are drawn paler, so that they do not hide the curve.</summary>
    private const int ManyJumps = 60;

    public static PlotModel Build(PhaseLayout layout, List<GuardSurface> guards)
    {
        PlotModel model = TimePlotModel.Empty(new OxyThickness(
            layout.Area.Left, layout.Area.Top, layout.Width - layout.Area.Right, layout.Height - layout.Area.Bottom));
        model.Axes.Add(TimePlotModel.Axis(AxisPosition.Bottom, layout.XTicks));
        model.Axes.Add(TimePlotModel.Axis(AxisPosition.Left, layout.YTicks));

        List<(int Mode, List<DataPoint> Points)> strokes = VisibleStrokes(layout);
        foreach (int mode in layout.Visited)
        {
            model.Series.Add(LineOf(strokes, mode));
        }

        var labels = new PhaseLabels(layout, strokes.Select(stroke => stroke.Points.Select(layout.PixelOf).ToArray()));
        ScreenPoint[][] longest = [.. guards.Select(guard => AddGuard(model, layout, guard, labels))];
        for (int i = 0; i < guards.Count; i++)
        {
            labels.Place(longest[i], guards[i].Label);
        }

        model.Annotations.Add(new Drawing(AnnotationLayer.BelowSeries, rc => DrawJumps(rc, layout)));
        model.Annotations.Add(new Drawing(AnnotationLayer.AboveSeries, rc => DrawFrame(rc, layout)));
        model.Annotations.Add(new Drawing(AnnotationLayer.AboveSeries, rc => PhaseArrows.Draw(rc, layout, strokes)));
        model.Annotations.Add(new Drawing(AnnotationLayer.AboveSeries, labels.Draw));
        return model;
    }

    private static List<(int Mode, List<DataPoint> Points)> VisibleStrokes(PhaseLayout layout)
    {
        double width = (layout.XRange.Highest - layout.XRange.Lowest) / layout.Area.Width;
        double height = (layout.YRange.Highest - layout.YRange.Lowest) / layout.Area.Height;
        double error = FinestError;
        List<(int Mode, List<DataPoint> Points)> strokes;
        do
        {
            strokes = layout.Curve.Thin(width, height, error);
            error *= 1.5;
        }
        while (strokes.Sum(stroke => stroke.Points.Count) > MostPoints && error < 3);

        // What still is too much lies on top of itself: a part of the strokes shows the same.
        int every = (strokes.Count + MostStrokes - 1) / MostStrokes;
        return every < 2 ? strokes : [.. strokes.Where((_, i) => i % every == 0 || i == strokes.Count - 1)];
    }

    private static LineSeries LineOf(List<(int Mode, List<DataPoint> Points)> strokes, int mode)
    {
        var line = new LineSeries
        {
            Color = PlotStyle.ModeColor(mode),
            StrokeThickness = PlotStyle.CurveWidth,
            LineJoin = LineJoin.Round,
            MinimumSegmentLength = 0.4,
        };
        foreach ((_, List<DataPoint> points) in strokes.Where(stroke => stroke.Mode == mode && stroke.Points.Count > 1))
        {
            if (line.Points.Count > 0)
            {
                line.Points.Add(DataPoint.Undefined);
            }

            line.Points.AddRange(points);
        }

        return line;
    }

    private static void DrawJumps(IRenderContext rc, PhaseLayout layout)
    {
        List<(DataPoint From, DataPoint To)> jumps = layout.Curve.Jumps;
        int every = Math.Max(1, (jumps.Count + MostJumps - 1) / MostJumps);
        OxyColor color = jumps.Count > ManyJumps ? PlotStyle.CrowdedJump : PlotStyle.Jump;
        for (int i = 0; i < jumps.Count; i += every)
        {
            (ScreenPoint from, ScreenPoint to) = (layout.PixelOf(jumps[i].From), layout.PixelOf(jumps[i].To));
            if (from.DistanceTo(to) > 1)
            {
                rc.Line(from.X, from.Y, to.X, to.Y, color, 1, [4, 3]);
            }
        }
    }

    /// <summary>Draws a surface and returns its longest line.</summary>
    private static ScreenPoint[] AddGuard(PlotModel model, PhaseLayout layout, GuardSurface guard, PhaseLabels labels)
    {
        ScreenPoint[] longest = [];
        foreach (List<DataPoint> points in ZeroSet.Of(guard.ValueAt, layout.XRange, layout.YRange))
        {
            ScreenPoint[] line = [.. points.Select(layout.PixelOf)];
            longest = LengthOf(line) > LengthOf(longest) ? line : longest;
            labels.Avoid(line);
            model.Annotations.Add(new Drawing(
                AnnotationLayer.BelowSeries,
                rc => rc.DrawLine(line, PlotStyle.Guard, 3, EdgeRenderingMode.PreferGeometricAccuracy)));
        }

        return longest;
    }

    private static double LengthOf(ScreenPoint[] line)
    {
        double length = 0;
        for (int i = 1; i < line.Length; i++)
        {
            length += line[i].DistanceTo(line[i - 1]);
        }

        return length;
    }

    private static void DrawFrame(IRenderContext rc, PhaseLayout layout)
    {
        if (layout.Title.Length > 0)
        {
            rc.Title(layout.Area.Left, layout.Width, layout.Title);
        }

        rc.Outline(layout.Area);
        rc.AxisTitles(layout.Area, layout.XTitle, layout.YTitle);
        for (int i = 0; i < layout.Visited.Length && layout.Visited.Length > 1; i++)
        {
            double left = layout.Area.Right + 10;
            double y = layout.Area.Top + 6 + (i * TimeLayout.LegendRow);
            rc.Line(left, y, left + 18, y, PlotStyle.ModeColor(layout.Visited[i]), PlotStyle.CurveWidth + 0.7);
            rc.Text(left + 23, y, layout.ModeNames[layout.Visited[i]]);
        }
    }
}
