using HybridControl.Estimation;
using HybridControl.Numerics;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Estimation;

public sealed class GramUpdateTests
{
    [Test]
    public void An_ordinary_update_is_that_of_the_textbook([Values(1, 2, 4, 5, 12, 40)] int n, [Values(1, 2, 3, 20)] int m)
    {
        var random = new NormalDraws(5, n + (100 * m));
        double[] h = random.Numbers(m * n);
        var prior = GaussianBelief.FromFactor(random.Numbers(n), Scaled(random.Numbers(n * n), 1.0 / Math.Sqrt(n)));
        double[] noise = Scaled(random.Numbers(m * m), 0.3);
        for (int i = 0; i < m; i++)
        {
            noise[i * (m + 1)] += 2.0;
        }

        Innovation innovation = InnovationOf(random.Numbers(m));
        var posterior = new GaussianBelief(n);

        bool isDone = new GramUpdate(n).TryApply(prior, h, noise, m, innovation, StateGeometry.Flat(n), posterior);

        Assert.That(isDone, Is.True);
        double[] p = prior.Covariance();
        double[] ph = new double[n * m];
        Dense.MultiplyTransposed(p, h, ph, n, n, m);
        double[] s = new double[m * m];
        double[] r = new double[m * m];
        Dense.Multiply(h, ph, s, m, n, m);
        Dense.MultiplyTransposed(noise, noise, r, m, m, m);
        Dense.Axpy(1.0, r, s);
        double[] square = new double[m * m];
        Dense.LowerSquare(innovation.Factor, square, m);
        Assert.That(square, Is.EqualTo(s).Within(1e-11));

        // The gain solves K S = P H'; then x+ = x + K nu and P+ = P - K (P H')'.
        double[] gain = [.. ph];
        LowerTriangular.SolveRows(innovation.Factor, gain, m);
        LowerTriangular.SolveTransposedRows(innovation.Factor, gain, m);
        double[] after = [.. prior.Mean];
        double[] correction = new double[n];
        Dense.MultiplyVector(gain, innovation.Value, correction);
        Dense.Axpy(1.0, correction, after);
        Assert.That(posterior.Mean.ToArray(), Is.EqualTo(after).Within(1e-11));
        double[] taken = new double[n * n];
        Dense.MultiplyTransposed(gain, ph, taken, n, m, n);
        Dense.Axpy(-1.0, taken, p);
        Assert.That(posterior.Covariance(), Is.EqualTo(p).Within(1e-11));
        Assert.That(innovation.NormalizedSquare, Is.EqualTo(NormalizedSquare(innovation)).Within(1e-11));
    }

    [Test]
    public void An_update_that_would_cost_digits_is_declined([Values(0.0, 1e-9, 1e-3)] double deviation)
    {
        GaussianBelief prior = GaussianBelief.FromDeviations([0.0, 0.0, 0.0], [1.0, 1.0, 1.0]);
        Innovation innovation = InnovationOf([0.1]);

        bool isDone = new GramUpdate(3).TryApply(
            prior, [1.0, 0.0, 0.0], [deviation], 1, innovation, StateGeometry.Flat(3), new GaussianBelief(3));

        Assert.That(isDone, Is.False);
    }

    [Test]
    public void A_singular_prior_needs_no_other_way()
    {
        GaussianBelief prior = GaussianBelief.FromDeviations([0.0, 0.0], [1.0, 0.0]);
        Innovation innovation = InnovationOf([1.0]);
        var posterior = new GaussianBelief(2);

        Assert.That(new GramUpdate(2).TryApply(prior, [1.0, 1.0], [1.0], 1, innovation, StateGeometry.Flat(2), posterior), Is.True);

        Assert.That(posterior.Mean.ToArray(), Is.EqualTo(new[] { 0.5, 0.0 }).Within(1e-15));
        Assert.That(posterior.Covariance(), Is.EqualTo(new[] { 0.5, 0.0, 0.0, 0.0 }).Within(1e-15));
    }

    private static Innovation InnovationOf(double[] value)
    {
        var innovation = new Innovation();
        innovation.Begin(value);
        value.CopyTo(innovation.MutableValue);
        return innovation;
    }

    private static double NormalizedSquare(Innovation innovation)
    {
        double[] white = innovation.Value.ToArray();
        LowerTriangular.Solve(innovation.Factor, white);
        return Dense.Dot(white, white);
    }

    private static double[] Scaled(double[] values, double factor) => [.. values.Select(value => factor * value)];
}
