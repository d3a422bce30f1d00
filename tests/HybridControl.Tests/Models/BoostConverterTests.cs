using HybridControl.Simulation;

namespace HybridControl.Tests.Models;

internal sealed class BoostConverterTests
{
    private const double Period = 2e-5, Duty = 0.5, Source = 12.0, Load = 20.0, Coil = 0.1;

    [Test]
    public void Every_period_agrees_with_the_exact_recursion_of_matrix_exponentials()
    {
        Trajectory run = ModelLibrary.Run("boost-converter-pwm", 0.01);
        Assert.That(run.TimesOf("diode off"), Is.Empty, "conduction is continuous");
        // (i, v, 1): the constant carries the source.
        double[,] on = Exponential(new[,] { { -Coil / 1e-4, 0.0, Source / 1e-4 }, { 0.0, -1.0 / (Load * 1e-4), 0.0 }, { 0.0, 0.0, 0.0 } }, Duty * Period);
        double[,] off = Exponential(
            new[,] { { -Coil / 1e-4, -1.0 / 1e-4, Source / 1e-4 }, { 1.0 / 1e-4, -1.0 / (Load * 1e-4), 0.0 }, { 0.0, 0.0, 0.0 } }, (1.0 - Duty) * Period);
        double[] x = [2.4, 22.0, 1.0];
        for (int k = 0; k < 500; k++)
        {
            Assert.That(run.Value("i", k * Period, Side.Left), Is.EqualTo(x[0]).Within(1e-7), $"period {k}");
            Assert.That(run.Value("v", k * Period, Side.Left), Is.EqualTo(x[1]).Within(1e-7), $"period {k}");
            x = Times(off, Times(on, x));
        }
    }

    [Test]
    public void The_output_settles_at_the_averaged_gain()
    {
        Trajectory run = ModelLibrary.Run("boost-converter-pwm", 0.04);
        double average = Enumerable.Range(0, 1000).Average(k => run.Value("v", 0.0395 + (k * Period * 0.025)));
        double expected = Source / (1.0 - Duty) / (1.0 + (Coil / (Load * (1.0 - Duty) * (1.0 - Duty))));
        Assert.That(average, Is.EqualTo(expected).Within(0.01 * expected), "averaging leaves out the ripple");
    }

    [Test]
    public void Edges_come_at_ticks_of_the_clock()
    {
        Trajectory run = ModelLibrary.Run("boost-converter-pwm", 0.01);
        Assert.That(run.TimesOf("on"), Is.EqualTo(Enumerable.Range(0, 501).Select(k => k * Period)).Within(1e-18));
        Assert.That(run.TimesOf("off"), Is.EqualTo(Enumerable.Range(0, 500).Select(k => (Duty * Period) + (k * Period))).Within(1e-17));
    }

    private static double[,] Exponential(double[,] a, double t)
    {
        // Taylor's series of a matrix scaled by 2^-10, squared ten times.
        double scale = t / 1024.0;
        double[,] sum = { { 1.0, 0.0, 0.0 }, { 0.0, 1.0, 0.0 }, { 0.0, 0.0, 1.0 } };
        double[,] term = (double[,])sum.Clone();
        for (int k = 1; k <= 12; k++)
        {
            term = Times(term, a, scale / k);
            for (int i = 0; i < 9; i++)
            {
                sum[i / 3, i % 3] += term[i / 3, i % 3];
            }
        }

        for (int k = 0; k < 10; k++)
        {
            sum = Times(sum, sum, 1.0);
        }

        return sum;
    }

    private static double[,] Times(double[,] a, double[,] b, double scale)
    {
        double[,] product = new double[3, 3];
        for (int i = 0; i < 27; i++)
        {
            (int row, int column, int k) = (i / 9, i / 3 % 3, i % 3);
            product[row, column] += scale * a[row, k] * b[k, column];
        }

        return product;
    }

    private static double[] Times(double[,] a, double[] x) =>
        [.. Enumerable.Range(0, 3).Select(i => (a[i, 0] * x[0]) + (a[i, 1] * x[1]) + (a[i, 2] * x[2]))];
}
