using System.Globalization;
using HybridControl.Estimation;
using HybridControl.Estimation.Diagnostics;
using OxyPlot;

namespace HybridControl.Plotting;

/// <summary>NIS of each update against its chi-square band, which changes where components are missing.</summary>
internal sealed class NisChart : Chart
{
    private const int MostDots = 700;
    private const int MostTimes = 800;

    private readonly List<(double Time, double Value, bool IsAbove)> _dots = [];
    private readonly double[] _times;
    private readonly double[] _low;
    private readonly double[] _high;
    private readonly double _above;
    private readonly bool _isCut;

    public NisChart(EstimationHistory history, double height)
    {
        Area = (540, height);
        int[] present = [.. Enumerable.Range(0, history.Count).Where(k => history.Degrees(k) > 0 && double.IsFinite(history.Nis(k)))];
        double[] times = [.. present.Select(k => history.Times[k])];
        double[] values = [.. present.Select(k => history.Nis(k))];
        Dictionary<int, ConsistencyBand> bands = present.Select(k => history.Degrees(k)).Distinct()
            .ToDictionary(degrees => degrees, degrees => ConsistencyBand.OfMean(degrees));
        ConsistencyBand[] each = [.. present.Select(k => bands[history.Degrees(k)])];
        double top = 4 * (bands.Count == 0 ? 1 : bands.Values.Max(band => band.Upper));
        _isCut = values.Any(value => value > top);
        foreach (int i in Thinning.Dots(values, MostDots))
        {
            _dots.Add((times[i], Math.Min(values[i], top), values[i] > each[i].Upper));
        }

        _above = values.Where((value, i) => value > each[i].Upper).Count() / (double)Math.Max(1, values.Length);
        int[] shown = Thinning.Even(each.Length, MostTimes);
        (_times, int[] places) = Thinning.Gaps([.. shown.Select(i => times[i])]);
        _low = [.. places.Select(i => i < 0 ? double.NaN : each[shown[i]].Lower)];
        _high = [.. places.Select(i => i < 0 ? double.NaN : each[shown[i]].Upper)];
        XRange = history.Count == 0 ? (0, 1) : TimeRange.Visible(history.Times[0], history.Times[^1]);
        double highest = _dots.Select(dot => dot.Value).Concat(bands.Values.Select(band => band.Upper)).DefaultIfEmpty(1).Max();
        YRange = (-0.04 * highest, 1.07 * highest);
    }

    public override (double Lowest, double Highest) XRange { get; }

    public override (double Lowest, double Highest) YRange { get; }

    public override (string Name, string Unit) X => ("t", "s");

    public override (string Name, string Unit) Y => ("NIS", "");

    public override string Title => "";

    public override (double Width, double Height) Area { get; }

    public override IReadOnlyList<LegendEntry> Legend =>
    [
        new("95 % if right", PlotStyle.OuterBand, LegendMark.Area),
        new(string.Create(CultureInfo.InvariantCulture, $"above: {100 * _above:F1} %"), PlotStyle.CurveColor(1), LegendMark.Disc),
        .. _isCut ? [new LegendEntry("(cut at the top)", OxyColors.Transparent, LegendMark.Area)] : Array.Empty<LegendEntry>(),
    ];

    public override void Draw(IRenderContext rc, ChartLayout layout)
    {
        Ribbon.Band(rc, layout, _times, _low, _high, PlotStyle.OuterBand);
        double radius = _dots.Count < 150 ? 2.2 : 1.6;
        foreach ((double time, double value, bool isAbove) in _dots)
        {
            rc.Dot(layout.PixelX(time), layout.PixelY(value), radius, PlotStyle.CurveColor(isAbove ? 1 : 0));
        }
    }
}
