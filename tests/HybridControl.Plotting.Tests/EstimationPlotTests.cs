using System.Globalization;
using System.Xml.Linq;
using HybridControl.Diagnostics;
using HybridControl.Estimation;
using HybridControl.Estimation.Diagnostics;

namespace HybridControl.Plotting.Tests;

public sealed class EstimationPlotTests
{
    private static readonly Lazy<EstimationHistory> Cart = new(() => SampleEstimations.Cart().History);
    private static readonly Lazy<ConsistencyReport> Verdict = new(() => SampleEstimations.Verdict(runs: 5));

    [Test]
    public void Beliefs_name_states_units_and_what_is_drawn()
    {
        string[] texts = TextsOf(Cart.Value.Plot("v", "x").WithMeasurements("rate", on: "v").Title("cart").ToSvg());
        Assert.That(texts, Is.SupersetOf((string[])["v [m/s]", "x [m]", "t [s]", "mean", "± 2 σ", "rate", "cart"]));
        Assert.That(texts, Has.No.Member("truth").And.No.Member("range"));
    }

    [Test]
    public void A_measurement_with_the_name_of_a_state_is_drawn_on_it()
    {
        (EstimationHistory history, HybridControl.Simulation.Trajectory truth) = SampleEstimations.Thermostat();
        int dots = Dots(history.Plot().WithMeasurements().ToSvg()) - Dots(history.Plot().ToSvg());
        Assert.That(dots, Is.EqualTo(history.Count + 1), "one for each row and one in the legend");
        Assert.That(TextsOf(history.Plot().WithTruth(truth).WithModes().ToSvg()), Is.SupersetOf((string[])["truth", "off", "on", "P(mode)"]));
    }

    [Test]
    public void The_band_is_two_deviations_on_both_sides()
    {
        EstimationHistory history = SampleEstimations.Thermostat().History;
        double[][] polygon = [.. Polygons(history.Plot().ToSvg()).MaxBy(points => points.Length)!];
        double unit = (polygon[0][1] - polygon[^1][1]) / (4 * history.Deviation(0)[0]);
        int last = (polygon.Length / 2) - 1;
        Assert.That(
            (polygon[last][1] - polygon[0][1]) / unit,
            Is.EqualTo(history.Mean(history.Count - 1)[0] - history.Mean(0)[0]).Within(0.02),
            "deviations are constant, so the upper edge moves with the mean");
    }

    [Test]
    public void Innovations_and_nis_say_how_many_are_outside()
    {
        string[] texts = TextsOf(Cart.Value.PlotInnovations().ToSvg());
        Assert.That(texts, Is.SupersetOf((string[])["ν(range) [m]", "ν(rate) [m/s]", "NIS", "± 2 √S", "outside: 4.0 %", "95 % if right"]));
    }

    [Test]
    public void Bands_of_innovations_break_where_nothing_was_measured()
    {
        // Range and NIS have one gap, of ten seconds; rate ends early besides.
        int pieces = Polygons(Cart.Value.PlotInnovations().ToSvg()).Count(points => points.Length > 20);
        Assert.That(pieces, Is.EqualTo(6));
    }

    [Test]
    public void Diagnostics_have_a_panel_for_each_component()
    {
        Assert.Multiple(() =>
        {
            Assert.That(TextsOf(Verdict.Value.PlotPit().ToSvg()), Is.SupersetOf((string[])["range", "rate", "x", "v", "share / expected"]));
            Assert.That(TextsOf(Verdict.Value.PlotSteps().ToSvg()), Is.SupersetOf((string[])["NIS", "NEES", "mean of 5 runs", "step"]));
            Assert.That(TextsOf(Verdict.Value.PlotWhiteness().ToSvg()), Is.SupersetOf((string[])["range", "rate", "lag", "95 % if white"]));
        });
    }

    [Test]
    public void A_setting_returns_a_new_plot()
    {
        BeliefPlot plain = Cart.Value.Plot("x");
        string before = plain.ToSvg();
        _ = plain.WithMeasurements("range", on: "x").Size(300, 200).Title("other");
        Assert.That(plain.ToSvg(), Is.EqualTo(before));
    }

    [Test]
    public void What_cannot_be_drawn_is_refused_with_a_remedy()
    {
        EstimationHistory history = Cart.Value;
        EstimationHistory empty = new EstimationRecorder(["x"]).ToHistory();
        Assert.Multiple(() =>
        {
            Assert.That(() => history.Plot("q"), Refused("unknown name 'q'"));
            Assert.That(() => history.Plot().WithMeasurements(), Refused("on: "));
            Assert.That(() => history.Plot("x").WithMeasurements("rate", on: "v"), Refused("'v' is not plotted"));
            Assert.That(() => history.Plot().WithModes(), Refused("knows no modes"));
            Assert.That(() => history.Plot().WithTruth(SampleRuns.Ball()), Throws.Nothing, "it has v");
            Assert.That(() => history.Plot("x").WithTruth(SampleRuns.Ball()), Refused("none of the states"));
            Assert.That(() => history.Plot().WithTruth("x", [1, 2], [1]), Refused("1 values at 2 times"));
            Assert.That(() => empty.PlotInnovations(), Refused("no measurements"));
            Assert.That(() => empty.PlotModes(), Refused("knows no modes"));
            Assert.That(() => new ConsistencyAccumulator(1, 1).ToReport().PlotPit(), Refused("no samples"));
            Assert.That(XDocument.Parse(empty.Plot().ToSvg()).Root!.Name.LocalName, Is.EqualTo("svg"));
        });

        static NUnit.Framework.Constraints.IResolveConstraint Refused(string words) => Throws.TypeOf<ModelException>().With.Message.Contains(words);
    }

    [Test]
    public void Thinning_keeps_spikes_and_ends()
    {
        double[] values = [.. Enumerable.Range(0, 10_000).Select(i => i == 4321 ? 9.0 : i == 77 ? -9.0 : Math.Sin(i))];
        int[] extremes = Thinning.Extremes(values, 100);
        Assert.That(extremes, Has.Member(4321).And.Member(77).And.Length.LessThanOrEqualTo(100).And.Ordered);
        Assert.That(Thinning.Dots(values, 100), Has.Member(4321).And.Member(77).And.Member(9999));
        (double[] times, int[] places) = Thinning.Gaps([0, 1, 2, 3, 10, 11]);
        Assert.That(times, Is.EqualTo(new[] { 0, 1, 2, 3, double.NaN, 10, 11 }));
        Assert.That(places, Is.EqualTo(new[] { 0, 1, 2, 3, -1, 4, 5 }));
    }

    private static string[] TextsOf(string svg) =>
        [.. XDocument.Parse(svg).Descendants().Where(element => element.Name.LocalName == "text").Select(element => element.Value)];

    private static int Dots(string svg) => XDocument.Parse(svg).Descendants().Count(element => element.Name.LocalName == "ellipse");

    private static IEnumerable<double[][]> Polygons(string svg) => XDocument.Parse(svg).Descendants()
        .Where(element => element.Name.LocalName == "polygon")
        .Select(element => element.Attribute("points")!.Value.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(point => point.Split(',').Select(number => double.Parse(number, CultureInfo.InvariantCulture)).ToArray()).ToArray());
}
