using OxyPlot;

namespace HybridControl.Plotting;

/// <summary>Curves and regions over two axes, each linear or logarithmic.</summary>
internal sealed class CurvePlotChart : Chart
{
    private const double Width = 520;
    private const double Height = 340;
    private const double MarkRadius = 2.6;

    private readonly List<(PlotCurve Curve, double[] X, double[] Y, int Color)> _curves = [];

    public CurvePlotChart(
        (string Name, string Unit) x,
        (string Name, string Unit) y,
        (bool X, bool Y) logarithmic,
        IEnumerable<PlotCurve> curves,
        (double Left, double Right, double Bottom, double Top)? frame)
    {
        (X, Y, AreDecades) = (x, y, logarithmic);
        int color = -1;
        foreach (PlotCurve curve in curves)
        {
            color += curve.Style != PlotCurveStyle.Guide && (curve.Name.Length > 0 || color < 0) ? 1 : 0;
            _curves.Add((curve, Scaled(curve.X, logarithmic.X), Scaled(curve.Y, logarithmic.Y), Math.Max(0, color)));
        }

        if (frame is { } given)
        {
            (XRange, YRange) = ((given.Left, given.Right), (given.Bottom, given.Top));
            Area = (Width, Width * (given.Top - given.Bottom) / (given.Right - given.Left));
        }
        else
        {
            XRange = PlotRange.Of(_curves.SelectMany(curve => curve.X));
            YRange = PlotRange.Of(_curves.SelectMany(curve => curve.Y));
            Area = (Width, Height);
        }
    }

    public override (double Lowest, double Highest) XRange { get; }

    public override (double Lowest, double Highest) YRange { get; }

    public override (string Name, string Unit) X { get; }

    public override (string Name, string Unit) Y { get; }

    public override (bool X, bool Y) AreDecades { get; }

    public override string Title => "";

    public override (double Width, double Height) Area { get; }

    public override IReadOnlyList<LegendEntry> Legend =>
    [
        .. _curves.Where(entry => entry.Curve.Name.Length > 0).Select(entry => new LegendEntry(
            entry.Curve.Name, ColorOf(entry.Curve.Style, entry.Color), MarkOf(entry.Curve.Style, entry.Color))),
    ];

    public override void Draw(IRenderContext rc, ChartLayout layout)
    {
        if (!AreDecades.X && XRange.Lowest < 0 && XRange.Highest > 0)
        {
            rc.Line(layout.PixelX(0), layout.Area.Top, layout.PixelX(0), layout.Area.Bottom, PlotStyle.Guard, 0.75);
        }

        if (!AreDecades.Y && YRange.Lowest < 0 && YRange.Highest > 0)
        {
            rc.Line(layout.Area.Left, layout.PixelY(0), layout.Area.Right, layout.PixelY(0), PlotStyle.Guard, 0.75);
        }

        foreach ((PlotCurve curve, double[] x, double[] y, int color) in _curves)
        {
            Draw(rc, layout, curve.Style, x, y, color);
        }
    }

    private static void Draw(IRenderContext rc, ChartLayout layout, PlotCurveStyle style, double[] x, double[] y, int color)
    {
        foreach (List<ScreenPoint> piece in Pieces(layout, x, y))
        {
            switch (style)
            {
                case PlotCurveStyle.Region:
                    rc.Area(piece, PlotStyle.CurveBand(color));
                    rc.Curve([.. piece, piece[0]], PlotStyle.CurveColor(color), 1);
                    break;
                case PlotCurveStyle.Guide:
                    rc.Curve(piece, PlotStyle.Quiet, 0.75);
                    break;
                default:
                    rc.DrawLine(
                        piece, PlotStyle.CurveColor(color), PlotStyle.CurveWidth, EdgeRenderingMode.PreferGeometricAccuracy,
                        PlotStyle.CurveDashes(color).GetDashArray(), LineJoin.Round);
                    break;
            }

            if (style == PlotCurveStyle.Marked)
            {
                foreach (ScreenPoint point in piece)
                {
                    OxyColor fill = IsFirstRound(color) ? PlotStyle.CurveColor(color) : OxyColors.White;
                    rc.Disc(point.X, point.Y, MarkRadius, fill, PlotStyle.CurveColor(color));
                }
            }
        }
    }

    private static List<List<ScreenPoint>> Pieces(ChartLayout layout, double[] x, double[] y)
    {
        List<List<ScreenPoint>> pieces = [];
        bool isOpen = false;
        for (int i = 0; i < x.Length; i++)
        {
            bool isPoint = double.IsFinite(x[i]) && double.IsFinite(y[i]);
            if (isPoint && !isOpen)
            {
                pieces.Add([]);
            }

            if (isPoint)
            {
                pieces[^1].Add(layout.PixelOf(x[i], y[i]));
            }

            isOpen = isPoint;
        }

        return pieces;
    }

    private static double[] Scaled(double[] values, bool isLogarithmic) =>
        isLogarithmic ? [.. values.Select(value => value > 0.0 ? Math.Log10(value) : double.NaN)] : values;

    private static OxyColor ColorOf(PlotCurveStyle style, int color) =>
        style == PlotCurveStyle.Guide ? PlotStyle.Quiet : style == PlotCurveStyle.Region ? PlotStyle.CurveBand(color) : PlotStyle.CurveColor(color);

    // Rings and dashes where the colours are used up.
    private static bool IsFirstRound(int color) => PlotStyle.CurveDashes(color) == LineStyle.Solid;

    private static LegendMark MarkOf(PlotCurveStyle style, int color) => style switch
    {
        PlotCurveStyle.Region => LegendMark.Area,
        PlotCurveStyle.Marked => IsFirstRound(color) ? LegendMark.Disc : LegendMark.Ring,
        _ => LegendMark.Line,
    };
}
