using HybridControl.Automata;
using HybridControl.Symbolics;

namespace HybridControl.Tests.Simulation.Families;

/// <summary>Guards on states with closed-form solutions, resets and several modes.</summary>
internal static class StateGuardFamilies
{
    public static IEnumerable<EventFamily> All =>
    [
        Quartics(), Humps(), Ring(), Walls(), Ball(), Thermostat(), Oscillator(), Counters(),
    ];

    // x is a quartic in t, which the methods reproduce to rounding: up to four roots, a second guard on time.
    private static EventFamily Quartics()
    {
        var model = HybridAutomaton.Build("quartics", h =>
        {
            Expr[] c = [.. Enumerable.Range(0, 5).Select(k => h.Parameter($"c{k}", 0.0))];
            var (x, n, level) = (h.State("x", initial: c[0]), h.Discrete("n"), h.Parameter("level", 0.0));
            Expr t = h.Time;
            var m = h.Mode("m").Flow(x, c[1] + (t * ((2.0 * c[2]) + (t * ((3.0 * c[3]) + (t * 4.0 * c[4]))))));
            h.Transition(m, m, "x").Guard(x >= level).Edge(EdgeDirection.Both).Reset(n, n + 1.0);
        });
        return new("quartics", model, random =>
        {
            double[] r = [.. Enumerable.Range(0, 4).Select(_ => random.Uniform(-0.5, 2.5)).Order()];
            double lead = random.LogUniform(0.1, 10.0) * (random.Next(2) == 0 ? 1.0 : -1.0);
            double level = random.Uniform(-5.0, 5.0);
            double P(double t) => lead * (t - r[0]) * (t - r[1]) * (t - r[2]) * (t - r[3]);
            double Slope(double t) => (P(t + 1e-6) - P(t - 1e-6)) / 2e-6;
            if (r.Any(root => Math.Abs(Slope(root)) < 1e-3 || Math.Abs(root) < 1e-3))
            {
                return null;
            }

            double[] c = [lead, 0.0, 0.0, 0.0, 0.0];
            foreach (double root in r)
            {
                for (int k = 4; k > 0; k--)
                {
                    c[k] = c[k - 1] - (root * c[k]);
                }

                c[0] *= -root;
            }

            ExpectedEvent[]? expected = EventOracle.Merge(
                1e-7, 2.0, EventOracle.Changes("x", EdgeDirection.Both, r, P, 0.0, 2.0));
            return expected is null ? null : new(
                EventOracle.Values(("c0", c[0] + level), ("c1", c[1]), ("c2", c[2]), ("c3", c[3]), ("c4", c[4]), ("level", level)),
                0.0, 2.0, random.DrawSolver(0.0, 2.0, r[1], 4), expected, 1e-8);
        });
    }

    // A parabola that passes a level by a little or misses it by as little.
    private static EventFamily Humps()
    {
        var model = HybridAutomaton.Build("humps", h =>
        {
            var (k, r, level) = (h.Parameter("k", 1.0), h.Parameter("r", 1.0), h.Parameter("level", 1.0));
            var (x, n) = (h.State("x", initial: -k * r * r), h.Discrete("n"));
            var m = h.Mode("m").Flow(x, 2.0 * k * (r - h.Time));
            h.Transition(m, m, "x").Guard(x >= level).Edge(EdgeDirection.Both).Reset(n, n + 1.0);
        });
        return new("humps", model, random =>
        {
            double k = random.LogUniform(0.1, 10.0), r = random.Uniform(0.2, 1.8), depth = random.LogUniform(1e-10, 0.01);
            bool above = random.Next(2) == 0;
            double half = Math.Sqrt(depth / k);
            ExpectedEvent[] expected = above ? [new(r - half, "x"), new(r + half, "x")] : [];
            return r - half < 0.001 || r + half > 1.999 ? null : new(
                EventOracle.Values(("k", k), ("r", r), ("level", above ? -depth : depth)),
                0.0, 2.0, random.DrawSolver(0.0, 2.0, r, 2), expected, 1e-13 / Math.Sqrt(depth * k) + 1e-9);
        });
    }

    // Three modes of constant speed; each jump puts x before the next guard, or onto its very surface.
    private static EventFamily Ring()
    {
        var model = HybridAutomaton.Build("ring", h =>
        {
            var (x, n) = (h.State("x", initial: h.Parameter("R0", 0.0)), h.Discrete("n"));
            ModeBuilder[] modes = [h.Mode("up"), h.Mode("down"), h.Mode("again")];
            for (int i = 0; i < 3; i++)
            {
                Expr level = h.Parameter($"L{i}", 1.0), mark = h.Parameter($"M{i}", 0.5), speed = h.Parameter($"s{i}", 1.0);
                int next = (i + 1) % 3;
                Expr start = next == 0 ? Expr.Variable(VariableKind.Parameter, "R0") : h.Parameter($"R{next}", 0.0);
                bool rises = i != 1;
                modes[i].Flow(x, rises ? speed : -speed);
                h.Transition(modes[i], modes[i], $"mark {i}").Guard(rises ? x >= mark : x <= mark).Edge(flowOnly: true).Reset(n, n + 1.0);
                h.Transition(modes[i], modes[next], $"leave {i}").Guard(rises ? x >= level : x <= level).Reset(x, start);
            }
        });
        return new("ring", model, random =>
        {
            double[] level = new double[3], mark = new double[3], from = new double[3], speed = new double[3];
            bool[] onto = new bool[3];
            var values = new List<(string, double)>();
            for (int i = 0; i < 3; i++)
            {
                double sign = i == 1 ? -1.0 : 1.0;
                level[i] = random.Uniform(-3.0, 3.0);
                onto[i] = i > 0 && random.Next(4) == 0;
                from[i] = onto[i] ? level[i] : level[i] - (sign * random.Uniform(0.1, 3.0));
                mark[i] = onto[i] ? level[i] - (sign * 0.5) : random.Uniform(from[i] + (0.05 * (level[i] - from[i])), level[i] - (0.05 * (level[i] - from[i])));
                speed[i] = random.LogUniform(0.2, 5.0);
                values.AddRange([($"L{i}", level[i]), ($"M{i}", mark[i]), ($"R{i}", from[i]), ($"s{i}", speed[i])]);
            }

            double until = random.Uniform(5.0, 20.0);
            var expected = new List<ExpectedEvent>();
            double time = 0.0;
            for (int k = 0; time < until; k++)
            {
                int i = k % 3;
                double span = Math.Abs(level[i] - from[i]) / speed[i];
                if (!onto[i])
                {
                    expected.Add(new(time + (Math.Abs(mark[i] - from[i]) / speed[i]), $"mark {i}"));
                }

                time += span;
                expected.Add(new(time, $"leave {i}"));
            }

            expected.RemoveAll(e => e.Time > until);
            return Math.Abs(time - until) < 1e-6 || expected.Any(e => Math.Abs(e.Time - until) < 1e-6) || level.Any(l => Math.Abs(l - from[0]) is > 0.0 and < 1e-6) ? null : new(
                EventOracle.Values([.. values]), 0.0, until, random.DrawSolver(0.0, until, level[0], 1), [.. expected], 1e-9);
        });
    }

    // A puck between two walls: every event leaves it on a surface, with the flow away from it.
    private static EventFamily Walls()
    {
        var model = HybridAutomaton.Build("walls", h =>
        {
            var (e, w) = (h.Parameter("e", 1.0), h.Parameter("w", 1.0));
            var (x, v) = (h.State("x", initial: h.Parameter("x0", 0.5)), h.State("v", initial: h.Parameter("v0", 1.0)));
            var m = h.Mode("m").Flow(x, v);
            h.Transition(m, m, "right").Guard(x >= w & v > 0.0).Reset(v, -e * v);
            h.Transition(m, m, "left").Guard(x <= 0.0 & v < 0.0).Reset(v, -e * v);
        });
        return new("walls", model, random =>
        {
            double w = random.LogUniform(0.1, 10.0), e = random.Next(3) == 0 ? 1.0 : random.Uniform(0.6, 1.0);
            double x = w * random.Uniform(0.01, 0.99), v = w * random.LogUniform(0.1, 5.0) * (random.Next(2) == 0 ? 1.0 : -1.0);
            double until = random.Uniform(1.0, 10.0);
            var values = EventOracle.Values(("e", e), ("w", w), ("x0", x), ("v0", v));
            var expected = new List<ExpectedEvent>();
            for (double time = 0.0; ;)
            {
                time += (v > 0.0 ? w - x : x) / Math.Abs(v);
                if (time > until)
                {
                    return time - until < 1e-6 ? null : new(
                        values, 0.0, until, random.DrawSolver(0.0, until, 0.0, 1), [.. expected], 1e-9 * Math.Max(1.0, until));
                }

                expected.Add(new(time, v > 0.0 ? "right" : "left"));
                x = v > 0.0 ? w : 0.0;
                v *= -e;
            }
        });
    }

    private static EventFamily Ball()
    {
        var model = HybridAutomaton.Build("ball", h =>
        {
            var (g, e) = (h.Parameter("g", 9.8), h.Parameter("e", 0.7));
            var (y, v) = (h.State("y", initial: h.Parameter("h0", 1.0)), h.State("v"));
            var m = h.Mode("fall").Flow((y, v), (v, -g));
            h.Transition(m, m, "bounce").Guard(y <= 0.0 & v < 0.0).Reset(v, -e * v);
        });
        return new("ball", model, random =>
        {
            double g = random.LogUniform(0.5, 30.0), e = random.Uniform(0.3, 1.0), height = random.LogUniform(1e-2, 1e2);
            double t1 = Math.Sqrt(2.0 * height / g);
            int last = random.Next(1, 8);
            double until = t1 * (1.0 + (2.0 * Enumerable.Range(1, last).Sum(k => Math.Pow(e, k))) + (0.3 * Math.Pow(e, last + 1)));
            var expected = new List<ExpectedEvent>();
            double time = t1;
            for (int n = 1; time < until; n++)
            {
                expected.Add(new(time, "bounce"));
                time += 2.0 * t1 * Math.Pow(e, n);
            }

            return time - until < 1e-6 || until - expected[^1].Time < 1e-6 ? null : new(
                EventOracle.Values(("g", g), ("e", e), ("h0", height)), 0.0, until, random.DrawSolver(0.0, until, t1, 2), [.. expected],
                1e-9 * Math.Max(1.0, until));
        });
    }

    private static EventFamily Thermostat()
    {
        var model = HybridAutomaton.Build("thermostat", h =>
        {
            var (k, hot, cold) = (h.Parameter("k", 1.0), h.Parameter("hot", 80.0), h.Parameter("cold", 10.0));
            var (low, high) = (h.Parameter("low", 65.0), h.Parameter("high", 75.0));
            var x = h.State("x", initial: low);
            var (on, off) = (h.Mode("on").Flow(x, k * (hot - x)), h.Mode("off").Flow(x, k * (cold - x)));
            h.Transition(on, off, "off").Guard(x >= high);
            h.Transition(off, on, "on").Guard(x <= low);
        });
        return new("thermostat", model, random =>
        {
            double k = random.LogUniform(0.1, 5.0), low = random.Uniform(0.0, 50.0), high = low + random.Uniform(1.0, 20.0);
            double hot = high + random.Uniform(1.0, 30.0), cold = low - random.Uniform(1.0, 30.0);
            double heating = Math.Log((hot - low) / (hot - high)) / k, cooling = Math.Log((high - cold) / (low - cold)) / k;
            int count = random.Next(1, 9);
            double until = 0.0;
            var expected = new ExpectedEvent[count];
            for (int i = 0; i < count; i++)
            {
                until += i % 2 == 0 ? heating : cooling;
                expected[i] = new(until, i % 2 == 0 ? "off" : "on");
            }

            until += 0.5 * Math.Min(heating, cooling);
            double tolerance = random.DrawTolerance();
            return new(
                EventOracle.Values(("k", k), ("hot", hot), ("cold", cold), ("low", low), ("high", high)),
                0.0, until, random.DrawSolver(0.0, until, 0.0, 9, tolerance), expected, 1e3 * tolerance * Math.Max(1.0, until));
        });
    }

    private static EventFamily Oscillator()
    {
        var model = HybridAutomaton.Build("oscillator", h =>
        {
            var (w, q, p) = (h.Parameter("w", 1.0), h.Parameter("q", 0.0), h.Parameter("p", 0.0));
            var (x, v, n) = (h.State("x", initial: 1.0), h.State("v"), h.Discrete("n"));
            var m = h.Mode("m").Flow((x, v), (w * v, -w * x));
            h.Transition(m, m, "x").Guard(x >= q).Edge(EdgeDirection.Both).Reset(n, n + 1.0);
            h.Transition(m, m, "xv").Guard(x * v >= p).Edge(EdgeDirection.Up).Reset(n, n + 1.0);
        });
        return new("oscillator", model, random =>
        {
            double w = random.LogUniform(0.3, 10.0), q = random.Uniform(-0.95, 0.95), p = random.Uniform(-0.45, 0.45);
            double until = random.Uniform(1.0, 20.0) / w, tolerance = Math.Min(random.DrawTolerance(), 1e-5);
            double error = 300.0 * tolerance / w; // of the time of an event, measured: a third of it

            // x = cos wt, v = -sin wt, x v = -sin(2 w t) / 2.
            IEnumerable<double> position = Enumerable.Range(0, 6).SelectMany(k => new[]
            {
                (Math.Acos(q) + (2.0 * Math.PI * k)) / w, ((2.0 * Math.PI) - Math.Acos(q) + (2.0 * Math.PI * k)) / w,
            });
            IEnumerable<double> product = Enumerable.Range(-1, 12).SelectMany(k => new[]
            {
                (Math.Asin(-2.0 * p) + (2.0 * Math.PI * k)) / (2.0 * w), (Math.PI - Math.Asin(-2.0 * p) + (2.0 * Math.PI * k)) / (2.0 * w),
            });
            ExpectedEvent[]? expected = EventOracle.Merge(
                Math.Max(10.0 * error, 1e-9),
                until,
                EventOracle.Changes("x", EdgeDirection.Both, position, t => Math.Cos(w * t) - q, 0.0, until),
                EventOracle.Changes("xv", EdgeDirection.Up, product, t => (-0.5 * Math.Sin(2.0 * w * t)) - p, 0.0, until));
            return expected is null || Math.Abs(p) < 10.0 * error * w || expected.Any(e => until - e.Time < Math.Max(10.0 * error, 1e-6)) ? null : new(
                EventOracle.Values(("w", w), ("q", q), ("p", p)), 0.0, until, random.DrawSolver(0.0, until, 0.0, 9, tolerance), expected, Math.Max(error, 1e-9));
        });
    }

    // Urgent sections that change nothing they depend on: served at each crossing, ready again after each return.
    private static EventFamily Counters()
    {
        var model = HybridAutomaton.Build("counters", h =>
        {
            var (a, b, s) = (h.Parameter("a", 0.3), h.Parameter("b", 0.6), h.Parameter("s", 1.0));
            var (x, n) = (h.State("x"), h.Discrete("n"));
            var (up, down) = (h.Mode("up").Flow(x, s), h.Mode("down").Flow(x, -2.0 * s));
            h.Transition(up, up, "a").Guard(x >= a).Reset(n, n + 1.0);
            h.Transition(up, up, "b").Guard(x >= b).Reset(n, n + 1.0);
            h.Transition(up, down, "top").Guard(x >= 1.0);
            h.Transition(down, up, "bottom").Guard(x <= 0.0);
        });
        return new("counters", model, random =>
        {
            double s = random.LogUniform(0.2, 5.0), a = random.Uniform(0.01, 0.98);
            double b = random.Next(3) == 0 ? a : random.Uniform(0.01, 0.98);
            if (Math.Abs(a - b) is > 0.0 and < 1e-6)
            {
                return null;
            }

            int rounds = random.Next(1, 6);
            var expected = new List<ExpectedEvent>();
            for (int k = 0; k < rounds; k++)
            {
                double from = k * 1.5 / s;
                ExpectedEvent first = new(from + (a / s), "a"), second = new(from + (b / s), "b");
                expected.AddRange(a <= b ? [first, second] : [second, first]);
                expected.Add(new(from + (1.0 / s), "top"));
                expected.Add(new(from + (1.5 / s), "bottom"));
            }

            double until = (rounds * 1.5 / s) + (0.005 / s);
            return new(
                EventOracle.Values(("a", a), ("b", b), ("s", s)), 0.0, until, random.DrawSolver(0.0, until, a / s, 1), [.. expected], 1e-9);
        });
    }
}
