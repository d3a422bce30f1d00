using OxyPlot;

namespace HybridControl.Plotting;

/// <summary>Places the names of guard surfaces beside their lines, where they cover the least.</summary>
internal sealed class PhaseLabels
{
    private const double Size = PlotStyle.TextSize - 1;
    private const int LongestText = 40;
    private readonly PhaseLayout _layout;
    private readonly ScreenPoint[] _curve;
    private readonly List<(OxyRect Box, string Text, bool Upright)> _labels = [];

    public PhaseLabels(PhaseLayout layout, IEnumerable<ScreenPoint> curve)
    {
        _layout = layout;
        _curve = [.. curve];
    }

    /// <summary>Finds a place along a line; there may be none.</summary>
    public void Place(ScreenPoint[] line, string text)
    {
        string label = text.Length > LongestText ? text[..(LongestText - 1)] + "…" : text;
        (OxyRect Box, bool Upright)? best = null;
        int fewest = int.MaxValue;
        foreach ((ScreenPoint point, bool steep) in PointsAlong(line))
        {
            double width = PlotStyle.WidthOf(label, Size);
            (double w, double h) = steep ? (Size + 2, width) : (width, Size + 2);
            foreach (int side in (ReadOnlySpan<int>)[-1, 1])
            {
                double x = point.X + (steep ? side * ((w / 2) + 3) : 0);
                double y = point.Y + (steep ? 0 : side * ((h / 2) + 3));
                var box = new OxyRect(x - (w / 2), y - (h / 2), w, h);
                if (!IsInside(box) || _labels.Exists(other => Overlap(other.Box, box)))
                {
                    continue;
                }

                int covered = _curve.Count(box.Contains);
                if (covered < fewest)
                {
                    fewest = covered;
                    best = (box, steep);
                }
            }
        }

        if (best is { } found)
        {
            _labels.Add((found.Box, label, found.Upright));
        }
    }

    public void Draw(IRenderContext rc)
    {
        foreach ((OxyRect box, string text, bool upright) in _labels)
        {
            rc.Box(box.Left, box.Top, box.Right, box.Bottom, OxyColor.FromAColor(190, OxyColors.White));
            rc.Text(
                box.Center.X, box.Center.Y, text, HorizontalAlignment.Center, Size, rotation: upright ? -90 : 0);
        }
    }

    /// <summary>Points along a line from its end to its start, and whether the line is steep there.</summary>
    private static IEnumerable<(ScreenPoint Point, bool Steep)> PointsAlong(ScreenPoint[] line)
    {
        for (int i = line.Length - 1; i > 0; i--)
        {
            (ScreenPoint a, ScreenPoint b) = (line[i], line[i - 1]);
            bool steep = Math.Abs(a.Y - b.Y) > Math.Abs(a.X - b.X);
            int parts = 1 + (int)(a.DistanceTo(b) / 8);
            for (int k = 0; k < parts; k++)
            {
                yield return (a + ((b - a) * ((k + 0.5) / parts)), steep);
            }
        }
    }

    private static bool Overlap(OxyRect a, OxyRect b) =>
        a.Left < b.Right && b.Left < a.Right && a.Top < b.Bottom && b.Top < a.Bottom;

    private bool IsInside(OxyRect box) =>
        box.Left > _layout.Area.Left + 2 && box.Right < _layout.Area.Right - 2 &&
        box.Top > _layout.Area.Top + 2 && box.Bottom < _layout.Area.Bottom - 2;
}
