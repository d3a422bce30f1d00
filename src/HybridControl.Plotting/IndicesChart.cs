using HybridControl.Diagnostics;
using HybridControl.Ensembles.Sensitivity;
using OxyPlot;

namespace HybridControl.Plotting;

/// <summary>Shares of the variance of a result: a bar for each quantity with its interactions, the part of it alone in a darker colour.</summary>
internal sealed class IndicesChart : Chart
{
    private const int MostBars = 25;
    private const double RowHeight = 26;

    private readonly List<SensitivityIndex> _indices;
    private readonly string _column;

    public IndicesChart(SobolIndices indices)
    {
        _column = indices.Column;
        _indices =
        [
            .. indices.Indices.Where(index => double.IsFinite(index.First + index.Total))
                .OrderByDescending(index => index.Total).ThenBy(index => index.Name, StringComparer.Ordinal).Take(MostBars),
        ];
        if (_indices.Count == 0)
        {
            throw new ModelException("sensitivity indices", "there is none to draw", "Vary at least one quantity that the result depends on.");
        }

        double highest = _indices.Max(index => Math.Max(index.Total, double.IsFinite(index.TotalBand.Upper) ? index.TotalBand.Upper : 0));
        XRange = (0, 106 * Math.Max(highest, 0.01));
        Title = $"{EnsembleColumns.Number(indices.Trajectories)} trajectories";
    }

    public override (double Lowest, double Highest) XRange { get; }

    public override (double Lowest, double Highest) YRange => (0, 1);

    public override (string Name, string Unit) X => ($"share of the variance of {_column}", "%");

    public override (string Name, string Unit) Y => ("", "");

    public override string Title { get; }

    public override IReadOnlyList<string> Rows => [.. _indices.Select(index => index.Name)];

    public override (double Width, double Height) Area => (440, Math.Max(60, RowHeight * _indices.Count));

    public override IReadOnlyList<LegendEntry> Legend =>
    [
        new("alone", PlotStyle.CurveColor(0), LegendMark.Area),
        new("with interactions", PlotStyle.ModeSwatch(0), LegendMark.Area),
        new("interval", PlotStyle.Ink, LegendMark.Line),
    ];

    public override void Draw(IRenderContext rc, ChartLayout layout)
    {
        for (int i = 0; i < _indices.Count; i++)
        {
            SensitivityIndex index = _indices[i];
            double y = layout.PixelRow(i);
            double half = Math.Min(9, layout.RowHeight * 0.34);
            rc.Box(layout.Area.Left, y - half, layout.PixelX(100 * Math.Max(0, index.Total)), y + half, PlotStyle.ModeSwatch(0));
            rc.Box(layout.Area.Left, y - half, layout.PixelX(100 * Math.Max(0, index.First)), y + half, PlotStyle.CurveColor(0));
            (double low, double high) = (100 * Math.Max(0, index.TotalBand.Lower), 100 * Math.Max(0, index.TotalBand.Upper));
            if (double.IsFinite(low + high))
            {
                rc.Line(layout.PixelX(low), y, layout.PixelX(high), y, OxyColors.White, 3.4);
                rc.Line(layout.PixelX(low), y, layout.PixelX(high), y, PlotStyle.Ink, 1.2);
            }
        }
    }
}
