using System.Numerics;
using HybridControl.Diagnostics;

namespace HybridControl.Plotting;

/// <summary>Starts plots of sequence layers and of the linear systems that they are, from plain numbers.</summary>
/// <remarks>Matrices are row-major. What is not finite is left out.</remarks>
public static class LayerPlots
{
    private const double Half = 170;

    /// <summary>A map of poles in the complex plane, with the stability limit.</summary>
    /// <param name="poles">Poles; the conjugate of each is drawn too.</param>
    /// <param name="compared">Poles to compare with, such as those of a Kalman filter; empty for none.</param>
    /// <param name="name">What the legend calls the poles.</param>
    /// <param name="comparedName">What the legend calls the others.</param>
    /// <param name="isDiscrete">Whether the limit is the unit circle; else it is the imaginary axis and the unit is 1/s.</param>
    /// <exception cref="ModelException">There is no finite pole.</exception>
    public static StackedPlot Poles(
        IReadOnlyList<Complex> poles,
        IReadOnlyList<Complex>? compared = null,
        string name = "poles",
        string comparedName = "compared",
        bool isDiscrete = false)
    {
        ArgumentNullException.ThrowIfNull(poles);
        return poles.Any(Complex.IsFinite)
            ? new([new PoleChart(poles, compared ?? [], name, comparedName, isDiscrete)])
            : throw new ModelException("plot of poles", "there is no finite pole", "Give at least one.");
    }

    /// <summary>Gain and phase against frequency.</summary>
    /// <param name="frequencies">Angular frequencies in rad/s, rising; those that are not positive are left out.</param>
    /// <param name="curves">Name, gains in decibels and phases in degrees of each curve, one number for each frequency.</param>
    /// <exception cref="ModelException">There is no curve, or a curve has another number of points.</exception>
    public static StackedPlot Bode(
        IReadOnlyList<double> frequencies, params IReadOnlyList<(string Name, IReadOnlyList<double> Gains, IReadOnlyList<double> Phases)> curves)
    {
        ArgumentNullException.ThrowIfNull(frequencies);
        double[] decades = [.. frequencies.Select(omega => omega > 0 ? Math.Log10(omega) : double.NaN)];
        return new(
        [
            Curves("gain", "dB", Half, [.. curves.Select(curve => (curve.Name, curve.Gains))]),
            Curves("phase", "deg", Half, [.. curves.Select(curve => (curve.Name, curve.Phases))]),
        ]);

        CurvesChart Curves(string quantity, string unit, double height, IReadOnlyList<(string, IReadOnlyList<double>)> values) =>
            CurvesOf("Bode plot", ("log₁₀ ω", "rad/s"), decades, (quantity, unit), values, height);
    }

    /// <summary>Curves over time: step responses, impulse responses, step sizes and gates of selective layers, contributions of modes.</summary>
    /// <param name="times">Times, rising.</param>
    /// <param name="curves">Name and values of each curve, one number for each time.</param>
    /// <param name="quantity">What is drawn.</param>
    /// <param name="unit">Its unit.</param>
    /// <param name="timeName">Name of the horizontal axis.</param>
    /// <param name="timeUnit">Unit of the horizontal axis.</param>
    /// <exception cref="ModelException">There is no curve, or a curve has another number of points.</exception>
    public static StackedPlot Traces(
        IReadOnlyList<double> times,
        IReadOnlyList<(string Name, IReadOnlyList<double> Values)> curves,
        string quantity = "y",
        string unit = "",
        string timeName = "t",
        string timeUnit = "s")
    {
        ArgumentNullException.ThrowIfNull(times);
        ArgumentNullException.ThrowIfNull(curves);
        return new([CurvesOf("plot of traces", (timeName, timeUnit), [.. times], (quantity, unit), curves, 270)]);
    }

    /// <summary>Hidden states over time as colours: blue below zero, red above.</summary>
    /// <param name="values">Tokens by states.</param>
    /// <param name="states">States of a token.</param>
    /// <param name="period">Seconds between tokens; 0 to count tokens.</param>
    /// <exception cref="ModelException">The values do not fill whole tokens.</exception>
    public static StackedPlot States(ReadOnlySpan<double> values, int states, double period = 0)
    {
        int tokens = RowsOf("plot of states", values.Length, states);
        var turned = new double[values.Length];
        for (int t = 0; t < tokens; t++)
        {
            for (int i = 0; i < states; i++)
            {
                turned[(i * tokens) + t] = values[(t * states) + i];
            }
        }

        (string, string) time = period > 0 ? ("t", "s") : ("token", "");
        return new([new HeatChart(turned, states, tokens, isSigned: true, time, ("state", ""), (0, tokens * (period > 0 ? period : 1)))]);
    }

    /// <summary>A map of attention: which earlier tokens (across) each token (upwards) looks at.</summary>
    /// <param name="weights">Queries by keys, not negative.</param>
    /// <param name="keys">Keys of a query.</param>
    /// <exception cref="ModelException">The weights do not fill whole rows.</exception>
    public static StackedPlot Attention(ReadOnlySpan<double> weights, int keys)
    {
        int queries = RowsOf("map of attention", weights.Length, keys);
        return new([new HeatChart(weights.ToArray(), queries, keys, isSigned: false, ("key", ""), ("query", ""), (0, keys))]);
    }

    private static CurvesChart CurvesOf(
        string where,
        (string Name, string Unit) x,
        double[] places,
        (string Name, string Unit) y,
        IReadOnlyList<(string Name, IReadOnlyList<double> Values)> curves,
        double height)
    {
        if (curves.Count == 0)
        {
            throw new ModelException(where, "there is no curve", "Give at least one.");
        }

        foreach ((string name, IReadOnlyList<double> values) in curves)
        {
            if (values.Count != places.Length)
            {
                throw new ModelException($"{where}, {name}", FormattableString.Invariant($"{values.Count} values at {places.Length} places"), "Give one for each.");
            }
        }

        return new(x, places, y, curves, height);
    }

    private static int RowsOf(string where, int count, int width) => width > 0 && count > 0 && count % width == 0
        ? count / width
        : throw new ModelException(where, FormattableString.Invariant($"{count} numbers are no whole rows of {width}"), "Give a full row for each token.");
}
