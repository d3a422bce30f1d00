using System.Numerics;
using HybridControl.Numerics;

namespace HybridControl.Tests.Numerics;

internal sealed class IncompleteBetaTests
{
    [Test]
    public void Value_equals_binomial_sums_in_exact_arithmetic()
    {
        foreach ((int n, int k, int percent) in new[] { (5, 2, 30), (40, 3, 20), (200, 190, 90), (1000, 480, 50), (1000, 20, 1) })
        {
            BigInteger sum = 0, term = 1;
            for (int j = 0; j <= k; j++)
            {
                sum += term * BigInteger.Pow(percent, j) * BigInteger.Pow(100 - percent, n - j);
                term = term * (n - j) / (j + 1);
            }

            double exact = (double)(sum * BigInteger.Pow(10, 30) / BigInteger.Pow(100, n)) * 1e-30;
            Assert.That(IncompleteBeta.BinomialBelow(k, n, percent / 100.0), Is.EqualTo(exact).Within(2e-13 * exact), $"{n}, {k}, {percent}");
        }
    }

    [TestCase(0.5, 0.5)]
    [TestCase(3.0, 3.0)]
    [TestCase(2.5e6, 2.5e6)]
    public void Value_is_one_half_in_the_middle_of_a_symmetric_distribution(double a, double b) =>
        Assert.That(IncompleteBeta.Value(a, b, 0.5), Is.EqualTo(0.5).Within(1e-12));

    // I_x(1, b) = 1 - (1 - x)^b and I_x(a, 1) = x^a.
    [TestCase(1.0, 3e5, 1.0 / 65536.0)]
    [TestCase(7.5, 1.0, 0.3)]
    [TestCase(4000.0, 1.0, 0.999)]
    public void Value_has_its_closed_forms(double a, double b, double x)
    {
        double expected = a == 1.0 ? 1.0 - Math.Exp(b * Math.Log(1.0 - x)) : Math.Pow(x, a);
        Assert.That(IncompleteBeta.Value(a, b, x), Is.EqualTo(expected).Within(1e-12 * expected));
    }

    [Test]
    public void Inverse_undoes_the_value([Values(0.5, 1.0, 7.0, 900.0)] double a, [Values(0.5, 2.0, 5000.0)] double b, [Values(1e-9, 0.025, 0.6, 0.999)] double p)
    {
        double x = IncompleteBeta.Inverse(a, b, p);
        Assert.That(IncompleteBeta.Value(a, b, x), Is.EqualTo(p).Within(1e-9 * p));
    }

    // I_x(a, 1) = x^a and I_x(1, b) = 1 - (1 - x)^b.
    [Test]
    public void Inverse_keeps_the_digits_of_tiny_results_and_of_tiny_tails()
    {
        Assert.That(IncompleteBeta.Inverse(0.05, 1.0, 1e-12), Is.EqualTo(1e-240).Within(1e-12 * 1e-240));
        double tail = 1.0 - (1.0 - 1e-12);
        double exact = 1.0 - Math.Pow(tail, 1.0 / 900.0);
        Assert.That(IncompleteBeta.Inverse(1.0, 900.0, 1.0 - tail), Is.EqualTo(exact).Within(1e-14));
        Assert.That(IncompleteBeta.Inverse(1.0, 1e6, 0.975), Is.EqualTo(3.6888726e-6).Within(1e-12));
    }
}
