using System.Globalization;
using System.Xml.Linq;
using HybridControl.Diagnostics;
using HybridControl.Ensembles;
using HybridControl.Ensembles.Sensitivity;

namespace HybridControl.Plotting.Tests;

public sealed class EnsemblePlotTests
{
    private static readonly Lazy<EnsembleResult> Balls = new(() => SampleEnsembles.Balls(1000));
    private static readonly Lazy<EnsembleResult> Landings = new(() => SampleEnsembles.Landings());

    [Test]
    public void Fan_names_its_bands_its_axes_and_its_size()
    {
        string[] texts = TextsOf(Balls.Value.PlotFan("y", "m", paths: 3));
        Assert.That(texts, Is.SupersetOf((string[])["y [m]", "t [s]", "median", "25–75 %", "5–95 %", "3 of them", "1\u202F000 trajectories"]));
    }

    [Test]
    public void Bands_of_a_fan_lie_inside_each_other_and_the_median_inside_both()
    {
        XElement[] elements = [.. XDocument.Parse(Balls.Value.PlotFan("y", "m").ToSvg()).Descendants()];
        (double X, double Y)[][] bands =
            [.. elements.Where(element => element.Name.LocalName == "polygon").Select(PointsOf).Where(points => points.Length > 100)];
        Assert.That(bands, Has.Length.EqualTo(2));
        (double outerTop, double outerBottom) = Ends(bands[0]);
        (double innerTop, double innerBottom) = Ends(bands[1]);
        Assert.That(outerTop, Is.LessThan(innerTop));
        Assert.That(outerBottom, Is.GreaterThan(innerBottom));

        // At the start heights are uniform between 9 and 11 m: the bands are 90 % and 50 % of that wide.
        Assert.That((outerBottom - outerTop) / (innerBottom - innerTop), Is.EqualTo(0.9 / 0.5).Within(0.05));

        static (double Top, double Bottom) Ends((double X, double Y)[] polygon) => (polygon[0].Y, polygon[^1].Y);
    }

    [Test]
    public void Bars_of_event_times_add_up_to_the_events_of_a_hundred_trajectories()
    {
        EnsembleResult result = SampleEnsembles.Balls(500);
        double highest = new EventTimesChart(result, "bounce", null, 1).YRange.Highest;
        XElement[] boxes =
        [
            .. XDocument.Parse(result.PlotEventTimes("bounce", bins: 1).ToSvg()).Descendants()
                .Where(element => element.Name.LocalName == "rect" && Number(element, "width") is > 300 and < 600),
        ];
        double area = boxes.Max(box => Number(box, "height"));
        double stacked = boxes.Select(box => Number(box, "height")).Where(height => height < area).Sum();
        Assert.That(stacked / area * highest, Is.EqualTo(result.Events("bounce").Times.Count / 5.0).Within(0.5));
    }

    [Test]
    public void Occurrences_of_an_event_are_told_apart()
    {
        Assert.That(TextsOf(Balls.Value.PlotEventTimes("bounce")), Is.SupersetOf((string[])["first", "second", "third"]));
    }

    [Test]
    public void A_cloud_of_many_is_thinned_to_a_bounded_number_and_says_so()
    {
        EnsemblePlot plot = Landings.Value.PlotCloud("east", "north", "m", "m", "in the zone");
        int dots = DotsOf(plot);
        Assert.That(dots, Is.InRange(1000, 2000));
        Assert.That(TextsOf(plot), Has.Some.Contains("drawn"));
    }

    [Test]
    public void A_cloud_of_few_shows_every_trajectory()
    {
        EnsemblePlot plot = SampleEnsembles.Landings(100).PlotCloud("east", "north");
        Assert.That(DotsOf(plot), Is.EqualTo(100 + 2), "and a dot for each of the two statuses in the legend");
        Assert.That(TextsOf(plot), Has.None.Contains("drawn"));
    }

    [Test]
    public void A_circle_of_landings_is_drawn_as_a_circle()
    {
        var chart = new CloudChart(SampleEnsembles.Landings(500), "east", "north", "m", "m", null);
        double metresPerPixelX = (chart.XRange.Highest - chart.XRange.Lowest) / chart.Area.Width;
        double metresPerPixelY = (chart.YRange.Highest - chart.YRange.Lowest) / chart.Area.Height;
        Assert.That(metresPerPixelX, Is.EqualTo(metresPerPixelY).Within(1e-9 * metresPerPixelX));
    }

    [Test]
    public void Indices_are_ordered_by_their_total_share()
    {
        EnsemblePlan plan = new()
        {
            Model = SampleRuns.BallModel,
            Size = 64,
            Until = 0.5,
            Variations = [new("y", new Uniform(9.9, 10.1)), new("v", new Uniform(-2, 2))],
        };
        SobolIndices indices = SobolIndices.Estimate(plan, new SimulatorEnsembleBackend(1), "y");
        string[] texts = TextsOf(indices.PlotIndices());
        Assert.That(texts.Where(text => text is "y" or "v"), Is.EqualTo((string[])["v", "y"]));
        Assert.That(texts, Is.SupersetOf((string[])["alone", "with interactions", "share of the variance of y [%]"]));
    }

    [Test]
    public void Rare_colours_of_a_cloud_keep_their_dots()
    {
        string svg = Landings.Value.PlotCloud("east", "north").ToSvg();
        string[] fills =
            [.. XDocument.Parse(svg).Descendants().Where(element => element.Name.LocalName == "ellipse").Select(dot => dot.Attribute("style")!.Value)];
        int rarest = fills.GroupBy(style => style).Where(group => group.Count() > 1).Min(group => group.Count());
        Assert.That(rarest, Is.EqualTo(150), "400 of 20,000 failed");
        Assert.That(TextsOf(Landings.Value.PlotCloud("east", "north")), Does.Contain("step too small").And.Contain("completed"));
    }

    [Test]
    public void Alternatives_have_colours_of_their_own()
    {
        string[] texts = TextsOf(SampleEnsembles.Landings(50, 3).PlotCloud("east", "north"));
        Assert.That(texts, Is.SupersetOf((string[])["delay 1 s", "delay 2 s", "delay 3 s"]));
    }

    [Test]
    public void Only_visited_modes_are_listed_the_last_on_top()
    {
        string[] texts = TextsOf(SampleEnsembles.Landings(200).PlotModes());
        Assert.That(texts.Where(text => text is "landed" or "main" or "drogue" or "free fall"), Is.EqualTo((string[])["landed", "main", "drogue", "free fall"]));
    }

    [Test]
    public void Tornado_orders_inputs_by_the_swing_they_cause()
    {
        IReadOnlyList<TornadoBar> bars = TailSwings.Chart(Landings.Value, "east", "m", 0.1, null).Bars;
        Assert.That(bars.Select(bar => bar.Name), Is.EqualTo((string[])["wind", "delay", "side"]));

        // east = 200 wind + 80 delay + 10 side^2. Means of the tails: of a normal 1.754983 deviations, of the uniform 0.9 of half its width.
        Assert.That(bars[0].Swing, Is.EqualTo(200 * 2 * 1.754983).Within(20));
        Assert.That(bars[1].Swing, Is.EqualTo(80 * 2 * 0.9).Within(20));
        Assert.That(bars[0].High, Is.GreaterThan(bars[0].Low));
    }

    [Test]
    public void What_needs_single_trajectories_says_how_to_keep_them()
    {
        EnsembleResult result = SampleEnsembles.Landings(100, keepBlocks: false);
        Assert.Multiple(() =>
        {
            Assert.That(() => result.PlotCloud("east", "north"), Throws.TypeOf<ModelException>().With.Message.Contains("KeepBlocks = true"));
            Assert.That(() => result.PlotTornado("east"), Throws.TypeOf<ModelException>().With.Message.Contains("KeepBlocks = true"));
            Assert.That(() => result.PlotDistribution("east"), Throws.Nothing);
        });
    }

    [Test]
    public void Unknown_names_are_refused_with_the_known_ones()
    {
        Assert.Multiple(() =>
        {
            Assert.That(() => Balls.Value.PlotFan("height"), Throws.TypeOf<ModelException>());
            Assert.That(() => Balls.Value.PlotEventTimes("jump"), Throws.TypeOf<ModelException>());
            Assert.That(() => Landings.Value.PlotCloud("east", "nroth"), Throws.TypeOf<ModelException>().With.Message.Contains("north"));
            Assert.That(
                () => Landings.Value.PlotCloud("east", "north", colour: "zone"),
                Throws.TypeOf<ModelException>().With.Message.Contains("in the zone"));
            Assert.That(() => Landings.Value.PlotFan("mode", alternative: "b"), Throws.TypeOf<ModelException>());
            Assert.That(() => EnsemblePlots.Tornado([], "yield"), Throws.TypeOf<ModelException>());
        });
    }

    [Test]
    public void Nothing_is_drawn_outside_of_a_small_picture()
    {
        foreach (EnsemblePlot plot in (EnsemblePlot[])[
            Balls.Value.PlotFan("y", "m"), Balls.Value.PlotEventTimes("bounce"), Landings.Value.PlotTornado("east", "m"), Landings.Value.PlotModes()])
        {
            XElement root = XDocument.Parse(plot.Title("a title much longer than a small picture has room for").Size(300, 200).ToSvg()).Root!;
            Assert.That(root.Attribute("width")!.Value, Does.StartWith("300"));
            Assert.That(root.Descendants().Where(element => element.Name.LocalName == "text").Select(text => Number(text, "x")), Has.All.InRange(0, 300));
        }
    }

    private static string[] TextsOf(EnsemblePlot plot) =>
        [.. XDocument.Parse(plot.ToSvg()).Descendants().Where(element => element.Name.LocalName == "text").Select(text => text.Value)];

    private static int DotsOf(EnsemblePlot plot) =>
        XDocument.Parse(plot.ToSvg()).Descendants().Count(element => element.Name.LocalName == "ellipse");

    private static double Number(XElement element, string attribute) =>
        element.Attribute(attribute) is { } found && double.TryParse(found.Value, CultureInfo.InvariantCulture, out double value) ? value : 0;

    private static (double X, double Y)[] PointsOf(XElement polygon) =>
    [
        .. polygon.Attribute("points")!.Value.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(point => point.Split(','))
            .Select(pair => (double.Parse(pair[0], CultureInfo.InvariantCulture), double.Parse(pair[1], CultureInfo.InvariantCulture))),
    ];
}
