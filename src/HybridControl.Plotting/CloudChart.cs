using HybridControl.Diagnostics;
using HybridControl.Ensembles;
using OxyPlot;

namespace HybridControl.Plotting;

/// <summary>A dot for each trajectory at two of its columns; the rarest colour lies on top.</summary>
internal sealed class CloudChart : Chart
{
    private const int MostDots = 1400;
    private const int LeastDots = 150;

    /// <summary>The most by which an axis is lengthened to give both one scale.</summary>
    private const double MostStretch = 3;

    private readonly (string Name, string Unit) _x;
    private readonly (string Name, string Unit) _y;
    private readonly List<(string Name, OxyColor Color, List<(double X, double Y)> Dots)> _classes = [];
    private readonly double _radius;

    public CloudChart(EnsembleResult result, string x, string y, string xUnit, string yUnit, string? colour)
    {
        EnsembleColumns.RequireBlocks(result, "cloud");
        (_x, _y) = ((x, xUnit), (y, yUnit));
        double[] xs = EnsembleColumns.Read(result, x);
        double[] ys = EnsembleColumns.Read(result, y);
        (int[] kinds, string[] names, OxyColor[] colors) = Classify(result, colour);
        Title = EnsembleColumns.Title(result);
        var members = Enumerable.Range(0, xs.Length)
            .Where(i => kinds[i] >= 0 && double.IsFinite(xs[i]) && double.IsFinite(ys[i]))
            .GroupBy(i => kinds[i])
            .OrderByDescending(group => group.Count())
            .ThenBy(group => group.Key)
            .Select(group => (Kind: group.Key, Places: group.ToList()))
            .ToList();
        int total = members.Sum(member => member.Places.Count);
        foreach ((int kind, List<int> places) in members)
        {
            int room = Math.Max(LeastDots, (int)(MostDots * (double)places.Count / Math.Max(1, total)));
            _classes.Add((names[kind], colors[kind], [.. Thin(places, room).Select(i => (xs[i], ys[i]))]));
        }

        (XRange, YRange) = Proportionate(
            PlotRange.Of(_classes.SelectMany(one => one.Dots.Select(dot => dot.X))),
            PlotRange.Of(_classes.SelectMany(one => one.Dots.Select(dot => dot.Y))),
            xUnit.Length > 0 && xUnit == yUnit);
        int shown = _classes.Sum(one => one.Dots.Count);
        if (shown < total)
        {
            Title += $", {EnsembleColumns.Number(shown)} drawn";
        }

        _radius = shown < 300 ? 2.4 : 1.7;
    }

    public override (double Lowest, double Highest) XRange { get; }

    public override (double Lowest, double Highest) YRange { get; }

    public override (string Name, string Unit) X => _x;

    public override (string Name, string Unit) Y => _y;

    public override string Title { get; }

    public override (double Width, double Height) Area => (440, 400);

    public override IReadOnlyList<LegendEntry> Legend =>
        _classes is [{ Name: "completed" }] ? [] : [.. _classes.Select(one => new LegendEntry(one.Name, one.Color, LegendMark.Disc))];

    public override void Draw(IRenderContext rc, ChartLayout layout)
    {
        foreach ((_, OxyColor color, List<(double X, double Y)> dots) in _classes)
        {
            OxyColor fill = OxyColor.FromAColor(150, color);
            foreach ((double x, double y) in dots)
            {
                ScreenPoint at = layout.PixelOf(x, y);
                rc.Dot(at.X, at.Y, _radius, fill);
            }
        }
    }

    /// <summary>Ranges in which a circle is a circle, if both axes have one unit and are not too different.</summary>
    private ((double Lowest, double Highest) X, (double Lowest, double Highest) Y) Proportionate(
        (double Lowest, double Highest) x, (double Lowest, double Highest) y, bool sameUnit)
    {
        double ratio = (x.Highest - x.Lowest) / (y.Highest - y.Lowest) * (Area.Height / Area.Width);
        return !sameUnit || ratio is < 1 / MostStretch or > MostStretch ? (x, y) :
            ratio < 1 ? (Stretched(x, 1 / ratio), y) : (x, Stretched(y, ratio));
    }

    private static (double Lowest, double Highest) Stretched((double Lowest, double Highest) range, double factor)
    {
        double room = 0.5 * (factor - 1) * (range.Highest - range.Lowest);
        return (range.Lowest - room, range.Highest + room);
    }

    /// <summary>A fixed subset of at most so many, spread over the whole without a pattern that could match that of a design.</summary>
    private static IEnumerable<int> Thin(List<int> places, int room) =>
        places.Count <= room ? places : places.OrderBy(i => Scatter((ulong)i)).Take(room).Order();

    /// <summary>A bijection of 64-bit numbers without order: the finaliser of SplitMix64 (G. L. Steele et al., OOPSLA 2014).</summary>
    private static ulong Scatter(ulong number)
    {
        ulong z = number + 0x9E3779B97F4A7C15UL;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }

    private static (int[] Kinds, string[] Names, OxyColor[] Colors) Classify(EnsembleResult result, string? colour)
    {
        EnsembleLayout layout = result.Layout;
        string by = colour ?? (layout.Alternatives.IsEmpty ? "status" : "alternative");
        switch (by)
        {
            case "alternative" when !layout.Alternatives.IsEmpty:
                return (EnsembleColumns.AlternativeOf(result), [.. layout.Alternatives], Palette(layout.Alternatives.Length));
            case "status":
                string[] statuses = [.. Enum.GetValues<TrajectoryStatus>().Select(Words)];
                return (Kinds("status"), statuses, Palette(statuses.Length));
            case "mode":
                return (Kinds("mode"), [.. layout.Modes], [.. Enumerable.Range(0, layout.Modes.Length).Select(PlotStyle.ModeColor)]);
        }

        string[] requirements = [.. layout.Scalars.Skip(layout.FirstRequirement)];
        return requirements.Contains(by)
            ? (Kinds(by), [$"not {by}", by], [PlotStyle.CurveColor(1), PlotStyle.CurveColor(0)])
            : throw new ModelException("cloud", $"no requirement '{by}' to colour by", EnsembleColumns.Known(["status", "mode", "alternative", .. requirements]));

        int[] Kinds(string column) => [.. EnsembleColumns.Read(result, column).Select(value => double.IsFinite(value) ? (int)value : -1)];
    }

    private static OxyColor[] Palette(int count) => [.. Enumerable.Range(0, count).Select(PlotStyle.CurveColor)];

    private static string Words(TrajectoryStatus status) => status switch
    {
        TrajectoryStatus.InvariantViolated => "invariant violated",
        TrajectoryStatus.StepTooSmall => "step too small",
        TrajectoryStatus.NotFinite => "not finite",
        TrajectoryStatus.StepLimit => "step limit",
        TrajectoryStatus.Zeno => "Zeno",
        _ => status.ToString().ToLowerInvariant(),
    };
}
