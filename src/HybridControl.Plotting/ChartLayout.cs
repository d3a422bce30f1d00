using OxyPlot;

namespace HybridControl.Plotting;

/// <summary>Where the parts of a chart lie, in pixels from the upper left corner.</summary>
internal sealed class ChartLayout
{
    private const double Bottom = 46;
    private const double LongestRowName = 220;

    public ChartLayout(Chart chart, string title, (double Width, double Height) size)
    {
        Title = title;
        (XRange, YRange) = (chart.XRange, chart.YRange);
        double legend = chart.Legend.Count == 0 ? 0 : 46 + chart.Legend.Max(entry => PlotStyle.WidthOf(entry.Name));
        double right = Math.Max(Math.Max(20, legend), (Ticks.Horizontal(XRange.Lowest, XRange.Highest, chart.Area.Width, 60, chart.AreDecades.X).TextWidth / 2) + 8);
        double top = title.Length > 0 ? 30 : 10;
        Height = size.Height > 0 ? size.Height : top + chart.Area.Height + Bottom;
        double areaHeight = Math.Max(60, Height - top - Bottom);
        YTicks = new Ticks(YRange.Lowest, YRange.Highest, areaHeight, 30, areDecades: chart.AreDecades.Y);
        double names = chart.Rows.Count == 0 ? YTicks.TextWidth : Math.Min(LongestRowName, chart.Rows.Max(name => PlotStyle.WidthOf(name)));
        double left = Math.Ceiling((chart.Rows.Count == 0 ? 34 : 18) + names);
        Width = size.Width > 0 ? size.Width : left + chart.Area.Width + right;
        Area = new OxyRect(left, top, Math.Max(60, Math.Round(Width - left - right)), areaHeight);
        XTicks = Ticks.Horizontal(XRange.Lowest, XRange.Highest, Area.Width, 60, chart.AreDecades.X);
        Rows = [.. chart.Rows.Select(name => PlotText.Shorten(name, left - 14))];
        XTitle = PlotText.WithUnit(chart.X.Name, chart.X.Unit, RoomAround(Area.Center.X, Width));
        YTitle = chart.Rows.Count > 0 ? "" : PlotText.WithUnit(chart.Y.Name, chart.Y.Unit, RoomAround(Area.Center.Y, Height));
    }

    /// <summary>A chart in a stack, whose area is given and whose horizontal axis is that of the stack.</summary>
    /// <param name="chart">The chart; without rows.</param>
    /// <param name="area">Its area.</param>
    /// <param name="xRange">Range of the horizontal axis.</param>
    /// <param name="titleRoom">Length in pixels that the title of the vertical axis may have.</param>
    public ChartLayout(Chart chart, OxyRect area, (double Lowest, double Highest) xRange, double titleRoom)
    {
        (Title, Rows, Area, XRange, YRange) = ("", [], area, xRange, chart.YRange);
        (Width, Height) = (area.Right, area.Bottom);
        XTicks = Ticks.Horizontal(xRange.Lowest, xRange.Highest, area.Width, 60);
        YTicks = new Ticks(YRange.Lowest, YRange.Highest, area.Height, Panel.TicksApart);
        XTitle = "";
        YTitle = PlotText.WithUnit(chart.Y.Name, chart.Y.Unit, titleRoom);
    }

    public double Width { get; }

    public double Height { get; }

    public string Title { get; }

    public string XTitle { get; }

    public string YTitle { get; }

    public (double Lowest, double Highest) XRange { get; }

    public (double Lowest, double Highest) YRange { get; }

    public Ticks XTicks { get; }

    public Ticks YTicks { get; }

    /// <summary>Names of the rows, shortened to the room there is.</summary>
    public IReadOnlyList<string> Rows { get; }

    public OxyRect Area { get; }

    /// <summary>Height of a row.</summary>
    public double RowHeight => Area.Height / Rows.Count;

    public double PixelX(double x) => Area.Left + ((x - XRange.Lowest) / (XRange.Highest - XRange.Lowest) * Area.Width);

    public double PixelY(double y) => Area.Bottom - ((y - YRange.Lowest) / (YRange.Highest - YRange.Lowest) * Area.Height);

    public ScreenPoint PixelOf(double x, double y) => new(PixelX(x), PixelY(y));

    /// <summary>The middle of a row.</summary>
    public double PixelRow(int row) => Area.Top + ((row + 0.5) * RowHeight);

    private static double RoomAround(double middle, double length) => (2 * Math.Min(middle, length - middle)) - 8;
}
