using HybridControl.Ensembles;
using HybridControl.Ensembles.Statistics;
using OxyPlot;

namespace HybridControl.Plotting;

/// <summary>Empirical distributions of a column with bands that hold each quantile with a confidence of 95 %.</summary>
internal sealed class DistributionChart : Chart
{
    private const int Levels = 200;

    private readonly string _column;
    private readonly string _unit;
    private readonly List<(string Name, SampleSummary Sample)> _samples;

    public DistributionChart(EnsembleResult result, string column, string unit)
    {
        (_column, _unit) = (column, unit);
        _samples = result.Layout.Alternatives.IsEmpty
            ? [("", result.Scalar(column))]
            : [.. result.Layout.Alternatives.Select(name => (name, result.Scalar(column, name)))];
        Title = EnsembleColumns.Title(result);
        XRange = PlotRange.Of(_samples.SelectMany(one => new[] { one.Sample.Min, one.Sample.Max }), 0.03);
    }

    public override (double Lowest, double Highest) XRange { get; }

    public override (double Lowest, double Highest) YRange => (0, 100);

    public override (string Name, string Unit) X => (_column, _unit);

    public override (string Name, string Unit) Y => ("trajectories below", "%");

    public override string Title { get; }

    public override IReadOnlyList<LegendEntry> Legend =>
    [
        .. _samples.Select((one, i) => new LegendEntry(one.Name.Length > 0 ? one.Name : "share", PlotStyle.CurveColor(i), LegendMark.Line)),
        new("95 % band", PlotStyle.CurveBand(0), LegendMark.Area),
    ];

    public override void Draw(IRenderContext rc, ChartLayout layout)
    {
        for (int i = 0; i < _samples.Count; i++)
        {
            if (_samples[i].Sample.Count > 0)
            {
                DrawBand(rc, layout, _samples[i].Sample, PlotStyle.CurveBand(i));
            }
        }

        for (int i = 0; i < _samples.Count; i++)
        {
            SampleSummary sample = _samples[i].Sample;
            if (sample.Count > 0)
            {
                rc.Curve(
                    [.. Enumerable.Range(0, Levels + 1).Select(k => layout.PixelOf(sample.Quantile((double)k / Levels), 100.0 * k / Levels))],
                    PlotStyle.CurveColor(i),
                    PlotStyle.CurveWidth + 0.4);
            }
        }
    }

    private static void DrawBand(IRenderContext rc, ChartLayout layout, SampleSummary sample, OxyColor color)
    {
        var lower = new List<ScreenPoint>();
        var upper = new List<ScreenPoint>();
        for (int k = 1; k < Levels; k++)
        {
            double p = (double)k / Levels;
            ConfidenceInterval band = sample.QuantileBand(p);
            lower.Add(layout.PixelOf(double.IsFinite(band.Lower) ? band.Lower : sample.Min, 100 * p));
            upper.Add(layout.PixelOf(double.IsFinite(band.Upper) ? band.Upper : sample.Max, 100 * p));
        }

        upper.Reverse();
        rc.Area([.. lower, .. upper], color);
    }
}
