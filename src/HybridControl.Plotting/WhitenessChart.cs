using System.Globalization;
using HybridControl.Estimation.Diagnostics;
using OxyPlot;

namespace HybridControl.Plotting;

/// <summary>Autocorrelation of the innovations of one component against the bounds of white noise.</summary>
internal sealed class WhitenessChart : Chart
{
    private readonly string _name;
    private readonly Whiteness _whiteness;
    private readonly bool _isFirst;

    public WhitenessChart(string name, Whiteness whiteness, bool isFirst, double height)
    {
        (_name, _whiteness, _isFirst, Area) = (name, whiteness, isFirst, (540, height));
        double[] values = [.. whiteness.Autocorrelation.Where(double.IsFinite), -2 * whiteness.Bound, 2 * whiteness.Bound];
        YRange = PlotRange.Of(values);
    }

    public override (double Lowest, double Highest) XRange => (0, _whiteness.Autocorrelation.Length + 1);

    public override (double Lowest, double Highest) YRange { get; }

    public override (string Name, string Unit) X => ("lag", "");

    public override (string Name, string Unit) Y => (_name, "");

    public override string Title => "";

    public override (double Width, double Height) Area { get; }

    public override IReadOnlyList<LegendEntry> Legend =>
    [
        .. _isFirst
            ? [new LegendEntry("autocorrelation", PlotStyle.CurveColor(0), LegendMark.Line), new LegendEntry("95 % if white", PlotStyle.OuterBand, LegendMark.Area)]
            : Array.Empty<LegendEntry>(),
        new(_whiteness.PValue < 1e-4 ? "Ljung–Box p < 0.0001" : string.Create(CultureInfo.InvariantCulture, $"Ljung–Box p = {_whiteness.PValue:F4}"), OxyColors.Transparent, LegendMark.Area),
    ];

    public override void Draw(IRenderContext rc, ChartLayout layout)
    {
        double bound = _whiteness.Bound;
        rc.Box(layout.Area.Left, layout.PixelY(bound), layout.Area.Right, layout.PixelY(-bound), PlotStyle.OuterBand);
        rc.Line(layout.Area.Left, layout.PixelY(0), layout.Area.Right, layout.PixelY(0), PlotStyle.Quiet, 0.7);
        for (int i = 0; i < _whiteness.Autocorrelation.Length; i++)
        {
            double r = _whiteness.Autocorrelation[i];
            if (double.IsFinite(r))
            {
                (double x, double y) = (layout.PixelX(i + 1), layout.PixelY(r));
                OxyColor color = PlotStyle.CurveColor(Math.Abs(r) > bound ? 1 : 0);
                rc.Line(x, layout.PixelY(0), x, y, color, 2);
                rc.Dot(x, y, 2.4, color);
            }
        }
    }
}
