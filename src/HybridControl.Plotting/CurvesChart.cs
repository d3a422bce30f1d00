using OxyPlot;

namespace HybridControl.Plotting;

/// <summary>Curves over one horizontal axis.</summary>
internal sealed class CurvesChart : Chart
{
    private const int MostPoints = 1000;

    private readonly List<(string Name, double[] Places, double[] Values)> _curves = [];

    public CurvesChart(
        (string Name, string Unit) x,
        double[] places,
        (string Name, string Unit) y,
        IReadOnlyList<(string Name, IReadOnlyList<double> Values)> curves,
        double height)
    {
        (X, Y, Area) = (x, y, (540, height));
        foreach ((string name, IReadOnlyList<double> values) in curves)
        {
            int[] shown = Thinning.Extremes(values, MostPoints);
            _curves.Add((name, [.. shown.Select(i => places[i])], [.. shown.Select(i => double.IsFinite(places[i]) ? values[i] : double.NaN)]));
        }

        double[] finite = [.. places.Where(double.IsFinite)];
        XRange = finite.Length == 0 ? (0, 1) : PlotRange.Of([finite.Min(), finite.Max()], 0);
        YRange = PlotRange.Of(_curves.SelectMany(curve => curve.Values));
    }

    public override (double Lowest, double Highest) XRange { get; }

    public override (double Lowest, double Highest) YRange { get; }

    public override (string Name, string Unit) X { get; }

    public override (string Name, string Unit) Y { get; }

    public override string Title => "";

    public override (double Width, double Height) Area { get; }

    public override IReadOnlyList<LegendEntry> Legend => _curves is [{ Name: "" }]
        ? []
        : [.. _curves.Select((curve, i) => new LegendEntry(curve.Name, PlotStyle.CurveColor(i), LegendMark.Line))];

    public override void Draw(IRenderContext rc, ChartLayout layout)
    {
        if (YRange.Lowest < 0 && YRange.Highest > 0)
        {
            rc.Line(layout.Area.Left, layout.PixelY(0), layout.Area.Right, layout.PixelY(0), PlotStyle.Guard, 0.75);
        }

        for (int i = 0; i < _curves.Count; i++)
        {
            Ribbon.Line(rc, layout, _curves[i].Places, _curves[i].Values, PlotStyle.CurveColor(i), PlotStyle.CurveWidth);
        }
    }
}
