using OxyPlot;

namespace HybridControl.Plotting;

/// <summary>Turns a picture into SVG text.</summary>
internal static class SvgOutput
{
    public static string Render(Picture picture)
    {
        var exporter = new SvgExporter { Width = picture.Width, Height = picture.Height, UseVerticalTextAlignmentWorkaround = true };
        return exporter.ExportToString(picture.Model);
    }

    /// <exception cref="ArgumentOutOfRangeException">A side is too small for axes, or absurdly large.</exception>
    public static void CheckSize(double width, double height)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 200);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 150);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(width, 20_000);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(height, 20_000);
    }
}
