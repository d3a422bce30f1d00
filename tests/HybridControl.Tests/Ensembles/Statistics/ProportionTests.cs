using HybridControl.Diagnostics;
using HybridControl.Ensembles.Statistics;
using HybridControl.Numerics;

namespace HybridControl.Tests.Ensembles.Statistics;

internal sealed class ProportionTests
{
    // R. G. Newcombe, Statist. Med. 17 (1998), 857-872, table I: methods 3 (score) and 5 (exact).
    [TestCase(81, 263, 0.2553, 0.3662, 0.2527, 0.3676)]
    [TestCase(15, 148, 0.0624, 0.1605, 0.0578, 0.1617)]
    [TestCase(0, 20, 0.0, 0.1611, 0.0, 0.1684)]
    [TestCase(1, 29, 0.0061, 0.1718, 0.0009, 0.1776)]
    public void Intervals_equal_published_values(int met, int trials, double wilsonLow, double wilsonHigh, double low, double high)
    {
        var proportion = new Proportion(met, trials);
        ConfidenceInterval wilson = proportion.Wilson();
        ConfidenceInterval exact = proportion.ClopperPearson();
        Assert.That(new[] { wilson.Lower, wilson.Upper, exact.Lower, exact.Upper },
            Is.EqualTo(new[] { wilsonLow, wilsonHigh, low, high }).Within(5.1e-5));
    }

    [Test]
    public void Ends_of_the_exact_interval_have_the_tail_probability()
    {
        ConfidenceInterval interval = new Proportion(37, 100_000).ClopperPearson(0.99);
        Assert.That(IncompleteBeta.BinomialBelow(37, 100_000, interval.Upper), Is.EqualTo(0.005).Within(1e-12));
        Assert.That(1.0 - IncompleteBeta.BinomialBelow(36, 100_000, interval.Lower), Is.EqualTo(0.005).Within(1e-12));
    }

    [Test]
    public void Nothing_seen_bounds_by_the_closed_form()
    {
        ConfidenceInterval none = new Proportion(0, 1_000_000).ClopperPearson();
        Assert.That(none.Upper, Is.EqualTo(SmallExpM1(-Math.Log(0.025) / 1e6)).Within(2e-17));
        ConfidenceInterval all = new Proportion(50, 50).ClopperPearson();
        Assert.That(new[] { all.Lower, all.Upper }, Is.EqualTo(new[] { Math.Pow(0.025, 0.02), 1.0 }).Within(1e-14));
        Assert.That(new Proportion(0, 0).Wilson(), Is.EqualTo(new ConfidenceInterval(0.0, 1.0, 0.95)));
    }

    [Test]
    public void Unknown_trajectories_widen_only_the_worst_case()
    {
        var proportion = new Proportion(90, 100, Unknown: 20);
        Assert.That(proportion.Estimate, Is.EqualTo(0.9));
        Assert.That(proportion.WorstCase().Lower, Is.EqualTo(new Proportion(90, 120).ClopperPearson().Lower));
        Assert.That(proportion.WorstCase().Upper, Is.EqualTo(new Proportion(110, 120).ClopperPearson().Upper));
    }

    [Test]
    public void Wilson_and_exact_intervals_cover_as_often_as_they_say()
    {
        (int wilson, int exact) = (0, 0);
        for (int r = 0; r < 4000; r++)
        {
            int met = Enumerable.Range(0, 60).Count(i => Scatter.Uniform((r * 60L) + i) < 0.07);
            var proportion = new Proportion(met, 60);
            wilson += proportion.Wilson().Contains(0.07) ? 1 : 0;
            exact += proportion.ClopperPearson().Contains(0.07) ? 1 : 0;
        }

        Assert.That(wilson / 4000.0, Is.InRange(0.92, 0.98));
        Assert.That(exact / 4000.0, Is.InRange(0.945, 0.995));
    }

    // 1 - exp(-y) for small y; Math has it only with the rounding error of 1.
    private static double SmallExpM1(double y) => y - (y * y / 2.0) + (y * y * y / 6.0);

    [TestCase(0.0)]
    [TestCase(1.0)]
    [TestCase(double.NaN)]
    public void Impossible_confidence_is_refused(double confidence) =>
        Assert.That(() => new Proportion(1, 2).Wilson(confidence), Throws.TypeOf<ModelException>().With.Message.Contains("between 0 and 1"));
}
