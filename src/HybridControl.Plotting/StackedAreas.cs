using OxyPlot;

namespace HybridControl.Plotting;

/// <summary>Draws shares over time as areas that stand on each other, the first at the bottom.</summary>
internal static class StackedAreas
{
    public static void Draw(
        IRenderContext rc, ChartLayout layout, double[] times, IEnumerable<(double[] Shares, OxyColor Color)> layers)
    {
        double[] below = new double[times.Length];
        foreach ((double[] shares, OxyColor color) in layers)
        {
            double[] above = [.. shares.Select((share, i) => below[i] + share)];
            List<ScreenPoint> polygon = [.. times.Select((time, i) => layout.PixelOf(time, above[i]))];
            for (int i = times.Length - 1; i >= 0; i--)
            {
                polygon.Add(layout.PixelOf(times[i], below[i]));
            }

            rc.Area(polygon, color);
            rc.Curve([.. polygon.Take(times.Length)], OxyColors.White, 0.8);
            below = above;
        }
    }
}
