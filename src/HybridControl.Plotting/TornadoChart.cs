using HybridControl.Diagnostics;
using OxyPlot;

namespace HybridControl.Plotting;

/// <summary>Bars from what an output is where an input is low to what it is where the input is high, the widest on top.</summary>
internal sealed class TornadoChart : Chart
{
    private const int MostBars = 25;
    private const double RowHeight = 26;

    private readonly List<TornadoBar> _bars;
    private readonly (string Name, string Unit) _quantity;
    private readonly double _baseline;
    private readonly (string Low, string High) _ends;

    public TornadoChart(
        IReadOnlyList<TornadoBar> bars, string quantity, string unit, double baseline, string low, string high, string title)
    {
        _bars =
        [
            .. bars.Where(bar => double.IsFinite(bar.Low + bar.High))
                .OrderByDescending(bar => bar.Swing).ThenBy(bar => bar.Name, StringComparer.Ordinal).Take(MostBars),
        ];
        if (_bars.Count == 0)
        {
            throw new ModelException("tornado diagram", "there is no bar to draw", "Vary at least one quantity, and keep trajectories that did not fail.");
        }

        (_quantity, _baseline, _ends) = ((quantity, unit), baseline, (low, high));
        Title = title;
        XRange = PlotRange.Of(_bars.SelectMany(bar => new[] { bar.Low, bar.High }).Append(baseline), 0.08);
    }

    /// <summary>The bars, the widest first.</summary>
    public IReadOnlyList<TornadoBar> Bars => _bars;

    public override (double Lowest, double Highest) XRange { get; }

    public override (double Lowest, double Highest) YRange => (0, 1);

    public override (string Name, string Unit) X => _quantity;

    public override (string Name, string Unit) Y => ("", "");

    public override string Title { get; }

    public override IReadOnlyList<string> Rows => [.. _bars.Select(bar => bar.Name)];

    public override (double Width, double Height) Area => (440, Math.Max(60, RowHeight * _bars.Count));

    public override IReadOnlyList<LegendEntry> Legend =>
    [
        new(_ends.Low, PlotStyle.CurveColor(0), LegendMark.Disc),
        new(_ends.High, PlotStyle.CurveColor(1), LegendMark.Disc),
    ];

    public override void Draw(IRenderContext rc, ChartLayout layout)
    {
        if (double.IsFinite(_baseline))
        {
            double x = layout.PixelX(_baseline);
            rc.Line(x, layout.Area.Top, x, layout.Area.Bottom, PlotStyle.Quiet, 1, [4, 3]);
        }

        for (int i = 0; i < _bars.Count; i++)
        {
            (double low, double high) = (layout.PixelX(_bars[i].Low), layout.PixelX(_bars[i].High));
            double y = layout.PixelRow(i);
            double half = Math.Min(9, layout.RowHeight * 0.34);
            rc.Box(Math.Min(low, high), y - half, Math.Max(low, high), y + half, PlotStyle.ModeSwatch(0));
            double radius = Math.Min(4, half);
            rc.Disc(low, y, radius, PlotStyle.CurveColor(0), PlotStyle.CurveColor(0));
            rc.Disc(high, y, radius, PlotStyle.CurveColor(1), PlotStyle.CurveColor(1));
        }
    }
}
