using HybridControl.Automata;
using HybridControl.Symbolics;

namespace HybridControl.Tests.Simulation.Families;

/// <summary>Firing rules and instants: timers, ticks, ladders, chains, choices in flows, touches, flights through levels.</summary>
internal static class LawFamilies
{
    public static IEnumerable<EventFamily> All =>
    [
        Timers(), Ticks(), Ladder(persistent: true), Ladder(persistent: false), Chain(), Choices(), Touches(), Windows(), Flights(), Beginnings(),
    ];

    // Two modes left by timers, a timer that is cancelled with its guard, and one that survives it.
    private static EventFamily Timers()
    {
        var model = HybridAutomaton.Build("timers", h =>
        {
            var (p, q, d, n) = (h.Parameter("p", 1.0), h.Parameter("q", 2.0), h.Parameter("d", 0.5), h.Discrete("n"));
            var (a, b) = (h.Mode("a"), h.Mode("b"));
            var x = h.State("x");
            a.Flow(x, 1.0);
            b.Flow(x, 1.0);
            Condition window = (x >= p) & (x <= q);
            h.Transition(a, b, "to b").After(h.Parameter("A", 1.0));
            h.Transition(b, a, "to a").After(h.Parameter("B", 1.0));
            h.Transition(a, a, "held").Guard(window).After(d).Reset(n, n + 1.0);
            h.Transition(a, a, "kept").Guard(window).After(d, survives: true).Reset(n, n + 1.0);
        });
        return new("timers", model, random =>
        {
            double inA = random.Uniform(1.0, 4.0), inB = random.Uniform(0.2, 2.0);
            double p = random.Uniform(0.05, 0.9 * inA), q = p + random.LogUniform(1e-3, 2.0), d = random.LogUniform(1e-3, 2.0);
            double until = inA + (random.Uniform(0.1, 0.9) * inB);
            double due = p + d;
            double[] corners = [q, due, inA, until];
            double[] sorted = [.. corners.Order()];
            if (sorted.Zip(sorted.Skip(1), (u, v) => v - u).Min() < 1e-6)
            {
                return null;
            }

            List<ExpectedEvent> expected = [new(inA, "to b")];
            if (due < Math.Min(q, inA))
            {
                expected.Add(new(due, "held"));
            }

            if (due < until)
            {
                expected.Add(new(due, "kept"));
            }

            return new(
                EventOracle.Values(("p", p), ("q", q), ("d", d), ("A", inA), ("B", inB)),
                0.0, until, random.DrawSolver(0.0, until, p, 1), [.. expected.OrderBy(e => e.Time)], 1e-9);
        });
    }

    // Counters of two clocks: an urgent guard that resets one, edges of booleans, no tick lost and none early.
    private static EventFamily Ticks()
    {
        var model = HybridAutomaton.Build("ticks", h =>
        {
            var (k, n, m, c) = (h.Parameter("k", 3.0), h.Discrete("n"), h.Discrete("m"), h.Discrete("c"));
            h.Every("first", h.Parameter("T", 0.1), h.Parameter("O", 0.0), (n, n + 1.0));
            h.Every("second", h.Parameter("U", 0.1), h.Parameter("P", 0.0), (m, 1.0 - m));
            var mode = h.Mode("m").Flow(h.State("x"), 1.0);
            h.Transition(mode, mode, "full").Guard(n >= k).Reset(n, 0.0);
            h.Transition(mode, mode, "flag").Guard(m >= 0.5).Edge(EdgeDirection.Both).Reset(c, c + 1.0);
        });
        return new("ticks", model, random =>
        {
            double start = random.Next(2) == 0 ? 0.0 : random.Uniform(-100.0, 1000.0);
            double t = random.LogUniform(0.01, 1.0), o = random.Next(2) == 0 ? 0.0 : t * random.NextDouble();
            double u = random.Next(3) == 0 ? t : random.LogUniform(0.01, 1.0), p = u == t ? o : u * random.Uniform(0.05, 0.95);
            int k = random.Next(1, 7);
            double until = start + (Math.Min(t, u) * random.Uniform(5.0, 40.0));
            var expected = new List<(double Time, int Order, string Name)>();
            for (int i = 0; start + o + (i * t) < until; i++)
            {
                if ((i + 1) % k == 0)
                {
                    expected.Add((start + o + (i * t), 0, "full"));
                }
            }

            for (int i = 0; start + p + (i * u) < until; i++)
            {
                expected.Add((start + p + (i * u), 1, "flag"));
            }

            expected.Sort();
            bool close = expected.Zip(expected.Skip(1), (a, b) => b.Time - a.Time).Any(gap => gap is > 0.0 and < 1e-9);
            double late = expected.Count == 0 ? 1.0 : until - expected.Max(e => e.Time);
            return close || late < 1e-9 ? null : new(
                EventOracle.Values(("T", t), ("O", o), ("U", u), ("P", p), ("k", k)),
                start, until, random.DrawSolver(start, until - start, start + o, 1),
                [.. expected.Select(e => new ExpectedEvent(e.Time, e.Name))], 4e-16 * Math.Max(1.0, Math.Abs(until)));
        });
    }

    // Five edges at one instant, each of which disables all others; tested again or not.
    private static EventFamily Ladder(bool persistent)
    {
        const int Rungs = 5;
        var model = HybridAutomaton.Build("ladder", h =>
        {
            var (x, s) = (h.State("x", initial: h.Parameter("x0", 1.0)), h.Parameter("s", 1.0));
            var m = h.Mode("m").Flow(x, -s);
            for (int i = 0; i < Rungs; i++)
            {
                TransitionBuilder rung = h.Transition(m, m, $"r{i}").Guard(x < 0.0).Edge()
                    .Reset(x, h.Parameter($"L{i}", 1.0)).Priority(h.Parameter($"p{i}", 0.0));
                _ = persistent ? rung : rung.NotPersistent();
            }
        });
        return new(persistent ? "ladder" : "ladder, tested again", model, random =>
        {
            double s = random.LogUniform(0.2, 5.0), from = random.Uniform(0.1, 2.0), time = from / s;
            double[] level = [.. Enumerable.Range(0, Rungs).Select(_ => random.Uniform(0.1, 2.0))];
            int[] priority = [.. Enumerable.Range(0, Rungs).Select(_ => random.Next(3))];
            int[] order = [.. Enumerable.Range(0, Rungs).OrderByDescending(i => priority[i]).ThenBy(i => i)];
            int rounds = random.Next(1, 5);
            int last = persistent ? order[^1] : order[0];
            var expected = new List<ExpectedEvent>();
            for (int round = 0; round < rounds; round++, time += level[last] / s)
            {
                expected.AddRange(order.Take(persistent ? Rungs : 1).Select(i => new ExpectedEvent(time, $"r{i}")));
            }

            double until = time - (0.5 * level[last] / s);
            var values = new List<(string, double)> { ("x0", from), ("s", s) };
            values.AddRange(Enumerable.Range(0, Rungs).SelectMany(i => new[] { ($"L{i}", level[i]), ($"p{i}", priority[i]) }));
            return new(EventOracle.Values([.. values]), 0.0, until, random.DrawSolver(0.0, until, from / s, 1), [.. expected], 1e-9);
        });
    }

    // Urgent jumps through three modes at one instant, then round again.
    private static EventFamily Chain()
    {
        var model = HybridAutomaton.Build("chain", h =>
        {
            var (x, y) = (h.State("x"), h.Discrete("y"));
            var (a, b, c) = (h.Mode("a").Flow(x, h.Parameter("s", 1.0)), h.Mode("b"), h.Mode("c"));
            b.Flow(x, -1.0);
            c.Flow(x, 1.0);
            h.Transition(a, b, "ab").Guard(x >= h.Parameter("A", 1.0)).Edge().Reset(x, h.Parameter("B", 3.0)).Reset(y, y + 1.0);
            h.Transition(b, b, "bb").Guard(x >= h.Parameter("C", 2.5)).Reset(x, h.Parameter("D", 2.0)).Reset(y, 3.0 * y);
            h.Transition(b, c, "bc").Guard(x <= h.Parameter("E", 2.2)).Reset(x, x);
            h.Transition(c, a, "ca").Guard(y >= 0.0).Reset(x, 0.0);
        });
        return new("chain", model, random =>
        {
            double s = random.LogUniform(0.2, 5.0), a = random.Uniform(0.5, 2.0), level = random.Uniform(2.0, 3.0);
            bool high = random.Next(2) == 0;
            double b = high ? level + random.Uniform(0.0, 1.0) : level - random.Uniform(0.05, 1.0);
            double d = level - random.Uniform(0.05, 1.0), e = random.Uniform(0.2, 1.5);
            double from = high ? d : b, flight = Math.Max(from - e, 0.0), time = 0.0;
            if (Math.Abs(from - e) < 1e-6)
            {
                return null;
            }

            var expected = new List<ExpectedEvent>();
            for (int round = random.Next(1, 5); round > 0; round--)
            {
                time += a / s;
                expected.Add(new(time, "ab"));
                if (high)
                {
                    expected.Add(new(time, "bb"));
                }

                time += flight;
                expected.Add(new(time, "bc"));
                expected.Add(new(time, "ca"));
            }

            double until = time + (0.5 * a / s);
            return new(
                EventOracle.Values(("s", s), ("A", a), ("B", b), ("C", level), ("D", d), ("E", e)),
                0.0, until, random.DrawSolver(0.0, until, a / s, 1), [.. expected], 1e-9);
        });
    }

    // A flow whose speed is a choice by position and by time; the guard may lie on the very place of the choice.
    private static EventFamily Choices()
    {
        var model = HybridAutomaton.Build("choices", h =>
        {
            var (x, n) = (h.State("x"), h.Discrete("n"));
            var (a, s, u) = (h.Parameter("a", 1.0), h.Parameter("s", 1.0), h.Parameter("u", 2.0));
            Expr speed = Expr.Select(x >= a, u, s) * Expr.Select(h.Time >= h.Parameter("c", 10.0), 2.0, 1.0);
            var m = h.Mode("m").Flow(x, speed);
            h.Transition(m, m, "low").Guard(x >= h.Parameter("low", 0.5)).Edge().Reset(n, n + 1.0);
            h.Transition(m, m, "high").Guard(x >= h.Parameter("high", 2.0)).Edge().Reset(n, n + 1.0);
        });
        return new("choices", model, random =>
        {
            double a = random.Uniform(0.5, 2.0), s = random.LogUniform(0.2, 5.0), u = random.LogUniform(0.2, 5.0);
            double c = random.Uniform(0.01, 3.0), low = random.Next(4) == 0 ? a : random.Uniform(0.05, 3.0), high = random.Uniform(0.05, 3.0);

            // Time runs twice as fast from c on: undo it.
            double When(double position)
            {
                double plain = position <= a ? position / s : (a / s) + ((position - a) / u);
                return plain <= c ? plain : c + (0.5 * (plain - c));
            }

            double[] corners = [When(a), c, When(low), When(high)];
            double[] sorted = [.. corners.Order()];
            if (sorted.Zip(sorted.Skip(1), (p, q) => q - p).Any(gap => gap is > 0.0 and < 1e-6))
            {
                return null;
            }

            ExpectedEvent[] expected = [.. new ExpectedEvent[] { new(When(low), "low"), new(When(high), "high") }.OrderBy(e => e.Time)];
            double until = sorted[^1] + 0.1;
            return new(
                EventOracle.Values(("a", a), ("s", s), ("u", u), ("c", c), ("low", low), ("high", high)),
                0.0, until, random.DrawSolver(0.0, until, corners[0], 1), expected, 1e-9);
        });
    }

    // A guard that touches zero at one time and crosses it at another, once with a rule for touches and once without.
    private static EventFamily Touches()
    {
        var model = HybridAutomaton.Build("touches", h =>
        {
            var (k, p, q, n) = (h.Parameter("k", 1.0), h.Parameter("p", 1.0), h.Parameter("q", 2.0), h.Discrete("n"));
            var x = h.State("x");
            var m = h.Mode("m").Flow(x, 1.0);
            Expr g = k * Expr.Square(x - p) * (x - q);
            h.Transition(m, m, "touch").Guard(g >= 0.0).Edge().FireOnTouch().Reset(n, n + 1.0);
            h.Transition(m, m, "cross").Guard(g >= 0.0).Edge().Reset(n, n + 1.0);
        });
        return new("touches", model, random =>
        {
            double p = random.Uniform(0.05, 1.9), q = random.Uniform(0.05, 1.9);
            ExpectedEvent[] expected = p < q
                ? [new(p, "touch"), new(q, "touch"), new(q, "cross")]
                : [new(q, "touch"), new(q, "cross"), new(p, "touch")]; // from above it is a touch as well
            return Math.Abs(p - q) < 1e-3 ? null : new(
                EventOracle.Values(("k", random.LogUniform(0.1, 10.0)), ("p", p), ("q", q)),
                0.0, 2.0, random.DrawSolver(0.0, 2.0, p, 1), expected, 1e-6);
        });
    }

    // Windows written with abs, max and min, in every direction.
    private static EventFamily Windows()
    {
        EdgeDirection[] directions = [EdgeDirection.Up, EdgeDirection.Down, EdgeDirection.Both];
        var model = HybridAutomaton.Build("windows", h =>
        {
            var (p, w, q, n) = (h.Parameter("p", 1.0), h.Parameter("w", 0.1), h.Parameter("q", 2.0), h.Discrete("n"));
            var x = h.State("x");
            var m = h.Mode("m").Flow(x, 1.0);
            Expr[] guards =
            [
                w - Expr.Abs(x - p), Expr.Max(w - Expr.Abs(x - p), x - q), Expr.Min(Expr.Abs(x - p) - w, q - x),
            ];
            for (int i = 0; i < 9; i++)
            {
                h.Transition(m, m, $"g{i}").Guard(guards[i / 3] >= 0.0).Edge(directions[i % 3]).Reset(n, n + 1.0);
            }

            h.Transition(m, m, "crosses").Guard(Condition.Crosses(Expr.Abs(x - p) - w)).Edge(EdgeDirection.Both).Reset(n, n + 1.0);
        });
        return new("windows", model, random =>
        {
            double p = random.Uniform(0.3, 2.0), w = random.LogUniform(1e-6, 0.25), q = random.Uniform(0.05, 2.5), until = 3.0;
            double[] roots = [p - w, p + w, q];
            double Window(double t) => w - Math.Abs(t - p);
            Func<double, double>[] g = [Window, t => Math.Max(Window(t), t - q), t => Math.Min(-Window(t), q - t)];
            IEnumerable<ExpectedEvent>[] lists =
            [
                .. Enumerable.Range(0, 9).Select(i => EventOracle.Changes($"g{i}", directions[i % 3], roots, g[i / 3], 0.0, until)),
                EventOracle.Changes("crosses", EdgeDirection.Both, roots, Window, 0.0, until),
            ];
            ExpectedEvent[]? expected = EventOracle.Merge(1e-7, until, lists);
            return expected is null || roots.Any(r => Math.Abs(r - q) is > 0.0 and < 1e-6) ? null : new(
                EventOracle.Values(("p", p), ("w", w), ("q", q)), 0.0, until, random.DrawSolver(0.0, until, p, 1), expected, 1e-9);
        });
    }

    // Throws that pass two levels both ways, turn, land and are thrown again: up to six events inside one exact step.
    private static EventFamily Flights()
    {
        var model = HybridAutomaton.Build("flights", h =>
        {
            var (g, u, n) = (h.Parameter("g", 9.8), h.Parameter("u", 5.0), h.Discrete("n"));
            var (y, v) = (h.State("y"), h.State("v", initial: u));
            var m = h.Mode("m").Flow((y, v), (v, -g));
            h.Transition(m, m, "one").Guard(y >= h.Parameter("one", 0.5)).Edge(EdgeDirection.Both).Reset(n, n + 1.0);
            h.Transition(m, m, "two").Guard((y >= h.Parameter("two", 0.7)) | (v < -2.0 * u)).Edge(EdgeDirection.Both).Reset(n, n + 1.0);
            h.Transition(m, m, "top").Guard(v < 0.0).Edge().Reset(n, n + 1.0);
            h.Transition(m, m, "land").Guard(y <= 0.0 & v < 0.0).Reset(v, u).Reset(y, 0.0);
        });
        return new("flights", model, random =>
        {
            double g = random.LogUniform(0.5, 30.0), u = random.LogUniform(0.5, 20.0), top = 0.5 * u * u / g;
            double one = top * (1.0 - random.LogUniform(1e-6, 0.95)), two = top * random.Uniform(0.05, 1.5), flight = 2.0 * u / g;
            int rounds = random.Next(1, 5);
            IEnumerable<ExpectedEvent> Level(string name, double level)
            {
                double half = level < top ? Math.Sqrt(2.0 * (top - level) / g) : -1.0;
                return Enumerable.Range(0, half > 0.0 ? rounds : 0)
                    .SelectMany(k => new ExpectedEvent[] { new((flight * (k + 0.5)) - half, name), new((flight * (k + 0.5)) + half, name) });
            }

            double until = (rounds - 0.001) * flight;
            ExpectedEvent[]? expected = EventOracle.Merge(
                1e-7 * flight, until, Level("one", one), Level("two", two),
                Enumerable.Range(0, rounds).Select(k => new ExpectedEvent(flight * (k + 0.5), "top")),
                Enumerable.Range(1, rounds - 1).Select(k => new ExpectedEvent(flight * k, "land")));
            return expected is null || Math.Abs(one - two) < 1e-3 * top || Math.Abs(two - top) < 1e-6 * top ? null : new(
                EventOracle.Values(("g", g), ("u", u), ("one", one), ("two", two)),
                0.0, until, random.DrawSolver(0.0, until, 0.5 * flight, 2), expected, 1e-8 * flight);
        });
    }

    // What holds at the start: urgent guards fire at once, edges only where a value before the start is given.
    private static EventFamily Beginnings()
    {
        var model = HybridAutomaton.Build("beginnings", h =>
        {
            var (x, n) = (h.State("x", initial: h.Parameter("x0", 0.0)), h.Discrete("n"));
            var (a, b) = (h.Parameter("a", 0.5), h.Parameter("b", 1.0));
            var (m, k) = (h.Mode("m").Flow(x, 1.0), h.Mode("k").Flow(x, 1.0));
            h.Transition(m, m, "told").Guard(x >= a).Edge(initialValue: -1.0).Reset(n, n + 1.0);
            h.Transition(m, m, "edge").Guard(x >= a).Edge().Reset(n, n + 1.0);
            h.Transition(m, k, "go").Guard(x >= b).Priority(-1.0);
            h.Transition(k, k, "rest").Guard(x >= b).Edge().Reset(n, n + 1.0);
        });
        return new("beginnings", model, random =>
        {
            double start = random.Next(2) == 0 ? 0.0 : random.Uniform(-5.0, 1000.0);
            double from = random.Uniform(0.0, 2.0), a = random.Next(4) == 0 ? from : random.Uniform(0.0, 2.0);
            double b = random.Next(4) switch { 0 => a, 1 => from, _ => random.Uniform(0.0, 2.0) };
            double until = start + 3.0;
            if (new[] { Math.Abs(from - a), Math.Abs(from - b), Math.Abs(a - b) }.Any(gap => gap is > 0.0 and < 1e-6))
            {
                return null;
            }

            double atA = start + Math.Max(a - from, 0.0), atB = start + Math.Max(b - from, 0.0);
            var expected = new List<ExpectedEvent>();
            if (atA <= atB)
            {
                expected.Add(new(atA, "told"));
                if (a > from)
                {
                    expected.Add(new(atA, "edge"));
                }
            }

            expected.Add(new(atB, "go"));
            if (b > from)
            {
                expected.Add(new(atB, "rest", IsApart: true)); // the flow brought it to its surface, and takes it through
            }

            return new(
                EventOracle.Values(("x0", from), ("a", a), ("b", b)), start, until,
                random.DrawSolver(start, 3.0, Math.Max(atA, atB), 1), [.. expected], 1e-9);
        });
    }
}
