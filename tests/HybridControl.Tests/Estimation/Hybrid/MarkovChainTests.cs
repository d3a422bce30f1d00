using HybridControl.Diagnostics;
using HybridControl.Estimation;

namespace HybridControl.Tests.Estimation.Hybrid;

public class MarkovChainTests
{
    [TestCase(1e-9)]
    [TestCase(0.3)]
    [TestCase(7.0)]
    [TestCase(1e6)]
    public void Two_modes_in_continuous_time_follow_the_closed_form(double step)
    {
        (double a, double b) = (0.2, 0.5);
        MarkovChain chain = MarkovChain.FromRates([-a, a], [b, -b]);
        double half = 0.5 * (a + b) * step; // 1 - exp(-2 h) without cancellation
        double fading = 2.0 * Math.Exp(-half) * Math.Sinh(half) / (a + b);
        fading = step > 1e3 ? 1.0 / (a + b) : fading;
        double[] expected = [1.0 - (a * fading), a * fading, b * fading, 1.0 - (b * fading)];
        double[] given = chain.Step(step).ToArray();
        for (int i = 0; i < 4; i++)
        {
            Assert.That(given[i], Is.EqualTo(expected[i]).Within(1e-13 * expected[i]));
        }
    }

    [Test]
    public void Steps_of_any_length_fit_together()
    {
        MarkovChain chain = MarkovChain.FromRates([-3.0, 2.0, 1.0], [0.5, -0.5, 0.0], [0.0, 40.0, -40.0]);
        double[] first = chain.Step(0.07).ToArray();
        double[] second = chain.Step(1.3).ToArray();
        double[] both = chain.Step(1.37).ToArray();
        for (int i = 0; i < 3; i++)
        {
            for (int j = 0; j < 3; j++)
            {
                double product = 0.0;
                for (int k = 0; k < 3; k++)
                {
                    product += first[(3 * i) + k] * second[(3 * k) + j];
                }

                Assert.That(product, Is.EqualTo(both[(3 * i) + j]).Within(1e-14));
            }
        }

        Assert.That(chain.Step(0.0).ToArray(), Is.EqualTo(new double[] { 1, 0, 0, 0, 1, 0, 0, 0, 1 }));
    }

    [Test]
    public void Every_wrong_row_is_named()
    {
        ModelException rows = Assert.Throws<ModelException>(() => MarkovChain.FromRows([0.9, 0.2], [1.5, -0.5]))!;
        Assert.That(rows.Findings, Has.Length.EqualTo(3));
        Assert.That(rows.Findings[0].Where, Is.EqualTo("switching.row 0"));
        Assert.That(() => MarkovChain.FromRows([0.9, 0.1]), Throws.TypeOf<ModelException>().With.Message.Contains("2 numbers for 1 modes"));
        Assert.That(() => MarkovChain.FromRows([double.NaN]), Throws.TypeOf<ModelException>());
        ModelException rates = Assert.Throws<ModelException>(() => MarkovChain.FromRates([-0.1, 0.2], [-1.0, 1.0]))!;
        Assert.That(rates.Findings.Select(finding => finding.Where), Is.EquivalentTo(new[] { "switching.row 0", "switching.row 1[0]", "switching.row 1" }));
    }
}
