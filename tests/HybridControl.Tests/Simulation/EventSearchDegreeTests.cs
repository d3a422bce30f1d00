using HybridControl.Numerics;
using HybridControl.Simulation;
using HybridControl.Symbolics;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Simulation;

/// <summary>Dense output of degree 5 to 12: roots against exact arithmetic, enclosures against exact values.</summary>
[TestFixtureSource(nameof(Degrees))]
public class EventSearchDegreeTests(int degree)
{
    private const double Tolerance = 1e-13;

    private static IEnumerable<int> Degrees => Enumerable.Range(5, 8);

    [Test]
    public void Every_root_is_an_event_in_order([Values] bool affine, [Values(1, 2, 3, 4, 5)] int inside)
    {
        SearchBench bench = Bench(affine);
        var random = new Random((100 * degree) + inside);
        for (int draw = 0; draw < 60; draw++)
        {
            double[] roots = [.. Separated(random, inside, 0.02), .. Outside(random, degree - inside)];
            AssertRoots(bench, FromRoots(roots), roots, inside, affine);
        }
    }

    [Test]
    public void Both_roots_of_a_close_pair_are_events([Values] bool affine, [Values(1e-6, 1e-5, 1e-3)] double gap)
    {
        SearchBench bench = Bench(affine);
        var random = new Random((100 * degree) + 7);
        int pairs = 0;
        for (int draw = 0; draw < 200; draw++)
        {
            // Near zero a polynomial is sharp: its rounding is that of its first terms.
            double p = 0.001 + (0.03 * random.NextDouble());
            double[] roots = [p, p + gap, .. Outside(random, degree - 2)];
            double[] c = FromRoots(roots);
            if (HeightOf(c, p + (0.5 * gap)) > 16.0)
            {
                pairs++;
                AssertRoots(bench, c, roots, 2, affine);
            }
        }

        Assert.That(pairs, Is.GreaterThan(gap > 1e-6 ? 190 : 30));
    }

    [Test]
    public void A_triple_root_is_one_event([Values] bool affine)
    {
        SearchBench bench = Bench(affine);
        var random = new Random((100 * degree) + 3);
        for (int draw = 0; draw < 60; draw++)
        {
            double p = 0.05 + (0.9 * random.NextDouble());
            double[] c = FromRoots([p, p, p, .. Outside(random, degree - 3)]);
            bench.Start(degree, c);
            GuardState before = bench.States[0];
            EventDirections direction = before.Side < 0 ? EventDirections.Up : EventDirections.Down;
            bench.Wanted[0] = EventDirections.Both;
            SearchOutcome outcome = bench.Search.Search(bench.States, bench.Wanted, Tolerance);
            Assert.That(outcome.Status, Is.EqualTo(SearchStatus.Event), $"p = {p:R}");
            Assert.That(outcome.Direction, Is.EqualTo(direction));
            // Its sign is sharp where the cube is above the rounding of the sum of all terms.
            Assert.That(outcome.Theta, Is.EqualTo(p).Within(1e-3), $"p = {p:R}");

            // Beyond it nothing turns back.
            bench.States[0] = before;
            bench.Wanted[0] = EventDirections.Both & ~direction;
            Assert.That(bench.Search.Search(bench.States, bench.Wanted, Tolerance).Status, Is.EqualTo(SearchStatus.Clear), $"p = {p:R}");
            Assert.That(bench.States[0].Side, Is.EqualTo(-before.Side));
        }
    }

    [Test]
    public void A_touch_is_no_event_and_a_peak_below_is_silent([Values] bool affine)
    {
        SearchBench bench = Bench(affine);
        var random = new Random((100 * degree) + 2);
        for (int draw = 0; draw < 100; draw++)
        {
            double p = 0.1 + (0.8 * random.NextDouble());
            double[] c = FromRoots([p, p, .. Outside(random, degree - 2)]);
            bench.Start(degree, c);
            Assert.That(bench.Events(degree, c, Tolerance), Is.Empty, $"p = {p:R}");
            Assert.That(bench.Search.Touches.Length, Is.EqualTo(1), $"p = {p:R}");
            c[0] += c[0] > 0.0 ? 1e-9 * Sum(c) : -1e-9 * Sum(c);
            bench.Start(degree, c);
            Assert.That(bench.Events(degree, c, Tolerance), Is.Empty, $"p = {p:R}");
            Assert.That(bench.Search.Touches.Length, Is.Zero, $"p = {p:R}");
        }
    }

    [Test]
    public void A_step_far_from_the_guard_is_dismissed()
    {
        SearchBench bench = Bench(affine: true);
        double[] c = [1.0, .. Enumerable.Repeat(0.5 / degree, degree)];
        bench.Start(degree, c);
        Assert.That(bench.Events(degree, c, Tolerance), Is.Empty);
        Assert.That(bench.Search.Statistics(bench.Set)[0].Dismissed, Is.EqualTo(1));
    }

    [Test]
    public void Monotone_steps_need_no_pieces()
    {
        SearchBench bench = Bench(affine: true);
        double[] c = [-1.0, .. Enumerable.Range(1, degree).Select(k => 2.0 / (k * k))];
        bench.Start(degree, c);
        Assert.That(bench.Events(degree, c, Tolerance), Has.Count.EqualTo(1));
        Assert.That(bench.Search.Statistics(bench.Set)[0].Pieces, Is.Zero);
    }

    [Test]
    public void Steps_of_lower_degree_in_the_same_search_are_those_of_a_quartic()
    {
        var random = new Random(11);
        SearchBench bench = Bench(affine: true);
        for (int draw = 0; draw < 200; draw++)
        {
            double[] roots = Separated(random, 4, 0.01);
            double[] quartic = FromRoots(roots);
            double[] padded = [.. quartic, .. new double[degree - 4]];
            bench.Start(4, quartic);
            List<(int Guard, EventDirections Direction, double Time)> expected = bench.Events(4, quartic, Tolerance);
            bench.Start(degree, padded);
            List<(int Guard, EventDirections Direction, double Time)> events = bench.Events(degree, padded, Tolerance);
            Assert.That(events.Select(e => e.Time), Is.EqualTo(expected.Select(e => e.Time)).Within(1e-8));
            Assert.That(events, Has.Count.EqualTo(4));
        }
    }

    [Test]
    public void A_shifted_polynomial_encloses_exact_values_and_derivatives()
    {
        var random = new Random(degree);
        for (int draw = 0; draw < 300; draw++)
        {
            double[] c = [.. Enumerable.Range(0, degree + 1).Select(_ => Signed(random))];
            double[] w = [.. c.Select(k => EventSearch.WideningOf(degree) * Math.Abs(k))];
            double rho = Math.Pow(0.5, 1 + random.Next(40));
            double m = rho + ((1.0 - (2.0 * rho)) * random.NextDouble());
            EventSearch.Shift(ref c[0], ref w[0], degree, m, rho, out Jet piece, out Jet point);
            AssertEncloses(point, c, m);
            AssertEncloses(piece, c, m - rho);
            AssertEncloses(piece, c, m + rho);
            AssertEncloses(piece, c, m + (rho * ((2.0 * random.NextDouble()) - 1.0)));
            EventSearch.Shift(ref c[0], ref w[0], degree, m, 0.0, out Jet narrow, out point);
            AssertEncloses(point, c, m);
            AssertEncloses(narrow, c, m);
        }
    }

    private static void AssertEncloses(in Jet jet, double[] c, double x)
    {
        BigReal[] derivatives = [BigReal.Zero, BigReal.Zero, BigReal.Zero];
        var at = BigReal.From(x);
        for (int k = c.Length - 1; k >= 0; k--)
        {
            derivatives[2] = (derivatives[2] * at) + derivatives[1];
            derivatives[1] = (derivatives[1] * at) + derivatives[0];
            derivatives[0] = (derivatives[0] * at) + BigReal.From(c[k]);
        }

        BallOrRay[] balls = [jet.Value, jet.Slope, jet.HalfCurvature];
        for (int k = 0; k < 3; k++)
        {
            BigReal distance = BigReal.Abs(derivatives[k] - BigReal.From(balls[k].Centre));
            Assert.That(distance, Is.LessThanOrEqualTo(BigReal.From(balls[k].Radius)), $"derivative {k} at {x:R} of {string.Join(' ', c)}");
        }
    }

    // A state of the chosen degree; as a curved guard it is multiplied by what has no root.
    private static SearchBench Bench(bool affine) => affine
        ? new SearchBench(1, (t, v) => v[0])
        : new SearchBench(1, (t, v) => v[0] * (2.0 + Expr.Sin(v[0])));

    /// <summary>Signs at points between all roots prove, exactly, that there is one in each gap; halving locates it.</summary>
    private void AssertRoots(SearchBench bench, double[] c, double[] roots, int inside, bool affine)
    {
        double[] sorted = [.. roots.Order()];
        string where = FormattableString.Invariant($"roots {string.Join(' ', sorted.Select(r => r.ToString("R")))}");
        var exact = new List<double>();
        double left = -20.0;
        for (int i = 0; i < sorted.Length; i++)
        {
            double right = i + 1 < sorted.Length ? 0.5 * (sorted[i] + sorted[i + 1]) : 20.0;
            Assert.That(SignAt(c, left) * SignAt(c, right), Is.EqualTo(-1), $"the draw has lost its {where}");
            if (sorted[i] is > 0.0 and < 1.0)
            {
                exact.Add(Locate(c, left, right));
            }

            left = right;
        }

        Assert.That(exact, Has.Count.EqualTo(inside));
        bench.Start(degree, c);
        List<(int Guard, EventDirections Direction, double Time)> events = bench.Events(degree, c, Tolerance);
        Assert.That(events, Has.Count.EqualTo(inside), where);
        for (int i = 0; i < inside; i++)
        {
            // Rounding of the value over the slope, for the polynomial and for the tails that are expanded after each event.
            double reach = (2.0 * Tolerance) + (64.0 * Ball.Epsilon * Sum(c) / SlopeAt(c, exact[i]));
            Assert.That(events[i].Time, Is.EqualTo(exact[i]).Within(reach), where);
            Assert.That(events[i].Direction, Is.Not.EqualTo(i == 0 ? EventDirections.None : events[i - 1].Direction));
        }
    }

    private static double Locate(double[] c, double left, double right)
    {
        int sign = SignAt(c, left);
        while (true)
        {
            double middle = 0.5 * (left + right);
            if (!(middle > left && middle < right))
            {
                return middle;
            }

            (left, right) = SignAt(c, middle) == sign ? (middle, right) : (left, middle);
        }
    }

    private static int SignAt(double[] c, double x)
    {
        BigReal value = BigReal.Zero;
        var at = BigReal.From(x);
        for (int k = c.Length - 1; k >= 0; k--)
        {
            value = (value * at) + BigReal.From(c[k]);
        }

        return value.Sign;
    }

    // |g| between two roots, in units of its rounding there.
    private static double HeightOf(double[] c, double x)
    {
        double value = 0.0;
        double size = 0.0;
        for (int k = c.Length - 1; k >= 0; k--)
        {
            value = (value * x) + c[k];
            size = (size * x) + Math.Abs(c[k]);
        }

        return Math.Abs(value) / (EventSearch.WideningOf(c.Length - 1) * size);
    }

    private static double SlopeAt(double[] c, double x)
    {
        double slope = 0.0;
        for (int k = c.Length - 1; k > 0; k--)
        {
            slope = (slope * x) + (k * c[k]);
        }

        return Math.Abs(slope);
    }

    private static double Sum(double[] c) => c.Sum(Math.Abs);

    private static double Signed(Random random) => ((2.0 * random.NextDouble()) - 1.0) * Math.Pow(10.0, -3.0 * random.NextDouble());

    // On both sides of the step, so that the polynomial is not flat inside.
    private static double[] Outside(Random random, int count) => [.. Enumerable.Range(0, count).Select(
        i => i % 2 == 0 ? -1.0 - i - random.NextDouble() : 2.0 + i + random.NextDouble())];

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
            double scale = 1.0 / Math.Max(1.0, Math.Abs(roots[i]));
            for (int k = i + 1; k > 0; k--)
            {
                c[k] = scale * (c[k - 1] - (roots[i] * c[k]));
            }

            c[0] = -scale * roots[i] * c[0];
        }

        return c;
    }
}
