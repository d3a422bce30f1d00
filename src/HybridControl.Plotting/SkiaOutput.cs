using HybridControl.Diagnostics;
using OxyPlot;
using OxyPlot.SkiaSharp;
using SkiaSharp;

namespace HybridControl.Plotting;

/// <summary>Renders pictures with Skia: pixels, or a page. Letters need a font that is installed; text of an SVG does not.</summary>
internal static class SkiaOutput
{
    private const double UnitsPerInch = 96.0;
    private const double PointsPerInch = 72.0;
    private const double MostPixels = 1e8;

    /// <exception cref="ModelException">There is no font, Skia is missing, or the picture has too many pixels.</exception>
    public static byte[] Png(string path, Func<Picture> draw, double dpi)
    {
        RequireFont(path, SKFontManager.Default.FontFamilyCount);
        Picture picture = draw();
        double scale = dpi / UnitsPerInch;
        (double width, double height) = (Math.Ceiling(picture.Width * scale), Math.Ceiling(picture.Height * scale));
        if (width * height > MostPixels)
        {
            throw new ModelException(
                path, FormattableString.Invariant($"the picture would have {width} by {height} pixels"), "Ask for a smaller size or fewer dpi.");
        }

        return Export(new PngExporter { Width = (int)width, Height = (int)height, Dpi = (float)dpi }, picture.Model);
    }

    /// <exception cref="ModelException">There is no font, or Skia is missing.</exception>
    public static byte[] Pdf(string path, Func<Picture> draw)
    {
        RequireFont(path, SKFontManager.Default.FontFamilyCount);
        Picture picture = draw();
        const double Scale = PointsPerInch / UnitsPerInch;
        return Export(
            new OxyPlot.SkiaSharp.PdfExporter { Width = (float)(picture.Width * Scale), Height = (float)(picture.Height * Scale) }, picture.Model);
    }

    /// <summary>Refuses to draw letters where no font is installed.</summary>
    /// <exception cref="ModelException">There is none.</exception>
    internal static void RequireFont(string path, int families)
    {
        if (families == 0)
        {
            throw new ModelException(
                path,
                "this machine has no fonts, which PNG and PDF need for their text",
                "Install one (in a container for instance the package fonts-dejavu-core or fonts-liberation), or save as .svg, which needs none.");
        }
    }

    private static byte[] Export(IExporter exporter, PlotModel model)
    {
        using var stream = new MemoryStream();
        exporter.Export(model, stream);
        return stream.ToArray();
    }
}
