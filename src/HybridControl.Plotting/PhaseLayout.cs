using HybridControl.Simulation;
using OxyPlot;

namespace HybridControl.Plotting;

/// <summary>Where the parts of a phase portrait lie, in pixels from the upper left corner.</summary>
internal sealed class PhaseLayout
{
    private const double Bottom = 46;
    private const double DefaultWidth = 460;
    private const double TicksApart = 60;

    public PhaseLayout(
        Trajectory run, PhaseCurve curve, (string X, string Y) names, string title, (double Width, double Height) size)
    {
        Height = size.Height > 0 ? size.Height : 430;
        Title = title;
        Curve = curve;
        ModeNames = run.ModeNames;
        Visited = [.. curve.Strokes.Select(stroke => stroke.Mode).Distinct().Order()];
        XRange = PlotRange.Of(curve.Strokes.SelectMany(stroke => stroke.Points.Select(point => point.X)), 0.09);
        YRange = PlotRange.Of(curve.Strokes.SelectMany(stroke => stroke.Points.Select(point => point.Y)), 0.09);
        double right = Visited.Length < 2 ? 20 : 46 + Visited.Max(mode => PlotStyle.WidthOf(ModeNames[mode]));
        double lastNumber = Ticks.Horizontal(XRange.Lowest, XRange.Highest, DefaultWidth, TicksApart).TextWidth / 2;
        right = Math.Max(right, lastNumber + 8);
        double top = title.Length > 0 ? 30 : 10;
        double areaHeight = Math.Max(60, Height - top - Bottom);
        YTicks = new Ticks(YRange.Lowest, YRange.Highest, areaHeight, 36);
        double left = Math.Ceiling(34 + YTicks.TextWidth);
        Width = size.Width > 0 ? size.Width : left + DefaultWidth + right;
        Area = new OxyRect(left, top, Math.Max(60, Math.Round(Width - left - right)), areaHeight);
        XTicks = Ticks.Horizontal(XRange.Lowest, XRange.Highest, Area.Width, TicksApart);
        XTitle = PlotText.WithUnit(names.X, run.UnitOf(names.X), RoomAround(Area.Center.X, Width));
        YTitle = PlotText.WithUnit(names.Y, run.UnitOf(names.Y), RoomAround(Area.Center.Y, Height));
    }

    public double Width { get; }

    public double Height { get; }

    public string Title { get; }

    public string XTitle { get; }

    public string YTitle { get; }

    public PhaseCurve Curve { get; }

    public IReadOnlyList<string> ModeNames { get; }

    /// <summary>Modes in which the curve runs, by number.</summary>
    public int[] Visited { get; }

    public (double Lowest, double Highest) XRange { get; }

    public (double Lowest, double Highest) YRange { get; }

    public Ticks XTicks { get; }

    public Ticks YTicks { get; }

    public OxyRect Area { get; }

    private static double RoomAround(double middle, double length) => (2 * Math.Min(middle, length - middle)) - 8;

    /// <summary>The pixel of a point of the plane.</summary>
    public ScreenPoint PixelOf(DataPoint point) => new(
        Area.Left + ((point.X - XRange.Lowest) / (XRange.Highest - XRange.Lowest) * Area.Width),
        Area.Bottom - ((point.Y - YRange.Lowest) / (YRange.Highest - YRange.Lowest) * Area.Height));
}
