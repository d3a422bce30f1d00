using OxyPlot;

namespace HybridControl.Plotting;

/// <summary>Draws the direction of time along a phase portrait: a dot at the start, arrowheads on the way.</summary>
internal static class PhaseArrows
{
    private const double Apart = 45;
    private const double Spacing = 200;
    private const int Most = 40;

    public static void Draw(IRenderContext rc, PhaseLayout layout, List<(int Mode, List<DataPoint> Points)> strokes)
    {
        var placed = new List<ScreenPoint>();
        foreach ((int mode, List<DataPoint> points) in strokes)
        {
            ScreenPoint[] line = [.. points.Select(layout.PixelOf)];
            double length = 0;
            for (int i = 1; i < line.Length; i++)
            {
                length += line[i].DistanceTo(line[i - 1]);
            }

            int count = length < 30 ? 0 : (int)Math.Ceiling(length / Spacing);
            double walked = 0;
            for (int i = 1, drawn = 0; i < line.Length && drawn < count && placed.Count < Most; i++)
            {
                double step = line[i].DistanceTo(line[i - 1]);
                double target = length * (drawn + 0.5) / count;
                walked += step;
                if (walked < target)
                {
                    continue;
                }

                drawn++;
                double share = step > 0 ? (target - (walked - step)) / step : 0;
                var tip = new ScreenPoint(
                    line[i - 1].X + (share * (line[i].X - line[i - 1].X)), line[i - 1].Y + (share * (line[i].Y - line[i - 1].Y)));
                if (placed.TrueForAll(other => other.DistanceTo(tip) >= Apart))
                {
                    placed.Add(tip);
                    Arrow(rc, tip, (line[i] - line[i - 1]) * (1 / step), PlotStyle.ModeColor(mode));
                }
            }
        }

        if (strokes.Count > 0)
        {
            ScreenPoint start = layout.PixelOf(strokes[0].Points[0]);
            rc.Disc(start.X, start.Y, 3, PlotStyle.Ink, PlotStyle.Ink);
        }
    }

    private static void Arrow(IRenderContext rc, ScreenPoint middle, ScreenVector direction, OxyColor color)
    {
        var side = new ScreenVector(-direction.Y, direction.X);
        rc.DrawPolygon(
            [middle + (direction * 5), middle - (direction * 4) + (side * 3.5), middle - (direction * 4) - (side * 3.5)],
            color,
            OxyColors.Undefined,
            0,
            EdgeRenderingMode.PreferGeometricAccuracy);
    }
}
