using System.Numerics;

namespace HybridControl.Plotting.Tests;

/// <summary>Plots of layers from made-up numbers.</summary>
internal static class SampleLayers
{
    public static StackedPlot Poles() => LayerPlots.Poles(
        [.. Enumerable.Range(0, 16).Select(n => new Complex(-0.5 - (0.02 * n * n), Math.PI * n))], [new(-2, 3), new(-9, 0)], "layer", "filter");

    public static StackedPlot DiscretePoles() =>
        LayerPlots.Poles([.. Enumerable.Range(0, 9).Select(n => Complex.FromPolarCoordinates(0.97 - (0.01 * n), 0.3 * n))], isDiscrete: true);

    public static StackedPlot Bode()
    {
        double[] omegas = [.. Enumerable.Range(0, 200).Select(k => Math.Pow(10, -2 + (0.02 * k)))];
        (IReadOnlyList<double>, IReadOnlyList<double>) Curve(double damping)
        {
            Complex[] response = [.. omegas.Select(w => 1 / new Complex(1 - (w * w), 2 * damping * w))];
            return ([.. response.Select(z => 20 * Math.Log10(z.Magnitude))], [.. response.Select(z => z.Phase * 180 / Math.PI)]);
        }

        (IReadOnlyList<double> gains, IReadOnlyList<double> phases) = Curve(0.1);
        (IReadOnlyList<double> otherGains, IReadOnlyList<double> otherPhases) = Curve(0.3);
        return LayerPlots.Bode(omegas, ("full", gains, phases), ("reduced", otherGains, otherPhases));
    }

    public static StackedPlot Traces()
    {
        double[] times = [.. Enumerable.Range(0, 3000).Select(k => 0.01 * k)];
        return LayerPlots.Traces(
            times,
            [("mode 0", [.. times.Select(t => Math.Exp(-0.1 * t) * Math.Sin(3 * t))]), ("mode 1", [.. times.Select(t => 1 - Math.Exp(-t))])],
            "contribution");
    }

    public static StackedPlot States(int states, int tokens) =>
        LayerPlots.States([.. Enumerable.Range(0, states * tokens).Select(i => Math.Sin(0.002 * (i / states) * (1 + (i % states))))], states);

    public static StackedPlot Attention(int tokens) => LayerPlots.Attention(
        [.. Enumerable.Range(0, tokens * tokens).Select(i => i % tokens <= i / tokens ? Math.Exp(0.1 * ((i % tokens) - (i / tokens))) : 0)], tokens);
}
