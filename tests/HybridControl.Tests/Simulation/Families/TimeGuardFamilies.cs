using HybridControl.Automata;
using HybridControl.Symbolics;

namespace HybridControl.Tests.Simulation.Families;

/// <summary>Guards that are functions of time: products, oscillations, exponentials, joins.</summary>
internal static class TimeGuardFamilies
{
    private static readonly EdgeDirection[] Directions = [EdgeDirection.Up, EdgeDirection.Down, EdgeDirection.Both];

    public static IEnumerable<EventFamily> All =>
    [
        .. Directions.Select(Cubics), Sines(), Exponentials(), Products(), Joins(), Simultaneous(),
    ];

    // Two guards of three roots each: pairs, triples, touches, roots at the start and at step ends, shared roots.
    private static EventFamily Cubics(EdgeDirection direction)
    {
        string[] names = ["a", "b", "c", "d", "e", "f"];
        var model = Counter("cubics", h =>
        {
            Expr[] p = [.. names.Select(name => h.Parameter(name, 0.0))];
            Expr sign = h.Parameter("lead", 1.0);
            return
            [
                ("first", sign * (h.Time - p[0]) * (h.Time - p[1]) * (h.Time - p[2]) >= 0.0),
                ("second", (h.Time - p[3]) * (h.Time - p[4]) * (h.Time - p[5]) >= 0.0),
            ];
        }, direction);
        return new($"cubics {direction}", model, random =>
        {
            double start = random.Next(3) switch { 0 => 0.0, 1 => random.Uniform(-50.0, 50.0), _ => 1000.0 };
            double until = start + random.LogUniform(0.5, 20.0);
            double[] r = [.. names.Select(_ => random.Uniform(start + 1e-3, until))];
            for (int k = 0; k < 6; k += 3)
            {
                switch (random.Next(7))
                {
                    case 0:
                        r[k + 1] = r[k] + random.LogUniform(Math.Max(1e-10, 1e-12 * Math.Abs(until)), 1e-6);
                        break;
                    case 1:
                        r[k + 1] = r[k];
                        break;
                    case 2:
                        r[k + 1] = r[k + 2] = r[k];
                        break;
                    case 3:
                        r[k] = start;
                        break;
                    case 4:
                        r[k] = r[k + 1] = start;
                        break;
                    default:
                        break;
                }
            }

            if (random.Next(5) == 0)
            {
                r[4] = r[0];
            }

            double sign = random.Next(2) == 0 ? 1.0 : -1.0;
            ExpectedEvent[]? expected = EventOracle.Merge(
                1e-7,
                until,
                EventOracle.Changes("first", direction, r[..3], t => sign * (t - r[0]) * (t - r[1]) * (t - r[2]), start, until),
                EventOracle.Changes("second", direction, r[3..], t => (t - r[3]) * (t - r[4]) * (t - r[5]), start, until));
            return expected is null ? null : new(
                EventOracle.Values(("a", r[0]), ("b", r[1]), ("c", r[2]), ("d", r[3]), ("e", r[4]), ("f", r[5]), ("lead", sign)),
                start, until, random.DrawSolver(start, until - start, r[0], 1), expected, 1e-9);
        });
    }

    private static EventFamily Sines()
    {
        var model = Counter("sines", h =>
        {
            var (w, a, q) = (h.Parameter("w", 1.0), h.Parameter("a", 0.0), h.Parameter("q", 0.0));
            return [("sine", Expr.Sin((w * h.Time) + a) >= q), ("cosine", Expr.Cos((2.0 * w * h.Time) + a) <= q)];
        }, EdgeDirection.Both);
        return new("sines", model, random =>
        {
            double until = random.Uniform(1.0, 10.0);
            double w = random.LogUniform(0.1, 30.0), a = random.Uniform(-3.0, 3.0), q = random.Uniform(-0.98, 0.98);
            IEnumerable<double> Sine()
            {
                for (int k = -2; k < (w * until / 6.0) + 3; k++)
                {
                    yield return (Math.Asin(q) - a + (2.0 * Math.PI * k)) / w;
                    yield return (Math.PI - Math.Asin(q) - a + (2.0 * Math.PI * k)) / w;
                }
            }

            IEnumerable<double> Cosine()
            {
                for (int k = -2; k < (2.0 * w * until / 6.0) + 3; k++)
                {
                    yield return (Math.Acos(q) - a + (2.0 * Math.PI * k)) / (2.0 * w);
                    yield return (-Math.Acos(q) - a + (2.0 * Math.PI * k)) / (2.0 * w);
                }
            }

            ExpectedEvent[]? expected = EventOracle.Merge(
                1e-7,
                until,
                EventOracle.Changes("sine", EdgeDirection.Both, Sine(), t => Math.Sin((w * t) + a) - q, 0.0, until),
                EventOracle.Changes("cosine", EdgeDirection.Both, Cosine(), t => q - Math.Cos((2.0 * w * t) + a), 0.0, until));
            return expected is null || expected.Any(e => e.Time < 1e-6) ? null : new(
                EventOracle.Values(("w", w), ("a", a), ("q", q)), 0.0, until,
                random.DrawSolver(0.0, until, expected.Length > 0 ? expected[0].Time : 0.0, 1), expected, 1e-9);
        });
    }

    private static EventFamily Exponentials()
    {
        var model = Counter("exponentials", h =>
        {
            var (k, a, c) = (h.Parameter("k", 1.0), h.Parameter("a", 1.0), h.Parameter("c", 1.0));
            return [("rise", Expr.Exp(k * h.Time) >= Expr.Exp(k * a)), ("pulse", Expr.Exp(-Expr.Square(k * (h.Time - c))) >= 0.5)];
        }, EdgeDirection.Both);
        return new("exponentials", model, random =>
        {
            double until = random.Uniform(1.0, 10.0);
            double k = random.LogUniform(0.2, 20.0), a = random.Uniform(0.01, until), c = random.Uniform(0.01, until);
            double half = Math.Sqrt(Math.Log(2.0)) / k;
            ExpectedEvent[]? expected = EventOracle.Merge(
                1e-7,
                until,
                EventOracle.Changes("rise", EdgeDirection.Both, [a], t => t - a, 0.0, until),
                EventOracle.Changes("pulse", EdgeDirection.Both, [c - half, c + half], t => half - Math.Abs(t - c), 0.0, until));
            return expected is null || expected.Any(e => e.Time < 1e-6) ? null : new(
                EventOracle.Values(("k", k), ("a", a), ("c", c)), 0.0, until, random.DrawSolver(0.0, until, a, 1), expected, 1e-9);
        });
    }

    private static EventFamily Products()
    {
        var model = Counter("products", h =>
        {
            var (w, a) = (h.Parameter("w", 1.0), h.Parameter("a", 1.0));
            return [("product", (h.Time - a) * Expr.Sin(w * h.Time) * Expr.Exp(-h.Time) >= 0.0)];
        }, EdgeDirection.Both);
        return new("products", model, random =>
        {
            double until = random.Uniform(1.0, 8.0);
            double w = random.LogUniform(0.3, 15.0), a = random.Uniform(0.01, until);
            a = random.Next(6) == 0 ? Math.PI / w : a; // there the two roots meet: a touch
            IEnumerable<double> roots = [0.0, a, .. Enumerable.Range(1, (int)(w * until / Math.PI) + 1).Select(k => k * Math.PI / w)];
            ExpectedEvent[]? expected = EventOracle.Merge(
                1e-7, until, EventOracle.Changes("product", EdgeDirection.Both, roots, t => (t - a) * Math.Sin(w * t), 0.0, until));
            return expected is null || (a != Math.PI / w && Math.Abs(Math.Sin(w * a)) < 1e-6) ? null : new(
                EventOracle.Values(("w", w), ("a", a)), 0.0, until, random.DrawSolver(0.0, until, a, 1), expected, 1e-9);
        });
    }

    private static EventFamily Joins()
    {
        var model = Counter("joins", h =>
        {
            var (a, b, c, w) = (h.Parameter("a", 1.0), h.Parameter("b", 1.0), h.Parameter("c", 1.0), h.Parameter("w", 1.0));
            Condition window = (h.Time >= a) & (h.Time <= b);
            return
            [
                ("or", window | (h.Time >= c)), ("not", !window), ("and", window & (Expr.Sin(w * h.Time) >= 0.25)),
                ("nested", (window | (Expr.Cos(w * h.Time) >= 0.5)) & (h.Time <= c)),
            ];
        }, EdgeDirection.Both);
        return new("joins", model, random =>
        {
            double until = random.Uniform(2.0, 8.0);
            double a = random.Uniform(0.01, until), b = a + random.LogUniform(1e-6, 2.0), c = random.Uniform(0.01, until);
            double w = random.LogUniform(0.3, 8.0);
            double[] sine =
            [
                .. Enumerable.Range(0, 20).SelectMany(k => new[]
                {
                    (Math.Asin(0.25) + (2.0 * Math.PI * k)) / w, (Math.PI - Math.Asin(0.25) + (2.0 * Math.PI * k)) / w,
                }),
            ];
            double[] cosine =
            [
                .. Enumerable.Range(0, 20).SelectMany(k => new[]
                {
                    (Math.Acos(0.5) + (2.0 * Math.PI * k)) / w, ((2.0 * Math.PI) - Math.Acos(0.5) + (2.0 * Math.PI * k)) / w,
                }),
            ];
            double[] corners = [a, b, c, .. sine.Concat(cosine).Where(t => t < until + 1.0)];
            double[] sorted = [.. corners.Order()];
            if (Enumerable.Range(1, sorted.Length - 1).Any(i => sorted[i] - sorted[i - 1] < 1e-7))
            {
                return null;
            }

            double Window(double t) => Math.Min(t - a, b - t);
            IEnumerable<ExpectedEvent> List(string name, Func<double, double> g) =>
                EventOracle.Changes(name, EdgeDirection.Both, corners, g, 0.0, until);
            ExpectedEvent[]? expected = EventOracle.Merge(
                1e-7,
                until,
                List("or", t => Math.Max(Window(t), t - c)),
                List("not", t => -Window(t)),
                List("and", t => Math.Min(Window(t), Math.Sin(w * t) - 0.25)),
                List("nested", t => Math.Min(Math.Max(Window(t), Math.Cos(w * t) - 0.5), c - t)));
            return expected is null ? null : new(
                EventOracle.Values(("a", a), ("b", b), ("c", c), ("w", w)), 0.0, until, random.DrawSolver(0.0, until, a, 1), expected, 1e-9);
        });
    }

    // Four guards at one or two common instants, ordered by drawn priorities and then by declaration.
    private static EventFamily Simultaneous()
    {
        var model = HybridAutomaton.Build("simultaneous", h =>
        {
            var (a, b, n) = (h.Parameter("a", 1.0), h.Parameter("b", 1.0), h.Discrete("n"));
            var m = h.Mode("m");
            for (int i = 0; i < 4; i++)
            {
                Expr at = i % 2 == 0 ? a : b;
                Condition guard = i < 2 ? h.Time >= at : (h.Time - at) * (2.0 + Expr.Sin(h.Time)) >= 0.0;
                h.Transition(m, m, $"g{i}").Guard(guard).Edge().Priority(h.Parameter($"p{i}", 0.0)).Reset(n, n + 1.0);
            }
        });
        return new("simultaneous", model, random =>
        {
            double a = random.Uniform(0.1, 5.0), b = random.Next(2) == 0 ? a : random.Uniform(0.1, 5.0);
            double[] p = [.. Enumerable.Range(0, 4).Select(_ => (double)random.Next(3))];
            ExpectedEvent[] expected =
            [
                .. Enumerable.Range(0, 4).OrderBy(i => i % 2 == 0 ? a : b).ThenByDescending(i => p[i]).ThenBy(i => i)
                    .Select(i => new ExpectedEvent(i % 2 == 0 ? a : b, $"g{i}")),
            ];
            return Math.Abs(a - b) is > 0.0 and < 1e-7 ? null : new(
                EventOracle.Values(("a", a), ("b", b), ("p0", p[0]), ("p1", p[1]), ("p2", p[2]), ("p3", p[3])),
                0.0, 6.0, random.DrawSolver(0.0, 6.0, a, 1), expected, 1e-9);
        });
    }

    private static HybridAutomaton Counter(
        string name, Func<AutomatonBuilder, (string Name, Condition Guard)[]> guards, EdgeDirection direction) =>
        HybridAutomaton.Build(name, h =>
        {
            var (x, n) = (h.State("x"), h.Discrete("n"));
            var m = h.Mode("m").Flow(x, 1.0);
            foreach ((string transition, Condition guard) in guards(h))
            {
                h.Transition(m, m, transition).Guard(guard).Edge(direction).Reset(n, n + 1.0);
            }
        });
}
