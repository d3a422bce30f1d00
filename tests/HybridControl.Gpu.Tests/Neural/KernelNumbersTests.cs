using HybridControl.Gpu.Neural.Kernels;
using HybridControl.Numerics;

namespace HybridControl.Gpu.Tests.Neural;

/// <summary>The functions of kernels of layers, in both precisions, against the library.</summary>
public sealed class KernelNumbersTests
{
    private static readonly double[] Wide = [.. Enumerable.Range(-400, 801).Select(i => i * 0.05), 1e-6, -1e-6, 87.0, -87.0, 0.24999, 0.25001];
    private static readonly double[] Unit = [.. Enumerable.Range(0, 401).Select(i => i / 400.0), 1e-7, 1e-4, 1e-20];

    [Test]
    public void Powers_of_two_and_exponentials_agree()
    {
        Agree(Wide, SingleNumbers.PowerOfTwo, DoubleNumbers.PowerOfTwo, x => Math.Pow(2.0, x), relative: 4e-7, exact: 4e-15);
        Agree(Wide, SingleNumbers.Exp, DoubleNumbers.Exp, Math.Exp, relative: 1.5e-5, exact: 4e-15); // the argument times log2 e is rounded once
        Assert.That(SingleNumbers.Exp(-1000.0f), Is.Zero);
        Assert.That(SingleNumbers.Exp(1000.0f), Is.EqualTo(float.PositiveInfinity));
    }

    [Test]
    public void Logarithms_of_one_and_more_agree() =>
        Agree(Unit, SingleNumbers.LogOnePlus, DoubleNumbers.LogOnePlus, x => x < 1e-5 ? x * (1.0 - (0.5 * x)) : Math.Log(1.0 + x), relative: 4e-7, exact: 3e-11);

    [Test]
    public void Hyperbolic_tangents_agree() => Agree(Wide, SingleNumbers.Tanh, DoubleNumbers.Tanh, Math.Tanh, relative: 1e-6, exact: 4e-15);

    [Test]
    public void Normal_probabilities_agree()
    {
        foreach (double x in Wide)
        {
            Assert.That(SingleNumbers.NormalCdf((float)x), Is.EqualTo(NormalLaw.Cdf((float)x)).Within(2e-7), $"{x}");
            Assert.That(DoubleNumbers.NormalCdf(x), Is.EqualTo(NormalLaw.Cdf(x)).Within(2e-15), $"{x}");
        }

        Assert.That(SingleNumbers.NormalCdf(0.0f), Is.EqualTo(0.5f).Within(1e-7f));
    }

    [Test]
    public void Square_roots_agree() => Agree(Unit, SingleNumbers.Sqrt, DoubleNumbers.Sqrt, Math.Sqrt, relative: 1e-7, exact: 0.0);

    private static void Agree(double[] arguments, Func<float, float> single, Func<double, double> wide, Func<double, double> expected, double relative, double exact)
    {
        foreach (double x in arguments)
        {
            double of = expected((float)x);
            Assert.That(single((float)x), Is.EqualTo(of).Within(relative * Math.Abs(of)), $"single {x:R}");
            Assert.That(wide(x), Is.EqualTo(expected(x)).Within(exact * Math.Abs(expected(x))), $"double {x:R}");
        }
    }
}
