using HybridControl.Numerics;

namespace HybridControl.Tests.Numerics;

public sealed class StudentLawTests
{
    [Test]
    public void With_one_degree_it_is_the_arctangent()
    {
        foreach (double t in (double[])[0.1, 1.0, 12.706, 1e3])
        {
            Assert.That(StudentLaw.TwoSided(t, 1.0), Is.EqualTo(1.0 - (2.0 / Math.PI * Math.Atan(t))).Within(1e-13), $"{t}");
        }
    }

    [TestCase(0.95, 1, 12.706)]
    [TestCase(0.95, 10, 2.228)]
    [TestCase(0.99, 30, 2.750)]
    public void Quantiles_agree_with_the_printed_table(double confidence, double degrees, double expected) =>
        Assert.That(StudentLaw.TwoSidedQuantile(confidence, degrees), Is.EqualTo(expected).Within(5e-4));
}
