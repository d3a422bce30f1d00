using System.Globalization;
using System.Text;

namespace HybridControl.Plotting;

/// <summary>Numbers, units and axis titles as they stand in a plot.</summary>
internal static class PlotText
{
    private const string Superscripts = "⁰¹²³⁴⁵⁶⁷⁸⁹";

    /// <summary>A name with its unit: "h [m]".</summary>
    public static string WithUnit(string name, string unit) => (name, unit) switch
    {
        (_, "") => name,
        ("", _) => $"[{Unit(unit)}]",
        _ => $"{name} [{Unit(unit)}]",
    };

    /// <summary>A name with its unit, the name shortened where both together are wider than there is room.</summary>
    /// <param name="name">The name; may be empty.</param>
    /// <param name="unit">The unit; may be empty.</param>
    /// <param name="room">Width in pixels.</param>
    public static string WithUnit(string name, string unit, double room)
    {
        string full = WithUnit(name, unit);
        if (name.Length == 0 || unit.Length == 0 || PlotStyle.WidthOf(full) <= room)
        {
            return Shorten(full, room);
        }

        string tail = WithUnit("", unit);
        return Shorten(WithUnit(Shorten(name, room - PlotStyle.WidthOf(" " + tail)), unit), room);
    }

    /// <summary>A text as it is, or with an ellipsis in place of what exceeds the room.</summary>
    /// <param name="text">The text.</param>
    /// <param name="room">Width in pixels.</param>
    /// <param name="size">Size of the text in pixels.</param>
    public static string Shorten(string text, double room, double size = PlotStyle.TextSize)
    {
        if (PlotStyle.WidthOf(text, size) <= room)
        {
            return text;
        }

        int length = text.Length - 1;
        while (length > 0 && PlotStyle.WidthOf(Cut(length), size) > room)
        {
            length--;
        }

        return Cut(length);

        string Cut(int count)
        {
            int whole = count > 0 && char.IsHighSurrogate(text[count - 1]) ? count - 1 : count;
            return text[..whole].TrimEnd() + "…";
        }
    }

    /// <summary>A unit in print: "m/s^2" becomes "m/s²", "degC" becomes "°C".</summary>
    public static string Unit(string unit)
    {
        var text = new StringBuilder();
        bool raised = false;
        foreach (char c in unit.Replace("degC", "°C", StringComparison.Ordinal).Replace('*', '·'))
        {
            raised = c == '^' || (raised && (char.IsAsciiDigit(c) || c == '-'));
            if (c != '^')
            {
                text.Append(raised ? Raise(c) : c);
            }
        }

        return text.ToString();
    }

    /// <summary>A formula in print: with the signs of mathematics instead of those of a keyboard.</summary>
    public static string Formula(string text) => text
        .Replace("<=", "≤", StringComparison.Ordinal)
        .Replace(">=", "≥", StringComparison.Ordinal)
        .Replace(" * ", "·", StringComparison.Ordinal);

    /// <summary>The number at a tick of an axis, with as many digits as its step needs.</summary>
    /// <param name="value">The number.</param>
    /// <param name="step">Distance of two ticks.</param>
    /// <param name="largest">Largest magnitude on the axis.</param>
    public static string Tick(double value, double step, double largest)
    {
        if (Math.Abs(value) < 1e-9 * step)
        {
            return "0";
        }

        if (largest is < 1e5 and >= 1e-3)
        {
            return Fixed(value, step);
        }

        int exponent = (int)Math.Floor(Math.Log10(largest));
        double scale = Math.Pow(10, exponent);
        return Fixed(value / scale, step / scale) + "·10" + string.Concat(
            exponent.ToString(CultureInfo.InvariantCulture).Select(Raise));
    }

    /// <summary>A power of ten at a tick of a logarithmic axis.</summary>
    /// <param name="exponent">The exponent, rounded to a whole number.</param>
    public static string Decade(double exponent) =>
        "10" + string.Concat(((long)Math.Round(exponent)).ToString(CultureInfo.InvariantCulture).Select(Raise));

    private static string Fixed(double value, double step)
    {
        int digits = 0;
        for (double scaled = step; digits < 10 && Math.Abs(scaled - Math.Round(scaled)) > 1e-6 * step; digits++)
        {
            scaled = step * Math.Pow(10, digits + 1);
        }

        return value.ToString("F" + digits.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture)
            .Replace('-', '−');
    }

    private static char Raise(char c) => c == '-' ? '⁻' : Superscripts[c - '0'];
}
