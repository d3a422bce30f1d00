using HybridControl.Numerics;
using HybridControl.Simulation;
using HybridControl.Symbolics;

namespace HybridControl.Tests.Simulation;

/// <summary>Guards with known roots: no event is missed, invented or out of order.</summary>
public class EventSearchTests
{
    private const double Tolerance = 1e-13;

    /// <summary>A bracket, the band that a jump leaves (one more), and rounding of times near 1.</summary>
    private const double Near = (2.0 * Tolerance) + 2e-14;

    [TestCase(1e-2)]
    [TestCase(1e-6)]
    [TestCase(1e-9)]
    [TestCase(1e-10)]
    public void Pairs_of_roots_are_found_however_close(double gap)
    {
        // (t - p)(t - q) as a product: its rounding error vanishes at the roots, so both are events.
        var bench = new SearchBench(0, (t, v) => -((t - v[0]) * (t - v[1])));
        var random = new Random(1);
        for (int draw = 0; draw < 3000; draw++)
        {
            double p = 0.05 + (0.9 * random.NextDouble());
            double q = p + (gap * (0.5 + random.NextDouble()));
            bench.Start(4, [], p, q);
            AssertEvents(bench.Events(4, [], Tolerance), [p, q], Near, $"p = {p:R}, q = {q:R}");
        }
    }

    [Test]
    public void Quartics_with_four_roots_give_four_events_in_order([Values] bool affine)
    {
        var bench = affine
            ? new SearchBench(1, (t, v) => v[0] - v[1])
            : new SearchBench(1, (t, v) => (v[0] - v[1]) * (2.0 + Expr.Sin(v[0])));
        var random = new Random(2);
        int lists = 0;
        for (int draw = 0; draw < 3000; draw++)
        {
            double[] roots = Separated(random, 4, 1e-3);
            double[] c = FromRoots(roots);
            c[0] += 0.25;
            bench.Start(4, c, 0.25);
            // Rounding of the coefficients (1e-16) over the smallest slope (1e-3)^3 is 1e-7.
            AssertEvents(bench.Events(4, c, Tolerance), roots, 1e-6, string.Join(' ', roots));
            lists++;
        }

        Assert.That(lists, Is.EqualTo(3000));
    }

    [Test]
    public void Triple_roots_are_one_event()
    {
        var bench = new SearchBench(1, (t, v) => (v[0] - 1.0) * (v[0] - 1.0) * (v[0] - 1.0), (t, v) => (t - v[1]) * (t - v[1]) * (t - v[1]));
        var random = new Random(3);
        for (int draw = 0; draw < 500; draw++)
        {
            double p = 0.05 + (0.9 * random.NextDouble());
            double[] c = [1.0 - p, 1.0];
            bench.Start(1, c, p);
            var events = bench.Events(1, c, Tolerance, jumps: false);
            Assert.That(events.Select(e => e.Guard).Order(), Is.EqualTo((int[])[0, 1]));
            // The rounding error of a factor is 1e-15, so the sign of its cube is sharp to as much.
            Assert.That(events.Select(e => e.Time), Is.All.EqualTo(p).Within(1e-12));
        }
    }

    [TestCase(true)]
    [TestCase(false)]
    public void Touches_are_recorded_and_do_not_fire(bool centred)
    {
        // -(t - p)^2, once as written and once expanded: it reaches zero and turns back.
        var bench = centred
            ? new SearchBench(0, (t, v) => -Expr.Square(t - v[0]))
            : new SearchBench(0, (t, v) => (2.0 * v[0] * t) - (t * t) - (v[0] * v[0]));
        var random = new Random(4);
        for (int draw = 0; draw < 2000; draw++)
        {
            double p = 0.1 + (0.8 * random.NextDouble());
            bench.Start(1, [], p);
            SearchOutcome outcome = bench.Search.Search(bench.States, bench.Wanted, Tolerance);
            // Expanded, a root pair within rounding may be proved away; either is right, an event is not.
            Assert.That(outcome.Status, Is.EqualTo(SearchStatus.Clear), $"p = {p:R}");
            Assert.That(bench.Search.Touches.Length, Is.EqualTo(1), $"p = {p:R}");
            Assert.That(bench.Search.Touches[0].Theta, Is.EqualTo(p).Within(1e-7));
        }
    }

    [TestCase(1e-12)]
    [TestCase(1e-9)]
    [TestCase(1e-6)]
    public void Peaks_above_the_band_are_events_and_peaks_below_it_are_silent(double height)
    {
        var bench = new SearchBench(0, (t, v) => v[1] - Expr.Square(t - v[0]));
        var random = new Random(5);
        for (int draw = 0; draw < 1500; draw++)
        {
            double p = 0.1 + (0.8 * random.NextDouble());
            double q = height * (1 + random.NextDouble());
            double half = Math.Sqrt(q);
            bench.Start(1, [], p, q);
            // At the root the slope is 2 half and the rounding of q - s^2 is eps q: eps q / half, and eps of t.
            AssertEvents(bench.Events(1, [], Tolerance), [p - half, p + half], 1e-12, $"p = {p:R}, q = {q:R}");
            bench.Start(1, [], p, -q);
            Assert.That(bench.Events(1, [], Tolerance), Is.Empty);
            Assert.That(bench.Search.Touches.Length, Is.Zero);
        }
    }

    [Test]
    public void Sines_cross_a_level_at_each_known_time()
    {
        var bench = new SearchBench(0, (t, v) => Expr.Sin(v[0] * t) - v[1]);
        var random = new Random(6);
        for (int draw = 0; draw < 600; draw++)
        {
            double w = Math.Pow(10, 2.6 * random.NextDouble());
            double q = (1.9 * random.NextDouble()) - 0.95;
            var roots = new List<double>();
            double a = Math.Asin(q);
            for (int k = -1; k * 2 * Math.PI < w + 7; k++)
            {
                roots.Add((a + (2 * Math.PI * k)) / w);
                roots.Add((Math.PI - a + (2 * Math.PI * k)) / w);
            }

            double[] inside = [.. roots.Where(r => r is > 0 and < 1).Order()];
            if (roots.Any(r => Math.Abs(r) < 1e-9 || Math.Abs(r - 1) < 1e-9))
            {
                continue;
            }

            bench.Start(1, [], w, q);
            AssertEvents(bench.Events(1, [], Tolerance), inside, 1e-12, $"w = {w:R}, q = {q:R}");
        }
    }

    [Test]
    public void Exponentials_pulses_reciprocals_and_roots_cross_where_they_should()
    {
        var bench = new SearchBench(
            0,
            (t, v) => Expr.Exp(v[1] * t) - Expr.Exp(v[1] * v[0]),
            (t, v) => Expr.Exp(-Expr.Square((t - v[0]) * 1e4)) - 0.5,
            (t, v) => (1.0 / (t + 1e-9)) - (1.0 / v[0]),
            (t, v) => Expr.Sqrt(t) - Expr.Sqrt(v[0]));
        var random = new Random(7);
        double half = Math.Sqrt(Math.Log(2)) * 1e-4;
        for (int draw = 0; draw < 500; draw++)
        {
            double p = 0.05 + (0.9 * random.NextDouble());
            double rate = 1 + (249 * random.NextDouble());
            bench.Start(1, [], p, rate);
            var events = bench.Events(1, [], Tolerance);
            Assert.That(events.Select(e => e.Time), Is.Ordered);
            (int, double)[] expected = [(0, p), (1, p - half), (1, p + half), (2, p - 1e-9), (3, p)];
            foreach ((int guard, double at) in expected)
            {
                Assert.That(events.Count(e => e.Guard == guard && Math.Abs(e.Time - at) < 1e-11), Is.EqualTo(1), $"{guard}: p = {p:R}");
            }

            Assert.That(events, Has.Count.EqualTo(5));
        }
    }

    [Test]
    public void A_pole_is_not_an_event_and_is_reported_as_not_bounded()
    {
        var bench = new SearchBench(0, (t, v) => 1.0 / (t - v[0]));
        var random = new Random(8);
        for (int draw = 0; draw < 300; draw++)
        {
            double p = 0.05 + (0.9 * random.NextDouble());
            bench.Start(1, [], p);
            SearchOutcome outcome = bench.Search.Search(bench.States, bench.Wanted, Tolerance);
            Assert.That(outcome.Status, Is.EqualTo(SearchStatus.Clear).Or.EqualTo(SearchStatus.Invalid));
            Assert.That(bench.Search.Statistics(bench.Set)[0].NotBounded, Is.GreaterThan(draw / 2));
        }
    }

    [Test]
    public void Products_of_states_cross_where_either_factor_does()
    {
        var bench = new SearchBench(2, (t, v) => v[0] * v[1]);
        var random = new Random(9);
        for (int draw = 0; draw < 2000; draw++)
        {
            double[] roots = Separated(random, 4, 1e-4);
            double[] u = FromRoots([roots[0], roots[2]]);
            double[] w = FromRoots([roots[1], roots[3]]);
            double[] c = [u[0], u[1], u[2], w[0], w[1], w[2]];
            bench.Start(2, c);
            AssertEvents(bench.Events(2, c, Tolerance), roots, 1e-9, string.Join(' ', roots));
        }
    }

    [Test]
    public void Nested_minima_and_maxima_agree_with_the_roots_of_their_parts()
    {
        var bench = new SearchBench(
            0, (t, v) => Expr.Max(Expr.Min(t - v[0], v[1] - t), Expr.Min(Expr.Sin(20.0 * t) - 0.5, Expr.Constant(double.PositiveInfinity))));
        var random = new Random(10);
        double Value(double t, double p, double q) => Math.Max(Math.Min(t - p, q - t), Math.Sin(20 * t) - 0.5);
        for (int draw = 0; draw < 1000; draw++)
        {
            double p = random.NextDouble();
            double q = p + ((random.NextDouble() - 0.2) * 0.5);
            double[] candidates = [p, q, .. Enumerable.Range(0, 4).SelectMany(k => (double[])[
                ((Math.PI / 6) + (2 * Math.PI * k)) / 20, ((5 * Math.PI / 6) + (2 * Math.PI * k)) / 20])];
            double[] sorted = [.. candidates.Order()];
            bool near = Enumerable.Range(0, sorted.Length - 1).Any(i => sorted[i + 1] - sorted[i] < 1e-7) ||
                sorted.Any(c => Math.Abs(c) < 1e-7 || Math.Abs(c - 1) < 1e-7);
            if (near)
            {
                continue;
            }

            double[] roots = [.. sorted.Where(c => c is > 0 and < 1 &&
                (Value(c - 3e-8, p, q) >= 0) != (Value(c + 3e-8, p, q) >= 0))];
            bench.Start(1, [], p, q);
            AssertEvents(bench.Events(1, [], Tolerance), roots, 1e-12, $"p = {p:R}, q = {q:R}");
        }
    }

    [TestCase(1e-3)]
    [TestCase(1e-9)]
    [TestCase(1e-13)]
    public void A_window_of_two_comparisons_opens_and_closes_however_narrow(double gap)
    {
        var bench = new SearchBench(0, (t, v) => Expr.Min(t - v[0], v[1] - t));
        var random = new Random(11);
        for (int draw = 0; draw < 1000; draw++)
        {
            double p = 0.1 + (0.8 * random.NextDouble());
            double q = p + (gap * (1 + random.NextDouble()));
            bench.Start(1, [], p, q);
            AssertEvents(bench.Events(1, [], Tolerance), [p, q], Near, $"p = {p:R}, q = {q:R}");
            bench.Start(1, [], q, p);
            Assert.That(bench.Events(1, [], Tolerance), Is.Empty);
        }
    }

    [Test]
    public void Flat_tops_are_events_above_the_band_and_silent_below()
    {
        var bench = new SearchBench(1, (t, v) => v[1] - Expr.Square(Expr.Square(v[0])));
        var random = new Random(12);
        for (int draw = 0; draw < 500; draw++)
        {
            double p = 0.2 + (0.6 * random.NextDouble());
            double height = Math.Pow(10, -3 - (9 * random.NextDouble()));
            double half = Math.Sqrt(Math.Sqrt(height));
            if (p - half < 0.01 || p + half > 0.99)
            {
                continue;
            }

            bench.Start(1, [-p, 1.0], height);
            AssertEvents(bench.Events(1, [-p, 1.0], Tolerance), [p - half, p + half], 1e-9, $"p = {p:R}, {height:R}");
            bench.Start(1, [-p, 1.0], -height);
            Assert.That(bench.Events(1, [-p, 1.0], Tolerance), Is.Empty);
        }
    }

    [Test]
    public void Time_guards_keep_their_accuracy_late_in_a_run()
    {
        var bench = new SearchBench(0, (t, v) => t - v[0], (t, v) => Expr.Sin(t - v[0])) { T0 = 1e6, H = 0.5 };
        var random = new Random(13);
        for (int draw = 0; draw < 1000; draw++)
        {
            double p = 1e6 + 0.01 + (0.48 * random.NextDouble());
            bench.Start(1, [], p);
            var events = bench.Events(1, [], 100 * Ball.Epsilon * 1e6);
            Assert.That(events, Has.Count.EqualTo(2));
            Assert.That(events.Select(e => e.Time), Is.All.EqualTo(p).Within(1e-7));
        }
    }

    private static void AssertEvents(
        List<(int Guard, EventDirections Direction, double Time)> events, double[] roots, double tolerance, string where)
    {
        Assert.That(events, Has.Count.EqualTo(roots.Length), where);
        for (int i = 0; i < roots.Length; i++)
        {
            Assert.That(events[i].Time, Is.EqualTo(roots[i]).Within(tolerance), where);
            if (i > 0)
            {
                Assert.That(events[i].Direction, Is.Not.EqualTo(events[i - 1].Direction), where);
            }
        }
    }

    private static double[] Separated(Random random, int count, double gap)
    {
        while (true)
        {
            double[] roots = [.. Enumerable.Range(0, count).Select(_ => 0.02 + (0.96 * random.NextDouble())).Order()];
            if (Enumerable.Range(0, count - 1).All(i => roots[i + 1] - roots[i] >= gap))
            {
                return roots;
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
