using OxyPlot;

namespace HybridControl.Plotting;

/// <summary>Draws jumps: a tick at the top of each panel, and both sides of every discontinuity.</summary>
/// <remarks>
/// The left limit is an open disc, the value after the jump a filled one, a dotted line joins them. Where jumps are closer
/// than a disc is wide, only some get discs; where they are closer than a few pixels, none, and ticks that touch become a bar.
/// </remarks>
internal static class JumpMarks
{
    private const double Radius = 2.3;
    private const double TickLength = 4;
    private const double TickGap = 1.6; // nearer than two strokes of a tick, they cannot be told apart

    public static void Draw(IRenderContext rc, TimeLayout layout, IReadOnlyList<double> jumpTimes, double finest)
    {
        foreach (Panel panel in layout.Panels)
        {
            DrawTicks(rc, layout, panel, jumpTimes);
            for (int i = 0; i < panel.Curves.Count; i++)
            {
                DrawSides(rc, layout, panel, Discontinuity.Find(panel.Curves[i].Points, panel.Resolution), PlotStyle.CurveColor(panel.FirstColor + i), finest);
            }
        }
    }

    private static void DrawTicks(IRenderContext rc, TimeLayout layout, Panel panel, IReadOnlyList<double> jumpTimes)
    {
        double top = panel.Box.Top;
        for (int first = 0, last; first < jumpTimes.Count; first = last + 1)
        {
            last = first;
            while (last + 1 < jumpTimes.Count && layout.X(jumpTimes[last + 1]) - layout.X(jumpTimes[last]) < TickGap)
            {
                last++;
            }

            rc.Box(
                layout.X(jumpTimes[first]) - 0.4, top, layout.X(jumpTimes[last]) + 0.4, top + TickLength, PlotStyle.Quiet);
        }
    }

    private static void DrawSides(
        IRenderContext rc, TimeLayout layout, Panel panel, List<Discontinuity> jumps, OxyColor color, double finest)
    {
        double lastDisc = double.NegativeInfinity;
        for (int i = 0; i < jumps.Count; i++)
        {
            Discontinuity jump = jumps[i];
            double x = layout.X(jump.Time);
            bool crowded = i > 0 && i + 1 < jumps.Count &&
                x - layout.X(jumps[i - 1].Time) < finest && layout.X(jumps[i + 1].Time) - x < finest;
            if (crowded)
            {
                continue;
            }

            rc.Line(x, panel.HeightOf(jump.Lowest), x, panel.HeightOf(jump.Highest), color, 0.8, [1.5, 2]);
            if (x - lastDisc >= 3 * Radius)
            {
                lastDisc = x;
                rc.Disc(x, panel.HeightOf(jump.Left), Radius, OxyColors.White, color);
                rc.Disc(x, panel.HeightOf(jump.Right), Radius, color, color);
            }
        }
    }
}
