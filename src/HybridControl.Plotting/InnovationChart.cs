using System.Globalization;
using HybridControl.Estimation;
using OxyPlot;

namespace HybridControl.Plotting;

/// <summary>Innovations of one measured component against two of their stated deviations on both sides.</summary>
internal sealed class InnovationChart : Chart
{
    private const int MostDots = 700;
    private const int MostTimes = 800;

    private readonly string _name;
    private readonly string _unit;
    private readonly bool _isFirst;
    private readonly List<(double Time, double Value, bool IsOutside)> _dots = [];
    private readonly double[] _times;
    private readonly double[] _low;
    private readonly double[] _high;
    private readonly double _outside;

    /// <param name="history">The history.</param>
    /// <param name="measurement">Name of the component.</param>
    /// <param name="isFirst">Whether it is the chart that explains its marks.</param>
    /// <param name="height">Height of its area.</param>
    public InnovationChart(EstimationHistory history, string measurement, bool isFirst, double height)
    {
        int place = history.MeasurementIndex(measurement);
        (_name, _isFirst, _unit, Area) = (measurement, isFirst, history.MeasurementUnits[place], (540, height));
        int[] present = [.. Enumerable.Range(0, history.Count).Where(k => double.IsFinite(history.Innovation(k)[place]))];
        double[] times = [.. present.Select(k => history.Times[k])];
        double[] values = [.. present.Select(k => history.Innovation(k)[place])];
        double[] bounds = [.. present.Select(k => 2 * history.InnovationDeviation(k)[place])];
        foreach (int i in Thinning.Dots(values, MostDots))
        {
            _dots.Add((times[i], values[i], Math.Abs(values[i]) > bounds[i]));
        }

        // Thinned first: a gap shows when it is longer than the steps that are drawn.
        int[] shown = Thinning.Even(bounds.Length, MostTimes);
        (_times, int[] places) = Thinning.Gaps([.. shown.Select(i => times[i])]);
        _high = [.. places.Select(i => i < 0 ? double.NaN : bounds[shown[i]])];
        _low = [.. _high.Select(bound => -bound)];
        _outside = values.Where((value, i) => Math.Abs(value) > bounds[i]).Count() / (double)Math.Max(1, values.Length);
        XRange = history.Count == 0 ? (0, 1) : TimeRange.Visible(history.Times[0], history.Times[^1]);

        // Around zero, and no wider than the innovations or the usual width of the band make it.
        double[] sorted = [.. bounds.Order()];
        double most = values.Select(Math.Abs).Append(sorted.Length == 0 ? 1 : sorted[(int)(0.95 * (sorted.Length - 1))]).Max();
        YRange = PlotRange.Of([-most, most]);
    }

    public override (double Lowest, double Highest) XRange { get; }

    public override (double Lowest, double Highest) YRange { get; }

    public override (string Name, string Unit) X => ("t", "s");

    public override (string Name, string Unit) Y => ($"ν({_name})", _unit);

    public override string Title => "";

    public override (double Width, double Height) Area { get; }

    public override IReadOnlyList<LegendEntry> Legend =>
    [
        .. _isFirst
            ? [new LegendEntry("innovation", PlotStyle.CurveColor(0), LegendMark.Disc), new LegendEntry("± 2 √S", PlotStyle.OuterBand, LegendMark.Area)]
            : Array.Empty<LegendEntry>(),
        new(string.Create(CultureInfo.InvariantCulture, $"outside: {100 * _outside:F1} %"), PlotStyle.CurveColor(1), LegendMark.Disc),
    ];

    public override void Draw(IRenderContext rc, ChartLayout layout)
    {
        Ribbon.Band(rc, layout, _times, _low, _high, PlotStyle.OuterBand);
        rc.Line(layout.Area.Left, layout.PixelY(0), layout.Area.Right, layout.PixelY(0), PlotStyle.Quiet, 0.7);
        double radius = _dots.Count < 150 ? 2.2 : 1.6;
        foreach ((double time, double value, bool isOutside) in _dots)
        {
            rc.Dot(layout.PixelX(time), layout.PixelY(value), radius, PlotStyle.CurveColor(isOutside ? 1 : 0));
        }
    }
}
