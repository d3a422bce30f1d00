using System.Numerics;
using System.Xml.Linq;
using HybridControl.Diagnostics;

namespace HybridControl.Plotting.Tests;

public sealed class LayerPlotTests
{
    [Test]
    public void Poles_come_with_their_conjugates_and_the_limit()
    {
        string svg = SampleLayers.Poles().ToSvg();
        Assert.That(TextsOf(svg), Is.SupersetOf((string[])["real part [1/s]", "imaginary part [rad/s]", "layer", "filter", "stability limit"]));

        // Two lines for each cross, two crosses for each pole.
        Assert.That(Lines(LayerPlots.Poles([new(-1, 2), new(-3, 2)]).ToSvg()) - Lines(LayerPlots.Poles([new(-3, 2)]).ToSvg()), Is.EqualTo(4));
    }

    [Test]
    public void Bode_has_gain_above_phase()
    {
        Assert.That(TextsOf(SampleLayers.Bode().ToSvg()), Is.SupersetOf((string[])["gain [dB]", "phase [deg]", "log₁₀ ω [rad/s]", "full", "reduced"]));
    }

    [Test]
    public void Cells_of_a_map_are_as_many_as_can_be_seen()
    {
        string[] texts = TextsOf(SampleLayers.States(6, 40).ToSvg());
        Assert.That(texts, Is.SupersetOf((string[])["token", "state", "0"]).And.None.Contains("means"));
        Assert.That(TextsOf(SampleLayers.States(64, 4000).ToSvg()), Has.Some.Contains("means of"));
        Assert.That(TextsOf(SampleLayers.Attention(300).ToSvg()), Is.SupersetOf((string[])["key", "query"]));
    }

    [Test]
    public void A_cell_has_the_colour_of_its_value()
    {
        string svg = LayerPlots.States([1.0, -1.0, 0.0, 0.5], 2).ToSvg();
        Assert.That(svg, Does.Contain("#b2182b").IgnoreCase.Or.Contain("rgb(178,24,43)"));
        Assert.That(svg, Does.Contain("#2166ac").IgnoreCase.Or.Contain("rgb(33,102,172)"));
        Assert.That(LayerPlots.States([0.0, 0.0], 2).ToSvg(), Does.Not.Contain("NaN"));
    }

    [Test]
    public void A_setting_returns_a_new_plot()
    {
        StackedPlot plain = SampleLayers.Poles();
        string before = plain.ToSvg();
        _ = plain.Title("other").Size(300, 300);
        Assert.That(plain.ToSvg(), Is.EqualTo(before));
    }

    [Test]
    public void What_cannot_be_drawn_is_refused_with_a_remedy()
    {
        Assert.Multiple(() =>
        {
            Assert.That(() => LayerPlots.Poles([]), Refused("no finite pole"));
            Assert.That(() => LayerPlots.Bode([1, 2]), Refused("no curve"));
            Assert.That(() => LayerPlots.Traces([1, 2], [("y", [1.0])]), Refused("1 values at 2 places"));
            Assert.That(() => LayerPlots.States([1, 2, 3], 2), Refused("3 numbers"));
            Assert.That(() => LayerPlots.Attention([], 3), Refused("0 numbers"));
        });

        static NUnit.Framework.Constraints.IResolveConstraint Refused(string words) => Throws.TypeOf<ModelException>().With.Message.Contains(words);
    }

    private static string[] TextsOf(string svg) =>
        [.. XDocument.Parse(svg).Descendants().Where(element => element.Name.LocalName == "text").Select(element => element.Value)];

    private static int Lines(string svg) => XDocument.Parse(svg).Descendants().Count(element => element.Name.LocalName is "line" or "polyline");
}
