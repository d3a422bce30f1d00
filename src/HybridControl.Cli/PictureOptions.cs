using System.CommandLine;
using System.Globalization;

namespace HybridControl.Cli;

/// <summary>The size of a picture and the resolution of a PNG.</summary>
internal sealed class PictureOptions
{
    /// <summary>Extensions that a picture may have.</summary>
    public static readonly string[] Extensions = [".svg", ".png", ".pdf"];

    private readonly Option<(double Width, double Height)?> _size = new("--size")
    {
        Description = "Size of the picture in units of 1/96 inch.",
        HelpName = "WxH",
        CustomParser = result =>
        {
            string[] sides = result.Tokens[0].Value.Split('x');
            if (sides.Length == 2 && TrySide(sides[0], 200.0, out double width) && TrySide(sides[1], 150.0, out double height))
            {
                return (width, height);
            }

            result.AddError($"--size needs a width from 200 and a height from 150, both to 20000, not '{result.Tokens[0].Value}'. Write --size 720x400.");
            return null;
        },
    };

    private readonly Option<double?> _dpi = new("--dpi")
    {
        Description = "Pixels of a .png for each inch, 24 to 1200; 96 by default.",
        HelpName = "number",
        CustomParser = result =>
        {
            if (double.TryParse(result.Tokens[0].Value, NumberStyles.Float, CultureInfo.InvariantCulture, out double dpi) && dpi is >= 24.0 and <= 1200.0)
            {
                return dpi;
            }

            result.AddError($"--dpi needs a number from 24 to 1200, not '{result.Tokens[0].Value}'. Write --dpi 192.");
            return null;
        },
    };

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(_size);
        command.Add(_dpi);
    }

    /// <summary>Reads the options; null for a size that suits the picture.</summary>
    public ((double Width, double Height)? Size, double Dpi) Read(ParseResult parsed) => (parsed.GetValue(_size), parsed.GetValue(_dpi) ?? 96.0);

    private static bool TrySide(string text, double least, out double side) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out side) && side >= least && side <= 20_000.0;
}
