using HybridControl.Numerics;

namespace HybridControl.Tests.Numerics;

public sealed class SuggestionsTests
{
    [TestCase("gravty", "gravity")]
    [TestCase("Gravity", "gravity")]
    [TestCase("garvity", "gravity")]
    [TestCase("vv", "v")]
    public void A_misspelt_name_leads_to_the_nearest_known_one(string name, string nearest) => Assert.That(
        Suggestions.For(name, ["y", "v", "gravity", "e"]),
        Is.EqualTo($"Did you mean '{nearest}'? Known: e, gravity, v, y."));

    [TestCase("pressure")]
    [TestCase("q")]
    [TestCase("")]
    public void A_name_unlike_any_other_leads_to_the_list_alone(string name) => Assert.That(
        Suggestions.For(name, ["y", "v", "gravity", "e"]), Is.EqualTo("Known: e, gravity, v, y."));

    [Test]
    public void Without_known_names_the_message_says_so() =>
        Assert.That(Suggestions.For("x", []), Is.EqualTo("No names are known here."));

    [Test]
    public void A_long_list_is_cut_to_the_nearest_names()
    {
        string mend = Suggestions.For("node_97", Enumerable.Range(100, 400).Select(i => $"node_{i}"));
        Assert.That(mend, Does.StartWith("Did you mean 'node_").And.EndsWith(" and 380 more."));
        Assert.That(mend, Has.Length.LessThan(300));
    }

    [Test]
    public void A_very_long_name_costs_nothing_and_matches_nothing() => Assert.That(
        Suggestions.Nearest(new string('a', 100_000), [new string('a', 100_001)]), Is.Null);
}
