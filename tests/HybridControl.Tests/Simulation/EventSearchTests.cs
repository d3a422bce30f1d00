using HybridControl.Numerics;
using HybridControl.Simulation;
using HybridControl.Symbolics;

namespace HybridControl.Tests.Simulation;

/// <summary>Guards with known roots: no event is missed, invented or out of order.</summary>
public class EventSearchTests
{
    private const double Tolerance = 1e-13;

    [TestCase(1e-2)]
    [TestCase(1e-6)]
    [TestCase(1e-9)]
    [TestCase(1e-10)]
    public void Pairs_of_roots_are_found_however_close(double gap)
    {
        // (t - p)(t - q) as a product: its rounding error vanishes at the roots, so both are events.
        var bench = new SearchBench(0, (t, v) => -((t - v[0]) * (t - v[1])));
        var random = new Random(1);
        for (int draw = 0; draw < 2000; draw++)
        {
            double p = 0.05 + (0.9 * random.NextDouble());
            double q = p + (gap * (0.5 + random.NextDouble()));
            bench.Start(4, [], p, q);
            var events = bench.Events(4, [], Tolerance);
            Assert.That(events, Has.Count.EqualTo(2), $"p = {p:R}, q = {q:R}");
            Assert.That(events[0].Direction, Is.EqualTo(EventDirections.Up));
            Assert.That(events[0].Time, Is.EqualTo(p).Within(2 * Tolerance));
            Assert.That(events[1].Time, Is.EqualTo(q).Within(2 * Tolerance));
        }
    }

    [Test]
    public void Quartics_with_four_roots_give_four_events_in_order()
    {
        var bench = new SearchBench(1, (t, v) => v[0] - v[1]);
        var random = new Random(2);
        for (int draw = 0; draw < 2000; draw++)
        {
            double[] roots = [.. Enumerable.Range(0, 4).Select(_ => 0.02 + (0.96 * random.NextDouble())).Order()];
            if (Enumerable.Range(0, 3).Any(i => roots[i + 1] - roots[i] < 1e-3))
            {
                continue;
            }

            double[] c = FromRoots(roots);
            c[0] += 0.25;
            bench.Start(4, c, 0.25);
            var events = bench.Events(4, c, Tolerance);
            Assert.That(events, Has.Count.EqualTo(4), string.Join(' ', roots));
            for (int i = 0; i < 4; i++)
            {
                // Rounding of the coefficients (1e-16) over the smallest slope (1e-3)^3 is 1e-7.
                Assert.That(events[i].Time, Is.EqualTo(roots[i]).Within(1e-6));
            }
        }
    }

    private static double[] FromRoots(ReadOnlySpan<double> roots)
    {
        double[] c = new double[roots.Length + 1];
        c[0] = 1.0;
        for (int i = 0; i < roots.Length; i++)
        {
            for (int k = i + 1; k > 0; k--)
            {
                c[k] = c[k - 1] - (roots[i] * c[k]);
            }

            c[0] = -roots[i] * c[0];
        }

        return c;
    }
}
