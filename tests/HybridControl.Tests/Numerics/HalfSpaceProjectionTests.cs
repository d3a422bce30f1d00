using HybridControl.Numerics;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Numerics;

public class HalfSpaceProjectionTests
{
    [Test]
    public void A_point_beyond_a_corner_comes_to_the_corner()
    {
        double[] u = [3.0, 4.0];
        var projection = new HalfSpaceProjection();
        Assert.That(projection.Apply(u, [-1.0, 0.0, 0.0, -1.0, 1.0, 1.0], [-1.0, -2.0, 0.0]));
        Assert.That(u, Is.EqualTo(new[] { 1.0, 2.0 }).Within(1e-14));
        Assert.That(projection.ActiveCount, Is.EqualTo(2));
    }

    [Test]
    public void A_point_inside_stays()
    {
        double[] u = [0.25, -0.5];
        Assert.That(new HalfSpaceProjection().Apply(u, [1.0, 0.0], [0.0]));
        Assert.That(u, Is.EqualTo(new[] { 0.25, -0.5 }));
    }

    [Test]
    public void Constraints_that_exclude_each_other_are_told()
    {
        Assert.That(new HalfSpaceProjection().Apply([0.0, 0.0], [1.0, 0.0, -1.0, 0.0], [1.0, 0.0]), Is.False);
    }

    [Test]
    public void Projections_satisfy_the_conditions_of_optimality()
    {
        // u - u0 = C' lambda with lambda >= 0 on the active constraints: checked through the angle to every other feasible point.
        var projection = new HalfSpaceProjection();
        for (int run = 0; run < 200; run++)
        {
            var draws = new NormalDraws(31, run);
            const int N = 5;
            const int Constraints = 14;
            var c = new double[N * Constraints];
            var b = new double[Constraints];
            var inside = new double[N];
            draws.Fill(c);
            draws.Fill(inside);
            for (int j = 0; j < Constraints; j++)
            {
                b[j] = Dense.Dot(c.AsSpan(j * N, N), inside) - Math.Abs(draws.Next()); // 'inside' is feasible
            }

            var start = new double[N];
            draws.Fill(start);
            for (int i = 0; i < N; i++)
            {
                start[i] *= 4.0;
            }

            double[] u = (double[])start.Clone();
            Assert.That(projection.Apply(u, c, b), $"run {run}");
            for (int j = 0; j < Constraints; j++)
            {
                Assert.That(Dense.Dot(c.AsSpan(j * N, N), u), Is.GreaterThan(b[j] - 1e-9), $"run {run}, constraint {j}");
            }

            // The nearest point p of a convex set has (u0 - p)'(x - p) <= 0 for every x in it.
            for (int trial = 0; trial < 50; trial++)
            {
                var x = new double[N];
                draws.Fill(x);
                for (int i = 0; i < N; i++)
                {
                    x[i] = inside[i] + (0.5 * x[i]);
                }

                bool feasible = Enumerable.Range(0, Constraints).All(j => Dense.Dot(c.AsSpan(j * N, N), x) >= b[j]);
                double angle = Enumerable.Range(0, N).Sum(i => (start[i] - u[i]) * (x[i] - u[i]));
                Assert.That(!feasible || angle <= 1e-8, $"run {run}, angle {angle}");
            }
        }
    }
}
