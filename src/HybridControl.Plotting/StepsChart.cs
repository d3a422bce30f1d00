using HybridControl.Estimation.Diagnostics;
using OxyPlot;

namespace HybridControl.Plotting;

/// <summary>NIS or NEES, averaged over runs, at each step against its chi-square band.</summary>
internal sealed class StepsChart : Chart
{
    private const int MostSteps = 1000;

    private readonly string _name;
    private readonly int _runs;
    private readonly double[] _steps;
    private readonly double[] _means;
    private readonly double[] _low;
    private readonly double[] _high;

    public StepsChart(string name, ChiSquareSeries series, double height)
    {
        (_name, _runs, Area) = (name, series.Runs, (540, height));
        int[] shown = Thinning.Extremes([.. series.Steps.Select(step => step.Mean)], MostSteps);
        _steps = [.. shown.Select(k => (double)k)];
        _means = [.. shown.Select(k => series.Steps[k].Mean)];
        _low = [.. shown.Select(k => series.Steps[k].Band.Lower)];
        _high = [.. shown.Select(k => series.Steps[k].Band.Upper)];
        XRange = TimeRange.Visible(0, series.Steps.Length - 1);
        YRange = PlotRange.Of([.. _means, .. _low, .. _high]);
    }

    public override (double Lowest, double Highest) XRange { get; }

    public override (double Lowest, double Highest) YRange { get; }

    public override (string Name, string Unit) X => ("step", "");

    public override (string Name, string Unit) Y => (_name, "");

    public override string Title => "";

    public override (double Width, double Height) Area { get; }

    public override IReadOnlyList<LegendEntry> Legend =>
    [
        new(_runs == 1 ? "one run" : $"mean of {EnsembleColumns.Number(_runs)} runs", PlotStyle.CurveColor(0), LegendMark.Line),
        new("95 % if right", PlotStyle.OuterBand, LegendMark.Area),
    ];

    public override void Draw(IRenderContext rc, ChartLayout layout)
    {
        Ribbon.Band(rc, layout, _steps, _low, _high, PlotStyle.OuterBand);
        Ribbon.Line(rc, layout, _steps, _means, PlotStyle.CurveColor(0), PlotStyle.CurveWidth);
    }
}
