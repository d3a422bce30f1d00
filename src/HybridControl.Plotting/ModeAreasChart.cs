using HybridControl.Ensembles;
using HybridControl.Ensembles.Statistics;
using OxyPlot;

namespace HybridControl.Plotting;

/// <summary>Share of the trajectories in each mode over time, as stacked areas; the first mode is at the bottom.</summary>
internal sealed class ModeAreasChart : Chart
{
    private readonly ModeOccupancy _occupancy;
    private readonly int[] _visited;

    public ModeAreasChart(EnsembleResult result, string? alternative)
    {
        _occupancy = result.ModeOccupancy(alternative);
        _visited =
        [
            .. Enumerable.Range(0, _occupancy.Modes.Length)
                .Where(mode => Enumerable.Range(0, _occupancy.Times.Length).Any(k => _occupancy.Count(k, mode) > 0)),
        ];
        Title = EnsembleColumns.Title(result, alternative);
        XRange = _occupancy.Times.IsEmpty ? (0, 1) : TimeRange.Visible(_occupancy.Times[0], _occupancy.Times[^1]);
    }

    public override (double Lowest, double Highest) XRange { get; }

    public override (double Lowest, double Highest) YRange => (0, 100);

    public override (string Name, string Unit) X => ("t", "s");

    public override (string Name, string Unit) Y => ("trajectories", "%");

    public override string Title { get; }

    public override IReadOnlyList<LegendEntry> Legend =>
        [.. _visited.Reverse().Select(mode => new LegendEntry(_occupancy.Modes[mode], PlotStyle.ModeSwatch(mode), LegendMark.Area))];

    public override void Draw(IRenderContext rc, ChartLayout layout)
    {
        int[] shown = [.. Enumerable.Range(0, _occupancy.Times.Length).Where(k => _occupancy.Total(k) > 0)];
        double[] times = [.. shown.Select(k => _occupancy.Times[k])];
        StackedAreas.Draw(rc, layout, times, _visited.Select(mode => (
            shown.Select(k => 100 * _occupancy.Fraction(k, mode)).ToArray(), PlotStyle.ModeSwatch(mode))));
    }
}
