using HybridControl.Numerics;

namespace HybridControl.Tests.Numerics;

/// <summary>The stated accuracy of the rough functions.</summary>
public class RoughMathTests
{
    [Test]
    public void Logarithm_is_within_its_bound_over_all_normal_numbers()
    {
        for (double x = 1e-307; x < 1e307; x *= 1.0137)
        {
            Assert.That(RoughMath.Log2(x), Is.EqualTo(Math.Log2(x)).Within(2e-4), $"{x:R}");
        }

        Assert.That(RoughMath.Log2(0.0), Is.LessThan(-1000.0));
    }

    [Test]
    public void Power_is_within_its_bound_and_saturates()
    {
        for (double x = -999.0; x < 999.0; x += 0.0371)
        {
            Assert.That(RoughMath.Exp2(x) / Math.Pow(2.0, x), Is.EqualTo(1.0).Within(2e-4), $"{x:R}");
        }

        Assert.That(RoughMath.Exp2(double.PositiveInfinity), Is.GreaterThan(1e300).And.LessThan(double.PositiveInfinity));
        Assert.That(RoughMath.Exp2(double.NegativeInfinity), Is.Positive.And.LessThan(1e-300));
    }
}
