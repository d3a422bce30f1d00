using OxyPlot;

namespace HybridControl.Plotting;

/// <summary>Draws modes over time: a soft colour behind the curves, a strip with names above them, a legend if names do not fit.</summary>
internal static class ModeShading
{
    /// <summary>Bands narrower than this, in pixels, are blended with their neighbours.</summary>
    private const double Finest = 2;

    /// <summary>Width of blended stripes, in pixels.</summary>
    private const double Blended = 4;

    public static void DrawShades(IRenderContext rc, TimeLayout layout)
    {
        foreach ((double left, double right, OxyColor color) in Stripes(layout, PlotStyle.ModeShade))
        {
            rc.Box(left, layout.Area.Top, right, layout.Area.Bottom, color);
        }

        for (int i = 1; i < layout.Panels.Count; i++)
        {
            rc.Box(
                layout.Area.Left, layout.Panels[i - 1].Box.Bottom, layout.Area.Right, layout.Panels[i].Box.Top, OxyColors.White);
        }
    }

    public static void DrawNames(IRenderContext rc, TimeLayout layout)
    {
        if (layout.Bands.Count == 0)
        {
            return;
        }

        double bottom = layout.Area.Top - 2;
        double top = bottom - TimeLayout.StripHeight;
        foreach ((double left, double right, OxyColor color) in Stripes(layout, PlotStyle.ModeSwatch))
        {
            rc.Box(left, top, right, bottom, color);
        }

        foreach (ModeBand band in layout.Bands.Where(layout.Fits))
        {
            double middle = (layout.X(band.Start) + layout.X(band.End)) / 2;
            rc.Text(
                middle, (top + bottom) / 2, layout.ModeNames[band.Mode], HorizontalAlignment.Center, PlotStyle.TextSize - 1);
        }

        double row = layout.LegendTop;
        foreach (List<(int Mode, double X)> entries in layout.Legend)
        {
            foreach ((int mode, double x) in entries)
            {
                rc.Box(x, row, x + 12, row + 10, PlotStyle.ModeSwatch(mode));
                rc.Text(x + 17, row + 5, layout.ModeNames[mode]);
            }

            row += TimeLayout.LegendRow;
        }
    }

    /// <summary>Bands on whole pixels, so that neighbours meet without a seam; what is too narrow to see is blended.</summary>
    private static IEnumerable<(double Left, double Right, OxyColor Color)> Stripes(TimeLayout layout, Func<int, OxyColor> colorOf)
    {
        double drawn = layout.Area.Left;
        (double width, double red, double green, double blue) = (0, 0, 0, 0);
        for (int i = 0; i < layout.Bands.Count; i++)
        {
            ModeBand band = layout.Bands[i];
            double share = Math.Max(1e-9, layout.X(band.End) - layout.X(band.Start));
            OxyColor color = colorOf(band.Mode);
            bool wide = share >= Finest;
            width += share;
            red += share * color.R;
            green += share * color.G;
            blue += share * color.B;

            double right = Math.Round(layout.X(band.End));
            bool nextIsWide = i + 1 == layout.Bands.Count ||
                layout.X(layout.Bands[i + 1].End) - layout.X(layout.Bands[i + 1].Start) >= Finest;
            if (right > drawn && (wide || nextIsWide || right - drawn >= Blended))
            {
                var blend = OxyColor.FromRgb((byte)(red / width), (byte)(green / width), (byte)(blue / width));
                yield return (drawn, right, wide ? color : blend);
                drawn = right;
                (width, red, green, blue) = (0, 0, 0, 0);
            }
        }
    }
}
