using OxyPlot;

namespace HybridControl.Plotting;

/// <summary>Short forms of what plots draw: text, lines, boxes, discs.</summary>
internal static class Pen
{
    /// <summary>How much wider bold letters are.</summary>
    private const double BoldWidth = 1.08;

    public static void Text(
        this IRenderContext rc,
        double x,
        double y,
        string text,
        HorizontalAlignment horizontal = HorizontalAlignment.Left,
        double size = PlotStyle.TextSize,
        double weight = FontWeights.Normal,
        double rotation = 0,
        OxyColor? color = null) =>
        rc.DrawText(
            new ScreenPoint(x, y),
            text,
            color ?? PlotStyle.Ink,
            PlotStyle.Font,
            size,
            weight,
            rotation,
            horizontal,
            VerticalAlignment.Middle);

    /// <summary>Writes the title of a picture, shortened where the picture is too narrow for it.</summary>
    public static void Title(this IRenderContext rc, double left, double width, string title) =>
        rc.Text(left, 17, PlotText.Shorten(title, (width - left - 6) / BoldWidth, PlotStyle.TitleSize), size: PlotStyle.TitleSize, weight: FontWeights.Bold);

    /// <summary>Writes the titles of the axes of an area: one below its ticks, one at the left edge of the picture.</summary>
    public static void AxisTitles(this IRenderContext rc, OxyRect area, string x, string y)
    {
        if (x.Length > 0)
        {
            rc.Text(area.Center.X, area.Bottom + 35, x, HorizontalAlignment.Center);
        }

        if (y.Length > 0)
        {
            rc.Text(13, area.Center.Y, y, HorizontalAlignment.Center, rotation: -90);
        }
    }

    public static void Line(
        this IRenderContext rc, double x1, double y1, double x2, double y2, OxyColor color, double width, double[]? dashes = null) =>
        rc.DrawLine(
            [new ScreenPoint(x1, y1), new ScreenPoint(x2, y2)], color, width, EdgeRenderingMode.PreferGeometricAccuracy, dashes);

    public static void Box(this IRenderContext rc, double left, double top, double right, double bottom, OxyColor fill) =>
        rc.DrawRectangle(
            new OxyRect(left, top, Math.Max(0, right - left), Math.Max(0, bottom - top)),
            fill,
            OxyColors.Undefined,
            0,
            EdgeRenderingMode.PreferGeometricAccuracy);

    public static void Outline(this IRenderContext rc, OxyRect box) =>
        rc.DrawRectangle(box, OxyColors.Undefined, PlotStyle.Frame, 0.75, EdgeRenderingMode.PreferGeometricAccuracy);

    public static void Disc(this IRenderContext rc, double x, double y, double radius, OxyColor fill, OxyColor edge) =>
        rc.DrawEllipse(
            new OxyRect(x - radius, y - radius, 2 * radius, 2 * radius),
            fill,
            edge,
            1,
            EdgeRenderingMode.PreferGeometricAccuracy);

    public static void Dot(this IRenderContext rc, double x, double y, double radius, OxyColor fill) =>
        rc.DrawEllipse(
            new OxyRect(x - radius, y - radius, 2 * radius, 2 * radius),
            fill,
            OxyColors.Undefined,
            0,
            EdgeRenderingMode.PreferGeometricAccuracy);

    /// <summary>Fills a polygon.</summary>
    public static void Area(this IRenderContext rc, IList<ScreenPoint> polygon, OxyColor fill) =>
        rc.DrawPolygon(polygon, fill, OxyColors.Undefined, 0, EdgeRenderingMode.PreferGeometricAccuracy);

    /// <summary>Draws a line through points.</summary>
    public static void Curve(this IRenderContext rc, IList<ScreenPoint> points, OxyColor color, double width) =>
        rc.DrawLine(points, color, width, EdgeRenderingMode.PreferGeometricAccuracy, null, LineJoin.Round);
}
