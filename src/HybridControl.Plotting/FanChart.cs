using System.Collections.Immutable;
using HybridControl.Ensembles;
using HybridControl.Ensembles.Statistics;
using OxyPlot;

namespace HybridControl.Plotting;

/// <summary>Median and bands of quantiles of a variable over time, with single trajectories behind them.</summary>
internal sealed class FanChart : Chart
{
    private const int MostTimes = 1000;
    private static readonly double[] Levels = [0.05, 0.25, 0.5, 0.75, 0.95];

    private readonly ImmutableArray<double> _times;
    private readonly double[][] _quantiles;
    private readonly List<double[]> _paths = [];
    private readonly string _variable;
    private readonly string _unit;

    public FanChart(EnsembleResult result, string variable, string unit, string? alternative, int paths)
    {
        (_variable, _unit) = (variable, unit);
        GridSummary grid = result.Grid(variable, alternative);
        int[] shown = Thinning.Even(grid.Times.Length, MostTimes);
        _times = [.. shown.Select(k => grid.Times[k])];
        _quantiles = [.. Levels.Select(p => shown.Select(k => grid.Quantile(k, p)).ToArray())];
        if (paths > 0)
        {
            EnsembleColumns.RequireBlocks(result, "fan chart with paths");
            ReadPaths(result, shown, result.Layout.Grid.IndexOf(variable), EnsembleColumns.Alternative(result, alternative), paths);
        }

        Title = EnsembleColumns.Title(result, alternative);
        XRange = _times.IsEmpty ? (0, 1) : TimeRange.Visible(_times[0], _times[^1]);
        YRange = PlotRange.Of(_quantiles.Concat(_paths).SelectMany(values => values));
    }

    public override (double Lowest, double Highest) XRange { get; }

    public override (double Lowest, double Highest) YRange { get; }

    public override (string Name, string Unit) X => ("t", "s");

    public override (string Name, string Unit) Y => (_variable, _unit);

    public override string Title { get; }

    public override IReadOnlyList<LegendEntry> Legend
    {
        get
        {
            List<LegendEntry> legend =
            [
                new("median", PlotStyle.CurveColor(0), LegendMark.Line),
                new("25–75 %", PlotStyle.InnerBand, LegendMark.Area),
                new("5–95 %", PlotStyle.OuterBand, LegendMark.Area),
            ];
            if (_paths.Count > 0)
            {
                legend.Add(new(_paths.Count == 1 ? "one trajectory" : $"{_paths.Count} of them", PlotStyle.Path, LegendMark.Line));
            }

            return legend;
        }
    }

    public override void Draw(IRenderContext rc, ChartLayout layout)
    {
        Ribbon.Band(rc, layout, _times, _quantiles[0], _quantiles[4], PlotStyle.OuterBand);
        Ribbon.Band(rc, layout, _times, _quantiles[1], _quantiles[3], PlotStyle.InnerBand);
        foreach (double[] path in _paths)
        {
            Ribbon.Line(rc, layout, _times, path, PlotStyle.Path, 0.7);
        }

        Ribbon.Line(rc, layout, _times, _quantiles[2], PlotStyle.CurveColor(0), PlotStyle.CurveWidth + 0.5);
    }

    private void ReadPaths(EnsembleResult result, int[] shown, int variable, int alternative, int paths)
    {
        int[] alternatives = EnsembleColumns.AlternativeOf(result);
        int trajectory = 0;
        foreach (EnsembleBlock block in result.Blocks)
        {
            for (int i = 0; i < block.Count && _paths.Count < paths; i++, trajectory++)
            {
                if (alternatives[trajectory] == alternative)
                {
                    _paths.Add([.. shown.Select(k => block.GridAt(k, variable)[i])]);
                }
            }
        }
    }
}
