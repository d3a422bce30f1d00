using HybridControl.Diagnostics;
using HybridControl.Estimation.Diagnostics;

namespace HybridControl.Tests.Estimation.Diagnostics;

public sealed class WhitenessAccumulatorTests
{
    [Test]
    public void Coefficients_and_statistic_are_those_of_the_definition()
    {
        double[] x = [1, 3, -2, 0, 4, 1, -1, 2];
        var gathered = new WhitenessAccumulator(2);
        Array.ForEach(x, gathered.Add);
        Whiteness whiteness = gathered.ToWhiteness();

        // Mean 1, squared deviations 28; products of deviations one apart -3, two apart -3.
        double r1 = ((0 * 2) + (2 * -3) + (-3 * -1) + (-1 * 3) + (3 * 0) + (0 * -2) + (-2 * 1)) / 28.0;
        double r2 = ((0 * -3) + (2 * -1) + (-3 * 3) + (-1 * 0) + (3 * -2) + (0 * 1)) / 28.0;
        Assert.Multiple(() =>
        {
            Assert.That(whiteness.Autocorrelation, Is.EqualTo(new[] { r1, r2 }).Within(1e-15));
            Assert.That(whiteness.LjungBox, Is.EqualTo(8 * 10 * ((r1 * r1 / 7) + (r2 * r2 / 6))).Within(1e-13));
            Assert.That(whiteness.PValue, Is.EqualTo(Math.Exp(-whiteness.LjungBox / 2)).Within(1e-13), "two degrees of freedom");
            Assert.That(whiteness.Bound, Is.EqualTo(1.96 / Math.Sqrt(8)).Within(1e-4));
        });
    }

    [Test]
    public void White_noise_fails_at_the_stated_rate()
    {
        (int failed, double outside) = (0, 0.0);
        for (int i = 0; i < 1000; i++)
        {
            Whiteness whiteness = OfAutoregression(0.0, seed: 1, i, 300);
            failed += whiteness.PValue < 0.05 ? 1 : 0;
            outside += whiteness.ShareOutside / 1000;
        }

        // Binomial(1000, 0.05) within three deviations; the finite sample makes the test itself a little eager.
        Assert.That(failed, Is.InRange(29, 75));
        Assert.That(outside, Is.EqualTo(0.05).Within(0.008));
    }

    [TestCase(0.3)]
    [TestCase(-0.3)]
    public void An_autoregression_fails_and_shows_its_powers(double a)
    {
        Whiteness whiteness = OfAutoregression(a, seed: 2, 0, 4000);
        Assert.Multiple(() =>
        {
            Assert.That(whiteness.PValue, Is.LessThan(1e-10));
            Assert.That(whiteness.Autocorrelation[0], Is.EqualTo(a).Within(0.05));
            Assert.That(whiteness.Autocorrelation[1], Is.EqualTo(a * a).Within(0.05));
        });
    }

    [Test]
    public void Samples_of_different_runs_are_no_pairs()
    {
        // Each run repeats the last number of the run before, which must not count.
        var gathered = new WhitenessAccumulator(1);
        double last = 0.0;
        for (int run = 0; run < 2000; run++)
        {
            gathered.BeginRun();
            gathered.Add(last);
            last = Noise.Normal(3, run, 0, 0);
            gathered.Add(last);
        }

        Assert.That(gathered.ToWhiteness().Autocorrelation[0], Is.EqualTo(0.0).Within(0.05));
    }

    [Test]
    public void Gaps_keep_the_lags_of_what_is_left()
    {
        var gathered = new WhitenessAccumulator(4);
        double x = 0.0;
        for (int k = 0; k < 20_000; k++)
        {
            x = (0.5 * x) + Noise.Normal(4, 0, 0, k);
            gathered.Add(k % 5 == 0 ? double.NaN : x);
        }

        Whiteness whiteness = gathered.ToWhiteness();

        // Pairs one apart are 3 of 4 samples, two apart 2 of 4 ... relative to the power of all of them, times five fours.
        Assert.That(whiteness.Autocorrelation[0], Is.EqualTo(0.5 * 3 / 4).Within(0.03));
        Assert.That(whiteness.Autocorrelation[1], Is.EqualTo(0.25 * 3 / 4).Within(0.03));
    }

    [Test]
    public void Few_samples_give_no_verdict()
    {
        var gathered = new WhitenessAccumulator();
        gathered.Add(1);
        Assert.Multiple(() =>
        {
            Assert.That(gathered.ToWhiteness().PValue, Is.NaN);
            Assert.That(() => new WhitenessAccumulator(0), Throws.TypeOf<ModelException>());
        });
    }

    private static Whiteness OfAutoregression(double a, ulong seed, long trajectory, int samples)
    {
        var gathered = new WhitenessAccumulator(20);
        double x = 0.0;
        for (int k = 0; k < samples; k++)
        {
            x = (a * x) + Noise.Normal(seed, trajectory, 0, k);
            gathered.Add(x);
        }

        return gathered.ToWhiteness();
    }
}
