using HybridControl.Estimation;
using OxyPlot;

namespace HybridControl.Plotting;

/// <summary>Probabilities of the modes over time, as stacked areas; the first mode is at the bottom.</summary>
internal sealed class ModeProbabilityChart : Chart
{
    private const int MostTimes = 800;

    /// <summary>A mode that never reaches this probability does not show.</summary>
    private const double Visible = 2e-3;

    private readonly IReadOnlyList<string> _names;
    private readonly double[] _times;
    private readonly List<(int Mode, double[] Shares)> _modes = [];

    public ModeProbabilityChart(EstimationHistory history, double height)
    {
        Area = (540, height);
        _names = history.Modes;
        int[] shown = [.. Enumerable.Range(0, _names.Count)
            .SelectMany(mode => Thinning.Extremes(Of(mode, Enumerable.Range(0, history.Count)), Math.Max(100, MostTimes / _names.Count))).Distinct().Order()];
        _times = [.. shown.Select(k => history.Times[k])];
        for (int mode = 0; mode < _names.Count; mode++)
        {
            double[] shares = Of(mode, shown);
            if (shares.Any(share => share >= Visible))
            {
                _modes.Add((mode, shares));
            }
        }

        XRange = history.Count == 0 ? (0, 1) : TimeRange.Visible(history.Times[0], history.Times[^1]);

        double[] Of(int mode, IEnumerable<int> rows) => [.. rows.Select(k => history.ModeProbability(k)[mode])];
    }

    public override (double Lowest, double Highest) XRange { get; }

    public override (double Lowest, double Highest) YRange => (0, 1);

    public override (string Name, string Unit) X => ("t", "s");

    public override (string Name, string Unit) Y => ("P(mode)", "");

    public override string Title => "";

    public override (double Width, double Height) Area { get; }

    public override IReadOnlyList<LegendEntry> Legend =>
        [.. Enumerable.Reverse(_modes).Select(one => new LegendEntry(_names[one.Mode], PlotStyle.ModeSwatch(one.Mode), LegendMark.Area))];

    public override void Draw(IRenderContext rc, ChartLayout layout) =>
        StackedAreas.Draw(rc, layout, _times, _modes.Select(one => (one.Shares, PlotStyle.ModeSwatch(one.Mode))));
}
