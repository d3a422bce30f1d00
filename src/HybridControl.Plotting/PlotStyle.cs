using OxyPlot;

namespace HybridControl.Plotting;

/// <summary>Colours, fonts and line widths of every plot.</summary>
/// <remarks>Colours: M. Okabe and K. Ito, "Color universal design" (2008), distinct for colour-blind readers.</remarks>
internal static class PlotStyle
{
    public const string Font = "Helvetica, Arial, sans-serif";
    public const double TextSize = 11;
    public const double TitleSize = 13;
    public const double CurveWidth = 1.3;

    public static readonly OxyColor Ink = OxyColor.FromRgb(0x22, 0x22, 0x22);
    public static readonly OxyColor Frame = OxyColor.FromRgb(0x55, 0x55, 0x55);
    public static readonly OxyColor Quiet = OxyColor.FromRgb(0x77, 0x77, 0x77);
    public static readonly OxyColor Guard = OxyColor.FromRgb(0xC4, 0xC4, 0xC4);

    /// <summary>Dashes of a jump, dark enough to show on a guard.</summary>
    public static readonly OxyColor Jump = OxyColor.FromRgb(0x2A, 0x2A, 0x2A);

    /// <summary>Dashes of a jump among many.</summary>
    public static readonly OxyColor CrowdedJump = OxyColor.FromRgb(0x94, 0x94, 0x94);

    private static readonly OxyColor[] CurveColors =
    [
        OxyColor.FromRgb(0x00, 0x72, 0xB2), OxyColor.FromRgb(0xD5, 0x5E, 0x00), OxyColor.FromRgb(0x00, 0x9E, 0x73),
        OxyColor.FromRgb(0xCC, 0x79, 0xA7), OxyColor.FromRgb(0x22, 0x22, 0x22), OxyColor.FromRgb(0xE6, 0x9F, 0x00),
        OxyColor.FromRgb(0x56, 0xB4, 0xE9),
    ];

    private static readonly OxyColor[] ModeColors =
    [
        OxyColor.FromRgb(0x00, 0x72, 0xB2), OxyColor.FromRgb(0xE6, 0x9F, 0x00), OxyColor.FromRgb(0x00, 0x9E, 0x73),
        OxyColor.FromRgb(0xCC, 0x79, 0xA7), OxyColor.FromRgb(0xD5, 0x5E, 0x00), OxyColor.FromRgb(0x56, 0xB4, 0xE9),
        OxyColor.FromRgb(0x88, 0x88, 0x88), OxyColor.FromRgb(0xD8, 0xC8, 0x20),
    ];

    /// <summary>Colour of the n-th curve of a panel.</summary>
    public static OxyColor CurveColor(int n) => CurveColors[n % CurveColors.Length];

    /// <summary>Colour of a curve where it jumps too often to be resolved.</summary>
    public static OxyColor DenseColor(int n) => Tint(CurveColor(n), 0.5);

    /// <summary>Dashes of the n-th curve of a panel: solid until the colours are used up.</summary>
    public static LineStyle CurveDashes(int n) => (n / CurveColors.Length % 3) switch
    {
        0 => LineStyle.Solid,
        1 => LineStyle.Dash,
        _ => LineStyle.Dot,
    };

    /// <summary>Colour of the n-th mode for lines.</summary>
    public static OxyColor ModeColor(int n) => Darken(ModeColors[n % ModeColors.Length], n / ModeColors.Length);

    /// <summary>Colour of the n-th mode for names and swatches.</summary>
    public static OxyColor ModeSwatch(int n) => Tint(ModeColor(n), 0.38);

    /// <summary>Colour of the n-th mode behind curves.</summary>
    public static OxyColor ModeShade(int n) => Tint(ModeColor(n), 0.11);

    /// <summary>An upper estimate of the width of a text in pixels, good for the wider of the common sans fonts.</summary>
    public static double WidthOf(string text, double size = TextSize)
    {
        double ems = 0;
        foreach (char c in text)
        {
            ems += c switch
            {
                'i' or 'j' or 'l' or '.' or ',' or ':' or ';' or '|' or '\'' or '(' or ')' or '[' or ']' or ' ' => 0.36,
                'f' or 'r' or 't' or '-' => 0.43,
                '…' => 1.0,
                'm' or 'w' or 'M' or 'W' or '@' => 0.95,
                _ => char.IsAsciiLetterUpper(c) ? 0.72 : 0.62,
            };
        }

        return ems * size;
    }

    private static OxyColor Tint(OxyColor color, double share) => OxyColor.Interpolate(OxyColors.White, color, share);

    private static OxyColor Darken(OxyColor color, int steps) =>
        OxyColor.Interpolate(color, OxyColors.Black, Math.Min(0.6, 0.3 * steps));
}
