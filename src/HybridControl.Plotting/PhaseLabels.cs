using OxyPlot;

namespace HybridControl.Plotting;

/// <summary>Places the names of guard surfaces beside their lines, where they cover the least.</summary>
internal sealed class PhaseLabels
{
    private const double Size = PlotStyle.TextSize - 1;
    private const int LongestText = 40;
    private readonly PhaseLayout _layout;
    private readonly ScreenPoint[] _curve;
    private readonly List<ScreenPoint> _guards = [];
    private readonly List<(OxyRect Box, string Text, bool Upright)> _labels = [];

    public PhaseLabels(PhaseLayout layout, IEnumerable<ScreenPoint[]> curve)
    {
        _layout = layout;
        _curve = [.. curve.SelectMany(stroke => PointsAlong(stroke, 4).Select(at => at.Point))];
    }

    /// <summary>Tells where a guard surface runs, so that no name covers it.</summary>
    public void Avoid(ScreenPoint[] line) => _guards.AddRange(PointsAlong(line, 4).Select(at => at.Point));

    /// <summary>Finds a place along a line; there may be none.</summary>
    public void Place(ScreenPoint[] line, string text)
    {
        string label = text.Length > LongestText ? text[..(LongestText - 1)] + "…" : text;
        (OxyRect Box, bool Upright)? best = null;
        int fewest = int.MaxValue;
        double length = PlotStyle.WidthOf(label, Size);
        foreach ((ScreenPoint point, ScreenVector way) in PointsAlong(line, 8))
        {
            bool steep = Math.Abs(way.Y) > 4 * Math.Abs(way.X);
            bool oblique = !steep && Math.Abs(way.Y) > Math.Abs(way.X);
            (double w, double h) = steep ? (Size + 2, length) : (length, Size + 2);
            foreach (int side in (ReadOnlySpan<int>)[-1, 1])
            {
                double x = point.X + (steep || oblique ? side * ((w / 2) + (oblique ? 8 : 3)) : 0);
                double y = point.Y + (steep || oblique ? 0 : side * ((h / 2) + 3));
                var box = new OxyRect(x - (w / 2), y - (h / 2), w, h);
                if (!IsInside(box) || _labels.Exists(other => Overlap(other.Box, box)))
                {
                    continue;
                }

                int covered = _curve.Count(box.Contains) + (3 * _guards.Count(box.Contains));
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

    /// <summary>Points along a line from its end to its start, at most some pixels apart, and the way the line goes there.</summary>
    private static IEnumerable<(ScreenPoint Point, ScreenVector Way)> PointsAlong(ScreenPoint[] line, double apart)
    {
        for (int i = line.Length - 1; i > 0; i--)
        {
            (ScreenPoint a, ScreenPoint b) = (line[i], line[i - 1]);
            int parts = 1 + (int)(a.DistanceTo(b) / apart);
            for (int k = 0; k < parts; k++)
            {
                yield return (a + ((b - a) * ((k + 0.5) / parts)), b - a);
            }
        }
    }

    private static bool Overlap(OxyRect a, OxyRect b) =>
        a.Left < b.Right && b.Left < a.Right && a.Top < b.Bottom && b.Top < a.Bottom;

    private bool IsInside(OxyRect box) =>
        box.Left > _layout.Area.Left + 2 && box.Right < _layout.Area.Right - 2 &&
        box.Top > _layout.Area.Top + 2 && box.Bottom < _layout.Area.Bottom - 2;
}
