using HybridControl.Automata;
using HybridControl.Dynamics;
using HybridControl.Simulation;
using HybridControl.Solvers;
using HybridControl.Symbolics;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Simulation.Sensitivities;

/// <summary>Every kind of event, in closed form where there is one, else against differences.</summary>
public class EventSensitivityTests
{
    [Test]
    public void A_timer_runs_out_later_by_the_derivative_of_its_delay()
    {
        // x = x0 - t reaches c at x0 - c; the timer takes d x0^2 from there, and x goes on with the slope b.
        HybridAutomaton model = HybridAutomaton.Build("timer", h =>
        {
            var (x, y) = (h.State("x", initial: 2.0), h.State("y", initial: 3.0));
            var (c, d, b) = (h.Parameter("c", 1.0), h.Parameter("d", 0.05), h.Parameter("b", 2.0));
            var wait = h.Mode("wait").Flow(x, -1.0);
            var run = h.Mode("run").Flow(x, -1.0);
            var end = h.Mode("end").Flow(x, b);
            h.Transition(wait, run).Guard(x <= c);
            h.Transition(run, end).After(d * y * y);
        });
        Trajectory result = Run(model, 3.0, "x", "y", "c", "d", "b");
        Assert.Multiple(() =>
        {
            Assert.That(Jump(result, "x", 2), Is.EqualTo(1.0).Within(1e-12));
            Assert.That(Jump(result, "c", 2), Is.EqualTo(-1.0).Within(1e-12));
            Assert.That(Jump(result, "y", 2), Is.EqualTo(0.3).Within(1e-12));
            Assert.That(Jump(result, "d", 2), Is.EqualTo(9.0).Within(1e-12));

            // x(3) = x0 - T + b (3 - T): a later end takes away 1 + b.
            Assert.That(result.Sensitivity("d").At(3.0)[0], Is.EqualTo(-9.0 * 3.0).Within(1e-11));
            Assert.That(result.Sensitivity("x").At(3.0)[0], Is.EqualTo(1.0 - 3.0).Within(1e-11));
            Assert.That(result.Sensitivity("b").At(3.0)[0], Is.EqualTo(3.0 - result.Jumps[1].Time).Within(1e-11));
        });
    }

    [Test]
    public void Ticks_move_with_period_and_offset()
    {
        // u = t at tick k: a + k T; x integrates it.
        HybridAutomaton model = HybridAutomaton.Build("ticks", h =>
        {
            var x = h.State("x");
            var u = h.Discrete("u");
            var (period, offset) = (h.Parameter("T", 0.1), h.Parameter("a", 0.03));
            h.Mode("m").Flow(x, u);
            h.Every("clock", period, offset, (u, Expr.Time));
        });
        const double End = 2.555;
        Trajectory run = Run(model, End, "T", "a");
        int last = 25; // the tick at 2.53
        Assert.Multiple(() =>
        {
            Assert.That(run.Sensitivity("T").Value("u", End), Is.EqualTo(last).Within(1e-12));
            Assert.That(run.Sensitivity("a").Value("u", End), Is.EqualTo(1.0).Within(1e-12));

            // x = sum (a + k T) T over whole periods, then (a + 25 T)(t - a - 25 T).
            double t = 0.1, a = 0.03, rest = End - a - (last * t);
            double byPeriod = (last * a) + (2.0 * t * last * (last - 1) / 2.0) + (last * rest) - (last * (a + (last * t)));
            double byOffset = (last * t) + rest - (a + (last * t));
            Assert.That(run.Sensitivity("T").At(End)[0], Is.EqualTo(byPeriod).Within(1e-11));
            Assert.That(run.Sensitivity("a").At(End)[0], Is.EqualTo(byOffset).Within(1e-11));
        });
    }

    [Test]
    public void A_sampled_loop_agrees_with_differences()
    {
        HybridAutomaton model = HybridAutomaton.Build("loop", h =>
        {
            var (x, v) = (h.State("x", initial: 1.0), h.State("v"));
            var (u, sum) = (h.Discrete("u"), h.Discrete("sum", initial: 0.2));
            var (p, i, period) = (h.Parameter("p", 2.0), h.Parameter("i", 0.6), h.Parameter("T", 0.13));
            var force = h.Input("force", new ConstantSignal(0.3));
            h.Mode("m").Flow((x, v), (v, -x - (0.3 * v) + u + force));
            h.Every("controller", period, (u, -(p * x) - (i * sum) - v), (sum, sum + (period * x)));
        });
        Assert.That(SensitivityDifferences.Of(model, ["p", "i", "T", "x", "sum", "force"], 4.0, [1.01, 2.55, 3.99]), Is.Empty);
    }

    [Test]
    public void Guards_that_are_looked_at_at_ticks_move_with_the_clock()
    {
        HybridAutomaton model = HybridAutomaton.Build("autopilot", h =>
        {
            var x = h.State("x");
            var (period, climb) = (h.Parameter("T", 0.07), h.Parameter("c", 1.3));
            var up = h.Mode("up").Flow(x, climb - (0.2 * x));
            var down = h.Mode("down").Flow(x, -climb - (0.1 * x));
            h.Transition(up, down).Guard(x >= 1.0).Sampled(period);
            h.Transition(down, up).Guard(x <= 0.0).Sampled(period, 0.5 * period);
        });
        Assert.That(SensitivityDifferences.Of(model, ["T", "c", "x"], 25.0, [7.77, 15.55, 24.9], jumps: 20, step: 1e-6), Is.Empty);
    }

    [Test]
    public void Edges_write_discrete_variables_that_carry_derivatives()
    {
        // A damped oscillation: each peak is kept, and its share is kicked back at the next crossing.
        HybridAutomaton model = HybridAutomaton.Build("peaks", h =>
        {
            var (x, v) = (h.State("x", initial: 1.0), h.State("v"));
            var (peak, total, count) = (h.Discrete("peak"), h.Discrete("total"), h.Integer("count"));
            var (w, z, kick) = (h.Parameter("w", 3.0), h.Parameter("z", 0.08), h.Parameter("kick", 0.4));
            var m = h.Mode("m").Flow((x, v), (v, -(w * w * x) - (2.0 * z * w * v)));
            h.Transition(m, m, "peak").Guard(v <= 0.0).Edge().Reset(peak, x).Reset(total, total + (x * x * Expr.Time)).Reset(count, count + 1.0);
            h.Transition(m, m, "kick").Guard(x >= 0.0).Edge().Reset(v, v + (kick * peak));
        });
        Assert.That(SensitivityDifferences.Of(model, ["w", "z", "kick", "x", "peak"], 26.0, [9.0, 17.1, 25.5], jumps: 24), Is.Empty);
    }

    [Test]
    public void A_chain_of_jumps_at_one_instant_moves_as_one()
    {
        // t reaches a: x := 3 c, then at once x := x^2 t, y := y + x t.
        HybridAutomaton model = HybridAutomaton.Build("chain", h =>
        {
            var (x, y) = (h.State("x"), h.State("y", initial: 1.0));
            var (a, c) = (h.Parameter("a", 0.7), h.Parameter("c", 1.1));
            var first = h.Mode("first").Flow((x, y), (1.0, 5.0));
            var second = h.Mode("second").Flow((x, y), (1e6, -1e6)); // is passed in no time
            var third = h.Mode("third").Flow((x, y), (2.0, x));
            h.Transition(first, second).Guard(x >= a).Edge().Reset(x, 3.0 * c);
            h.Transition(second, third).Guard(x >= 2.5).Reset(x, x * x * Expr.Time).Reset(y, y + (x * Expr.Time));
        });
        Trajectory run = Run(model, 1.0, "a", "c", "x");
        Assert.That(run.Jumps.Select(jump => jump.Time), Is.All.EqualTo(0.7).Within(1e-12));
        const double A = 0.7, C = 1.1, Rest = 0.3;

        // x(1) = 9 c^2 a + 2 (1 - a); y(1) = 1 + 5 a + 3 c a + 9 c^2 a (1 - a) + (1 - a)^2; starting x earlier is a smaller a.
        double xByA = (9.0 * C * C) - 2.0;
        double yByA = 5.0 + (3.0 * C) + (9.0 * C * C * (1.0 - (2.0 * A))) - (2.0 * Rest);
        double xByTime = xByA;
        Assert.Multiple(() =>
        {
            Assert.That(run.Sensitivity("a").At(1.0), Is.EqualTo(new[] { xByA, yByA }).Within(1e-9));
            Assert.That(run.Sensitivity("c").At(1.0), Is.EqualTo(new[] { 18.0 * C * A, (3.0 * A) + (18.0 * C * A * Rest) }).Within(1e-9));
            Assert.That(run.Sensitivity("x").At(1.0), Is.EqualTo(new[] { -xByTime, -yByA }).Within(1e-9));
            Assert.That(run.Sensitivity("a").JumpTimes, Is.EqualTo(new[] { 1.0, 1.0 }).Within(1e-12));
        });
    }

    [Test]
    public void Choices_of_a_flow_are_events_without_a_reset()
    {
        // Up with the slope b to c, then down with 2; floor, sign, abs and max besides.
        HybridAutomaton simple = HybridAutomaton.Build("choice", h =>
        {
            var x = h.State("x");
            var (b, c) = (h.Parameter("b", 1.5), h.Parameter("c", 1.2));
            h.Mode("m").Flow(x, Expr.Select(Expr.Time * b >= c, -2.0, b));
        });
        Trajectory run = Run(simple, 2.0, "b", "c");
        Assert.That(run.Sensitivity("b").At(2.0)[0], Is.EqualTo(-2.0 * 1.2 / (1.5 * 1.5)).Within(1e-11), "x = c - 2 (2 - c/b)");
        Assert.That(run.Sensitivity("c").At(2.0)[0], Is.EqualTo(1.0 + (2.0 / 1.5)).Within(1e-11));

        HybridAutomaton many = HybridAutomaton.Build("choices", h =>
        {
            var (x, v) = (h.State("x", initial: 1.9), h.State("v", initial: 0.3));
            var (mu, gap, k) = (h.Parameter("mu", 0.05), h.Parameter("gap", 0.4), h.Parameter("k", 4.0));
            h.Mode("m").Flow((x, v), (v,
                -(k * Expr.Max(Expr.Abs(x) - gap, 0.0) * Expr.Sign(x)) - (mu * Expr.Sign(v)) + (0.02 * Expr.Modulo(Expr.Time * k, 1.0)) - (0.01 * Expr.Floor(3.0 * x))));
        });
        Trajectory choices = Run(many, 12.0, "k");
        Assert.That(choices.Log.Count(record => record.Kind == LogKind.Branch), Is.GreaterThan(40));
        Assert.That(SensitivityDifferences.Of(many, ["mu", "gap", "k", "x", "v"], 12.0, [3.3, 7.7, 11.9]), Is.Empty);
    }

    [Test]
    public void An_exit_that_the_invariant_forces_moves_with_the_invariant()
    {
        HybridAutomaton model = HybridAutomaton.Build("latest", h =>
        {
            var x = h.State("x");
            var (top, b) = (h.Parameter("top", 1.5), h.Parameter("b", 2.0));
            var up = h.Mode("up").Flow(x, b).Invariant(x <= top);
            var down = h.Mode("down").Flow(x, -1.0);
            h.Transition(up, down).Guard(x >= 1.0).Permissive(PermissivePolicy.Alap);
        });
        Trajectory run = Run(model, 2.0, "top", "b");
        Assert.That(Jump(run, "top", 1), Is.EqualTo(0.5).Within(1e-12));
        Assert.That(Jump(run, "b", 1), Is.EqualTo(-0.375).Within(1e-12));
        Assert.That(run.Sensitivity("b").At(2.0)[0], Is.EqualTo(-0.375).Within(1e-11), "x = top - (2 - top/b)");
    }

    [Test]
    public void Reset_values_that_are_taken_early_have_the_derivatives_of_that_moment()
    {
        HybridAutomaton model = HybridAutomaton.Build("early", h =>
        {
            var (x, y) = (h.State("x"), h.State("y"));
            var c = h.Parameter("c", 0.8);
            var m = h.Mode("m").Flow((x, y), (1.0, 0.5));
            var n = h.Mode("n").Flow(x, -1.0);
            h.Transition(m, m, "first").Guard(x >= c).Edge().Reset(y, 7.0 * c).Priority(1.0);
            h.Transition(m, n, "second").Guard(x >= c).Edge().Reset(x, y * y).ValuesAtTrigger();
        });
        Trajectory run = Run(model, 1.0, "c");
        Assert.That(run.Jumps.Select(jump => jump.Transition), Is.EqualTo(new[] { "first", "second" }));
        Assert.That(run.Sensitivity("c").At(1.0)[0], Is.EqualTo((2.0 * 0.25 * 0.8) + 1.0).Within(1e-11), "x = (c/2)^2 - (1 - c)");
        Assert.That(run.Sensitivity("c").At(1.0)[1], Is.EqualTo(7.0).Within(1e-11));
    }

    [Test]
    public void What_is_set_from_outside_moves_no_more()
    {
        HybridAutomaton model = HybridAutomaton.Build("set", h =>
        {
            var (x, y) = (h.State("x", initial: 1.0), h.State("y", initial: 1.0));
            var k = h.Parameter("k", 0.5);
            h.Mode("m").Flow((x, y), (-(k * x), k));
        });
        Trajectory run = Scenario.For(model).At(1.0, ("k", 2.0)).At(1.5, ("x", 4.0))
            .Simulate(3.0, options: new() { Solver = TightSolvers.One, Sensitivities = ["k", "x"] });
        Assert.Multiple(() =>
        {
            Assert.That(run.Sensitivity("k").At(1.2)[0], Is.EqualTo(-Math.Exp(-0.9)).Within(1e-9), "x = exp(-k - 0.4)");
            Assert.That(run.Sensitivity("k").At(3.0), Is.EqualTo(new[] { 0.0, 1.0 }).Within(1e-9));
            Assert.That(run.Sensitivity("x").At(1.2)[0], Is.EqualTo(Math.Exp(-0.9)).Within(1e-9));
            Assert.That(run.Sensitivity("x").At(3.0)[0], Is.Zero);
        });
    }

    [Test]
    public void Draws_and_rates_keep_their_random_numbers()
    {
        HybridAutomaton model = HybridAutomaton.Build("chance", h =>
        {
            var (x, y) = (h.State("x", initial: 1.0), h.State("y"));
            var (rate, spread, mean) = (h.Parameter("rate", 1.4), h.Parameter("spread", 0.3), h.Parameter("mean", 0.2));
            var a = h.Mode("a").Flow((x, y), (-x, x));
            var b = h.Mode("b").Flow((x, y), (1.0 - x, -y));
            h.Transition(a, b).Rate(rate * (1.0 + (x * x))).Reset(x, x + Expr.Normal(mean, spread));
            h.Transition(b, a).After(Expr.Uniform(0.0, 2.0 * mean)).Reset(y, y + Expr.Exponential(rate));
        });
        Assert.That(SensitivityDifferences.Of(model, ["rate", "spread", "mean", "x"], 12.0, [3.1, 7.7, 11.8], jumps: 20, options: new() { Seed = 5 }), Is.Empty);
    }

    [Test]
    public void Tolerances_mean_the_same_for_parameters_of_any_size([Values(1e-9, 1.0, 1e9)] double size)
    {
        HybridAutomaton model = HybridAutomaton.Build("sizes", h =>
        {
            var (x, v) = (h.State("x", initial: 1.0), h.State("v"));
            var c = h.Parameter("c", 3.0 * size);
            h.Mode("m").Flow((x, v), (v, -(c / size * x)));
        });
        Trajectory run = model.Simulate(10.0, new DormandPrince5 { RelativeTolerance = 1e-8, AbsoluteTolerance = 1e-8 }, new() { Sensitivities = ["c"] });
        double root = Math.Sqrt(3.0);
        Assert.That(run.Sensitivity("c").At(10.0)[0] * size, Is.EqualTo(-10.0 * Math.Sin(10.0 * root) / (2.0 * root)).Within(1e-6));
    }

    private static Trajectory Run(HybridAutomaton model, double until, params string[] names) =>
        model.Simulate(until, options: new() { Solver = TightSolvers.One, Sensitivities = [.. names] });

    private static double Jump(Trajectory run, string name, int number) => run.Sensitivity(name).JumpTimes[number - 1];
}
