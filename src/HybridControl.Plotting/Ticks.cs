namespace HybridControl.Plotting;

/// <summary>The ticks of an axis: steps of 1, 2 or 5 times a power of ten.</summary>
internal sealed class Ticks
{
    private const double NumberGap = 8;

    /// <summary>The largest step of a horizontal axis as a share of its range: beyond it a single number is left.</summary>
    private const double MostStretch = 2;

    private readonly bool _areDecades;

    /// <param name="lowest">Value at the start of the axis.</param>
    /// <param name="highest">Value at its end.</param>
    /// <param name="length">Length of the axis in pixels.</param>
    /// <param name="apart">The least distance of ticks in pixels.</param>
    /// <param name="widest">The largest step as a share of the range.</param>
    /// <param name="areDecades">Whether values are exponents of ten; then ticks are at whole ones.</param>
    public Ticks(double lowest, double highest, double length, double apart, double widest = 0.5, bool areDecades = false)
    {
        (Lowest, Highest, _areDecades) = (lowest, highest, areDecades);
        double least = (highest - lowest) * Math.Min(widest, apart / length);
        double power = Math.Pow(10, Math.Floor(Math.Log10(least)));
        double step = power * ((least / power) switch { <= 1 => 1, <= 2 => 2, <= 5 => 5, _ => 10 });
        Step = areDecades ? Math.Max(1.0, Math.Round(step)) : step;
    }

    /// <summary>Ticks of a horizontal axis, far enough apart that no number touches the next.</summary>
    /// <param name="lowest">Value at the start of the axis.</param>
    /// <param name="highest">Value at its end.</param>
    /// <param name="length">Length of the axis in pixels.</param>
    /// <param name="apart">The least distance of ticks in pixels.</param>
    /// <param name="areDecades">Whether values are exponents of ten.</param>
    public static Ticks Horizontal(double lowest, double highest, double length, double apart, bool areDecades = false)
    {
        var ticks = new Ticks(lowest, highest, length, apart, areDecades: areDecades);
        for (double step = apart; step < MostStretch * length; step *= 1.25)
        {
            if (length * ticks.Step / (highest - lowest) >= ticks.TextWidth + NumberGap)
            {
                break;
            }

            ticks = new Ticks(lowest, highest, length, step * 1.25, MostStretch, areDecades);
        }

        return ticks;
    }

    public double Lowest { get; }

    public double Highest { get; }

    /// <summary>Distance of two ticks.</summary>
    public double Step { get; }

    /// <summary>Width in pixels that the widest number needs.</summary>
    public double TextWidth => Math.Max(
        PlotStyle.WidthOf(Text(Math.Ceiling(Lowest / Step) * Step)), PlotStyle.WidthOf(Text(Math.Floor(Highest / Step) * Step)));

    /// <summary>The number at a tick.</summary>
    public string Text(double value) => _areDecades ? PlotText.Decade(value) : PlotText.Tick(value, Step, Math.Max(Math.Abs(Lowest), Math.Abs(Highest)));
}
