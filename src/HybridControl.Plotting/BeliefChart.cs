using HybridControl.Estimation;
using OxyPlot;

namespace HybridControl.Plotting;

/// <summary>One state over time: its mean with two standard deviations on both sides, what was measured of it, and the truth.</summary>
internal sealed class BeliefChart : Chart
{
    private const int MostTimes = 1000;
    private const int MostDots = 700;

    private readonly string _state;
    private readonly string _unit;
    private readonly double[] _times;
    private readonly double[] _mean;
    private readonly double[] _low;
    private readonly double[] _high;
    private readonly List<(string Name, int Color, List<(double Time, double Value)> Dots)> _measured = [];
    private readonly List<(double[] Times, double[] Values)> _truth;
    private readonly bool _isFirst;

    /// <param name="history">The history.</param>
    /// <param name="state">Name of the state.</param>
    /// <param name="measurements">Names of the measured components that are drawn as dots.</param>
    /// <param name="truth">Pieces of the true curve; none if it is not known.</param>
    /// <param name="isFirst">Whether it is the chart that explains its lines.</param>
    /// <param name="height">Height of its area.</param>
    public BeliefChart(
        EstimationHistory history,
        string state,
        IEnumerable<string> measurements,
        List<(double[] Times, double[] Values)> truth,
        bool isFirst,
        double height)
    {
        (_state, _unit, _isFirst, _truth) = (state, history.StateUnits[history.StateIndex(state)], isFirst, truth);
        Area = (540, height);
        double[] mean = history.MeanOf(state);
        double[] deviation = history.DeviationOf(state);
        int[] shown = [.. Thinning.Extremes(mean, MostTimes / 2).Union(Thinning.Extremes(deviation, MostTimes / 2)).Order()];
        double[] times = history.Times.ToArray();
        _times = [.. shown.Select(k => times[k])];
        _mean = [.. shown.Select(k => mean[k])];
        _low = [.. shown.Select(k => mean[k] - (2 * deviation[k]))];
        _high = [.. shown.Select(k => mean[k] + (2 * deviation[k]))];
        foreach (string name in measurements)
        {
            int place = history.MeasurementIndex(name);
            double[] values = [.. Enumerable.Range(0, history.Count).Select(k => history.Measurement(k)[place])];
            int[] present = [.. Enumerable.Range(0, values.Length).Where(k => double.IsFinite(values[k]))];
            _measured.Add((
                name, _measured.Count + 1,
                [.. Thinning.Dots([.. present.Select(k => values[k])], MostDots).Select(i => (times[present[i]], values[present[i]]))]));
        }

        XRange = times.Length == 0 ? (0, 1) : TimeRange.Visible(times[0], times[^1]);
        YRange = PlotRange.Of(
            [
                .. _mean, .. Middle(_low), .. Middle(_high), .. _measured.SelectMany(one => one.Dots.Select(dot => dot.Value)),
                .. _truth.SelectMany(piece => piece.Values),
            ]);
    }

    public override (double Lowest, double Highest) XRange { get; }

    public override (double Lowest, double Highest) YRange { get; }

    public override (string Name, string Unit) X => ("t", "s");

    public override (string Name, string Unit) Y => (_state, _unit);

    public override string Title => "";

    public override (double Width, double Height) Area { get; }

    public override IReadOnlyList<LegendEntry> Legend
    {
        get
        {
            List<LegendEntry> legend = [];
            if (_isFirst)
            {
                legend.Add(new("mean", PlotStyle.CurveColor(0), LegendMark.Line));
                legend.Add(new("± 2 σ", PlotStyle.OuterBand, LegendMark.Area));
                if (_truth.Count > 0)
                {
                    legend.Add(new("truth", PlotStyle.Ink, LegendMark.Line));
                }
            }

            legend.AddRange(_measured.Select(one => new LegendEntry(one.Name, PlotStyle.CurveColor(one.Color), LegendMark.Disc)));
            return legend;
        }
    }

    public override void Draw(IRenderContext rc, ChartLayout layout)
    {
        Ribbon.Band(rc, layout, _times, _low, _high, PlotStyle.OuterBand);
        foreach ((_, int color, List<(double Time, double Value)> dots) in _measured)
        {
            OxyColor fill = OxyColor.FromAColor(170, PlotStyle.CurveColor(color));
            double radius = dots.Count < 150 ? 2.0 : 1.4;
            foreach ((double time, double value) in dots)
            {
                rc.Dot(layout.PixelX(time), layout.PixelY(value), radius, fill);
            }
        }

        foreach ((double[] times, double[] values) in _truth)
        {
            Ribbon.Line(rc, layout, times, values, PlotStyle.Ink, 1.0);
        }

        Ribbon.Line(rc, layout, _times, _mean, PlotStyle.CurveColor(0), PlotStyle.CurveWidth);
        if (_times.Length == 1)
        {
            rc.Dot(layout.PixelX(_times[0]), layout.PixelY(_mean[0]), 2.5, PlotStyle.CurveColor(0));
        }
    }

    // A vague start must not squeeze the rest: the widest twentieth of a band may run out of the picture.
    private static IEnumerable<double> Middle(double[] values)
    {
        double[] finite = [.. values.Where(double.IsFinite).Order()];
        int cut = finite.Length < 20 ? 0 : finite.Length / 20;
        return finite.Skip(cut).Take(finite.Length - (2 * cut));
    }
}
