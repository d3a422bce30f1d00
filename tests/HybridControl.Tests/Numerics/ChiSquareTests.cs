using HybridControl.Numerics;

namespace HybridControl.Tests.Numerics;

public sealed class ChiSquareTests
{
    // Series of the incomplete gamma function, summed in 80 decimal digits: degrees, x, lower tail, upper tail.
    [TestCase(1, 1e-6, 0.00079788442782212517, 0.99920211557217786)]
    [TestCase(1, 30, 0.99999995679536946, 4.3204630578274975e-08)]
    [TestCase(3, 0.01, 0.00026516505865560982, 0.99973483494134441)]
    [TestCase(7, 20, 0.99443031692705441, 0.0055696830729455712)]
    [TestCase(10, 80, 0.99999999999949796, 5.0204643188291335e-13)]
    [TestCase(40, 10, 3.4521358209144602e-07, 0.99999965478641795)]
    [TestCase(101, 160, 0.99983172266702869, 0.00016827733297129305)]
    [TestCase(2000, 2300, 0.99999712622393966, 2.8737760603923574e-06)]
    [TestCase(20000, 19000, 1.8624546517951551e-07, 0.99999981375453484)]
    [TestCase(200000, 200500, 0.7855179203446172, 0.2144820796553828)]
    public void Both_tails_agree_with_series_in_high_precision(double degrees, double x, double below, double above)
    {
        double accuracy = degrees <= 101 ? 1e-13 : 2e-10;
        Assert.Multiple(() =>
        {
            Assert.That((ChiSquare.Cdf(degrees, x) / below) - 1.0, Is.Zero.Within(accuracy));
            Assert.That((ChiSquare.Tail(degrees, x) / above) - 1.0, Is.Zero.Within(accuracy));
            Assert.That((ChiSquare.Quantile(degrees, below) / x) - 1.0, Is.Zero.Within(below > 1 - 1e-9 ? 1e-5 : 1e-9));
        });
    }

    // The usual table of percentage points, as printed.
    [TestCase(0.95, 1, 3.841)]
    [TestCase(0.95, 2, 5.991)]
    [TestCase(0.99, 4, 13.277)]
    [TestCase(0.999, 3, 16.266)]
    [TestCase(0.025, 10, 3.247)]
    [TestCase(0.975, 10, 20.483)]
    [TestCase(0.025, 100, 74.222)]
    [TestCase(0.975, 100, 129.561)]
    [TestCase(0.005, 1, 0.0000393)]
    [TestCase(0.001, 30, 11.588)]
    public void Quantiles_agree_with_the_printed_table(double p, double degrees, double expected) =>
        Assert.That(ChiSquare.Quantile(degrees, p), Is.EqualTo(expected).Within(expected < 0.001 ? 5e-8 : 5e-4));

    [Test]
    public void With_two_degrees_the_quantile_is_a_logarithm()
    {
        foreach (double p in (double[])[1e-300, 1e-12, 1e-3, 0.3, 0.5, 0.7, 0.999, 1 - 1e-12])
        {
            double expected = p < 0.5 ? 2.0 * (p < 1e-9 ? p : -Math.Log(1.0 - p)) : -2.0 * Math.Log(1.0 - p);
            Assert.That((ChiSquare.Quantile(2.0, p) / expected) - 1.0, Is.Zero.Within(1e-9), $"{p}");
        }
    }

    [Test]
    public void Quantile_inverts_the_lower_tail_over_degrees_and_probabilities()
    {
        foreach (double degrees in (double[])[0.5, 1, 2, 5, 17, 200, 5000, 1e6])
        {
            foreach (double p in (double[])[1e-8, 0.001, 0.025, 0.5, 0.975, 0.9999])
            {
                Assert.That(ChiSquare.Cdf(degrees, ChiSquare.Quantile(degrees, p)) / p, Is.EqualTo(1.0).Within(1e-8), $"{p}, {degrees}");
            }
        }
    }

    [Test]
    public void Ends_are_closed()
    {
        Assert.Multiple(() =>
        {
            Assert.That(ChiSquare.Quantile(3.0, 0.0), Is.Zero);
            Assert.That(ChiSquare.Quantile(3.0, 1.0), Is.EqualTo(double.PositiveInfinity));
            Assert.That(ChiSquare.Tail(3.0, 0.0), Is.EqualTo(1.0));
            Assert.That(ChiSquare.Cdf(3.0, double.PositiveInfinity), Is.EqualTo(1.0));
            Assert.That(ChiSquare.TwoSided(3.0, 3.0), Is.InRange(0.7, 1.0));
        });
    }
}
