using HybridControl.Estimation.Diagnostics;
using OxyPlot;

namespace HybridControl.Plotting;

/// <summary>Histogram of where outcomes fell in their predicted distributions, relative to a flat one.</summary>
internal sealed class PitChart : Chart
{
    private readonly string _name;
    private readonly double[] _heights;
    private readonly double _half;
    private readonly bool _isFirst;

    public PitChart(string name, PitHistogram pit, bool isFirst, double height)
    {
        (_name, _isFirst, Area) = (name, isFirst, (540, height));
        int bins = pit.Counts.Length;
        double expected = Math.Max(1.0, pit.Count) / bins;
        _heights = [.. pit.Counts.Select(count => count / expected)];
        _half = 1.96 * Math.Sqrt((1.0 - (1.0 / bins)) / expected);
        YRange = (0, 1.07 * Math.Max(1 + _half, _heights.Max()));
    }

    public override (double Lowest, double Highest) XRange => (0, 1);

    public override (double Lowest, double Highest) YRange { get; }

    public override (string Name, string Unit) X => ("predicted probability below the outcome", "");

    public override (string Name, string Unit) Y => (_name, "");

    public override string Title => "";

    public override (double Width, double Height) Area { get; }

    public override IReadOnlyList<LegendEntry> Legend => !_isFirst ? [] :
    [
        new("share / expected", PlotStyle.InnerBand, LegendMark.Area),
        new("95 % if right", PlotStyle.CurveBand(1), LegendMark.Area),
    ];

    public override void Draw(IRenderContext rc, ChartLayout layout)
    {
        for (int i = 0; i < _heights.Length; i++)
        {
            double left = layout.PixelX((double)i / _heights.Length);
            double right = layout.PixelX((i + 1.0) / _heights.Length);
            rc.Box(left + 0.5, layout.PixelY(_heights[i]), right - 0.5, layout.PixelY(0), PlotStyle.InnerBand);
        }

        rc.Box(layout.Area.Left, layout.PixelY(1 + _half), layout.Area.Right, layout.PixelY(Math.Max(0, 1 - _half)), PlotStyle.CurveBand(1));
        rc.Line(layout.Area.Left, layout.PixelY(1), layout.Area.Right, layout.PixelY(1), PlotStyle.CurveColor(1), 1);
    }
}
