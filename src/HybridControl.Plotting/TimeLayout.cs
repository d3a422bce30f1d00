using HybridControl.Simulation;
using OxyPlot;

namespace HybridControl.Plotting;

/// <summary>Where the parts of a time plot lie, in pixels from the upper left corner.</summary>
internal sealed class TimeLayout
{
    public const double StripHeight = 16;
    public const double LegendRow = 17;
    private const double Bottom = 46;
    private const double TimeTicksApart = 70;
    private const double PanelGap = 14;

    /// <summary>The first and last time drawn.</summary>
    public required (double From, double To) Time { get; init; }

    /// <summary>Panels from top to bottom.</summary>
    public required List<Panel> Panels { get; init; }

    /// <summary>The modes over time; empty where modes are not shaded.</summary>
    public required List<ModeBand> Bands { get; init; }

    /// <summary>Names of modes, by number.</summary>
    public required IReadOnlyList<string> ModeNames { get; init; }

    /// <summary>Title; empty for none.</summary>
    public required string Title { get; init; }

    /// <summary>Width of the picture.</summary>
    public double Width { get; private set; }

    /// <summary>Height of the picture.</summary>
    public double Height { get; private set; }

    /// <summary>The area of all panels.</summary>
    public OxyRect Area { get; private set; }

    /// <summary>Rows of the legend of modes: number of the mode and left edge.</summary>
    public List<List<(int Mode, double X)>> Legend { get; } = [];

    /// <summary>Top of the first row of the legend.</summary>
    public double LegendTop => Title.Length > 0 ? 32 : 10;

    /// <summary>The length in pixels that the title of a panel's axis may have: up to the next panel or the edge.</summary>
    public double RoomBeside(Panel panel) => Panels.Count > 1
        ? panel.Box.Height + PanelGap - 4
        : (2 * Math.Min(panel.Box.Center.Y, Height - panel.Box.Center.Y)) - 8;

    /// <summary>The ticks of the time axis.</summary>
    public Ticks TimeTicks => Ticks.Horizontal(Time.From, Time.To, Area.Width, TimeTicksApart);

    /// <summary>Seconds for each pixel.</summary>
    public double SecondsPerPixel => (Time.To - Time.From) / Area.Width;

    /// <summary>The pixel of a time.</summary>
    public double X(double time) => Area.Left + ((time - Time.From) / (Time.To - Time.From) * Area.Width);

    /// <summary>Places everything; a size of zero is chosen to suit.</summary>
    public void Arrange(double width, double height)
    {
        Width = width > 0 ? width : 720;

        // The left margin depends on the ticks, which depend on the heights: a second pass settles it.
        Place(60, height);
        Place(Math.Ceiling(34 + Panels.Max(panel => panel.Ticks.TextWidth)), height);
    }

    /// <summary>Whether the name of a mode fits into its band above the panels.</summary>
    public bool Fits(ModeBand band) =>
        X(band.End) - X(band.Start) >= PlotStyle.WidthOf(ModeNames[band.Mode], PlotStyle.TextSize - 1) + 4;

    private void Place(double left, double height)
    {
        double lastNumber = (Ticks.Horizontal(Time.From, Time.To, Width, TimeTicksApart).TextWidth / 2) + 8;
        double right = Math.Max(lastNumber, Panels.Max(LegendWidth));
        double areaWidth = Math.Max(60, Math.Round(Width - left - right));
        Area = new OxyRect(left, 0, areaWidth, 1);
        Legend.Clear();
        PlaceLegend();
        double top = LegendTop + (Legend.Count * LegendRow) + (Bands.Count > 0 ? StripHeight + 3 : 2);
        double each = Panels.Count switch { 1 => 260, 2 => 170, _ => 130 };
        double wanted = Panels.Sum(panel => Math.Max(each, Math.Min(20, panel.Curves.Count) * LegendRow));
        Height = height > 0 ? height : Math.Ceiling(top + Bottom + wanted + ((Panels.Count - 1) * PanelGap));

        Area = new OxyRect(left, top, areaWidth, Math.Max(40, Height - top - Bottom));
        double free = Math.Max(8 * Panels.Count, Area.Height - ((Panels.Count - 1) * PanelGap));
        double y = top;
        foreach (Panel panel in Panels)
        {
            double share = free * Math.Max(each, Math.Min(20, panel.Curves.Count) * LegendRow) / wanted;
            panel.Box = new OxyRect(left, y, areaWidth, share);
            y += share + PanelGap;
        }
    }

    private static double LegendWidth(Panel panel) =>
        panel.Curves.Count < 2 && panel.Heading is null ? 20 : 46 + panel.Curves.Max(curve => PlotStyle.WidthOf(curve.Name));

    /// <summary>Lists the modes when at least one of them has no band wide enough for its name.</summary>
    private void PlaceLegend()
    {
        HashSet<int> named = [.. Bands.Where(Fits).Select(band => band.Mode)];
        int[] visited = [.. Bands.Select(band => band.Mode).Distinct().Order()];
        if (visited.All(named.Contains))
        {
            return;
        }

        double x = double.PositiveInfinity;
        foreach (int mode in visited)
        {
            double needs = 34 + PlotStyle.WidthOf(ModeNames[mode]);
            if (x + needs > Area.Right + 16)
            {
                Legend.Add([]);
                x = Area.Left;
            }

            Legend[^1].Add((mode, x));
            x += needs;
        }
    }
}
