using System.Collections.Immutable;
using HybridControl.Ensembles;
using HybridControl.Ensembles.Statistics;
using OxyPlot;

namespace HybridControl.Plotting;

/// <summary>Histogram of the times of a transition; the bars of its occurrences stand on each other.</summary>
internal sealed class EventTimesChart : Chart
{
    private const int MostColours = 6;
    private const int LeastBins = 60; // times cluster, which rules made for one cluster do not see
    private const int MostBins = 120;

    private readonly string _transition;
    private readonly ImmutableArray<double> _edges;
    private readonly List<(string Name, OxyColor Color, double[] Heights)> _layers = [];

    public EventTimesChart(EnsembleResult result, string transition, string? alternative, int? bins)
    {
        EventSummary events = result.Events(transition, alternative);
        _transition = transition;
        Title = EnsembleColumns.Title(result, alternative);
        if (events.Times.Count == 0)
        {
            _edges = [0, 1];
            XRange = (0, 1);
            YRange = (0, 1);
            Title += ", none with this event";
            return;
        }

        Histogram all = events.Times.Histogram(bins);
        if (bins is null)
        {
            all = events.Times.Histogram(Math.Clamp(all.Counts.Length, LeastBins, MostBins));
        }

        _edges = all.Edges;
        double scale = 100.0 * Math.Max(1, result.Layout.Alternatives.Length) / result.Count;
        long[] rest = [.. all.Counts];
        for (int i = 0; i < events.Occurrences && events.Time(i).Count > 0; i++)
        {
            bool isLast = i + 1 >= events.Occurrences || events.Time(i + 1).Count == 0;
            if (i == MostColours - 1 && !isLast)
            {
                break;
            }

            Histogram layer = events.Time(i).Histogram(_edges.AsSpan());
            _layers.Add((Ordinal(i + 1), PlotStyle.ModeSwatch(i), [.. layer.Counts.Select(count => scale * count)]));
            for (int bin = 0; bin < rest.Length; bin++)
            {
                rest[bin] -= layer.Counts[bin];
            }
        }

        if (rest.Any(count => count > 0))
        {
            _layers.Add(("later", PlotStyle.Guard, [.. rest.Select(count => scale * count)]));
        }

        if (events.Truncated > 0)
        {
            Title += $", {EnsembleColumns.Number(events.Truncated)} with more events than were kept";
        }

        XRange = PlotRange.Of([_edges[0], _edges[^1]], 0.03);
        YRange = (0, 1.06 * scale * all.Counts.Max());
    }

    public override (double Lowest, double Highest) XRange { get; }

    public override (double Lowest, double Highest) YRange { get; }

    public override (string Name, string Unit) X => ("t", "s");

    public override (string Name, string Unit) Y => ($"{_transition}: events per 100 trajectories", "");

    public override string Title { get; }

    public override IReadOnlyList<LegendEntry> Legend =>
        _layers.Count < 2 ? [] : [.. _layers.Select(layer => new LegendEntry(layer.Name, layer.Color, LegendMark.Area))];

    public override void Draw(IRenderContext rc, ChartLayout layout)
    {
        for (int bin = 0; bin + 1 < _edges.Length; bin++)
        {
            double left = layout.PixelX(_edges[bin]);
            double right = layout.PixelX(_edges[bin + 1]);
            double gap = right - left > 4 ? 0.4 : 0;
            double bottom = 0;
            foreach ((_, OxyColor color, double[] heights) in _layers)
            {
                if (heights[bin] > 0)
                {
                    rc.Box(left + gap, layout.PixelY(bottom + heights[bin]), right - gap, layout.PixelY(bottom), color);
                    bottom += heights[bin];
                }
            }
        }
    }

    private static string Ordinal(int n) => n switch { 1 => "first", 2 => "second", 3 => "third", 4 => "fourth", 5 => "fifth", _ => "sixth" };
}
