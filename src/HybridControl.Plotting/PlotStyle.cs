using OxyPlot;

namespace HybridControl.Plotting;

/// <summary>Colours, fonts and line widths of every plot.</summary>
/// <remarks>Colours of curves and of the first modes: M. Okabe and K. Ito, "Color universal design" (2008), distinct for colour-blind readers.</remarks>
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

    /// <summary>A single trajectory among many.</summary>
    public static readonly OxyColor Path = OxyColor.FromArgb(150, 0x55, 0x55, 0x55);

    /// <summary>Between the quartiles of an ensemble.</summary>
    public static readonly OxyColor InnerBand = OxyColor.FromRgb(0x8F, 0xC1, 0xE0);

    /// <summary>Between the tails of an ensemble.</summary>
    public static readonly OxyColor OuterBand = OxyColor.FromRgb(0xD3, 0xE6, 0xF2);

    private static readonly OxyColor[] CurveColors =
    [
        OxyColor.FromRgb(0x00, 0x72, 0xB2), OxyColor.FromRgb(0xD5, 0x5E, 0x00), OxyColor.FromRgb(0x00, 0x9E, 0x73),
        OxyColor.FromRgb(0xCC, 0x79, 0xA7), OxyColor.FromRgb(0x22, 0x22, 0x22), OxyColor.FromRgb(0xE6, 0x9F, 0x00),
        OxyColor.FromRgb(0x56, 0xB4, 0xE9),
    ];

    /// <summary>Colours of modes for lines, and as pastels that differ in lightness too and leave dark text legible.</summary>
    private static readonly (OxyColor Line, OxyColor Pastel)[] ModeColors =
    [
        (OxyColor.FromRgb(0x00, 0x72, 0xB2), OxyColor.FromRgb(0xA3, 0xC8, 0xE4)),
        (OxyColor.FromRgb(0xE6, 0x9F, 0x00), OxyColor.FromRgb(0xF8, 0xCE, 0x70)),
        (OxyColor.FromRgb(0x00, 0x9E, 0x73), OxyColor.FromRgb(0x93, 0xD3, 0xBE)),
        (OxyColor.FromRgb(0xCC, 0x79, 0xA7), OxyColor.FromRgb(0xEB, 0xC4, 0xDB)),
        (OxyColor.FromRgb(0xD5, 0x5E, 0x00), OxyColor.FromRgb(0xEE, 0x94, 0x70)),
        (OxyColor.FromRgb(0x56, 0xB4, 0xE9), OxyColor.FromRgb(0xCF, 0xEB, 0xFA)),
        (OxyColor.FromRgb(0x77, 0x77, 0x77), OxyColor.FromRgb(0xB8, 0xB8, 0xB8)),
        (OxyColor.FromRgb(0xC9, 0xB8, 0x00), OxyColor.FromRgb(0xFA, 0xF6, 0xB0)),
        (OxyColor.FromRgb(0x6A, 0x4F, 0xB0), OxyColor.FromRgb(0xB4, 0x9B, 0xE0)),
        (OxyColor.FromRgb(0x6B, 0x8E, 0x23), OxyColor.FromRgb(0xC2, 0xD8, 0x8A)),
        (OxyColor.FromRgb(0x8B, 0x5A, 0x2B), OxyColor.FromRgb(0xB2, 0x94, 0x74)),
        (OxyColor.FromRgb(0x00, 0x7C, 0x8A), OxyColor.FromRgb(0x5F, 0xBF, 0xC9)),
        (OxyColor.FromRgb(0xA6, 0x12, 0x3A), OxyColor.FromRgb(0xE5, 0x8F, 0xA2)),
        (OxyColor.FromRgb(0x3B, 0x4A, 0x54), OxyColor.FromRgb(0x8A, 0x9B, 0xA8)),
    ];

    /// <summary>Colour of the n-th curve of a panel.</summary>
    public static OxyColor CurveColor(int n) => CurveColors[n % CurveColors.Length];

    /// <summary>Colour of a curve where it jumps too often to be resolved.</summary>
    public static OxyColor DenseColor(int n) => Tint(CurveColor(n), 0.5);

    /// <summary>Colour of a band around the n-th curve; bands may overlap.</summary>
    public static OxyColor CurveBand(int n) => OxyColor.FromAColor(70, CurveColor(n));

    /// <summary>Dashes of the n-th curve of a panel: solid until the colours are used up.</summary>
    public static LineStyle CurveDashes(int n) => (n / CurveColors.Length % 3) switch
    {
        0 => LineStyle.Solid,
        1 => LineStyle.Dash,
        _ => LineStyle.Dot,
    };

    /// <summary>Colour of the n-th mode for lines.</summary>
    public static OxyColor ModeColor(int n) => Darken(ModeColors[n % ModeColors.Length].Line, n / ModeColors.Length);

    /// <summary>Colour of the n-th mode for names and swatches.</summary>
    public static OxyColor ModeSwatch(int n) =>
        Tint(ModeColors[n % ModeColors.Length].Pastel, 1 / (1 + (0.5 * (n / ModeColors.Length))));

    /// <summary>Colour of the n-th mode behind curves.</summary>
    public static OxyColor ModeShade(int n) => Tint(ModeSwatch(n), 0.36);

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
