using System.Collections.Immutable;
using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Numerics;
using HybridControl.Serialization;
using HybridControl.Simulation;
using HybridControl.Symbolics;

namespace HybridControl.Tests.Simulation.Rules;

/// <summary>Random numbers in resets, delays and initial values.</summary>
public class RandomDrawTests
{
    private const int Draws = 4000;
    private static readonly double Bound = 1.95 / Math.Sqrt(Draws);

    [Test]
    public void A_uniform_reset_is_uniform() =>
        Assert.That(Distance.OfKolmogorov(Sample((_, n) => Expr.Uniform(2.0, 5.0 + (0.0 * n))), x => (x - 2.0) / 3.0), Is.LessThan(Bound));

    [Test]
    public void A_normal_reset_is_normal() =>
        Assert.That(Distance.OfKolmogorov(Sample((_, _) => Expr.Normal(1.0, 2.0)), x => NormalLaw.Cdf((x - 1.0) / 2.0)), Is.LessThan(Bound));

    [Test]
    public void An_exponential_reset_is_exponential() =>
        Assert.That(Distance.OfKolmogorov(Sample((_, _) => Expr.Exponential(3.0)), x => 1.0 - Math.Exp(-3.0 * x)), Is.LessThan(Bound));

    [Test]
    public void Every_place_draws_for_itself_also_where_one_expression_stands_twice()
    {
        Expr one = Expr.Uniform(0.0, 1.0);
        Assert.That(Distance.OfKolmogorov(Sample((_, _) => one + one), x => x < 1.0 ? 0.5 * x * x : 1.0 - (0.5 * (2.0 - x) * (2.0 - x))), Is.LessThan(Bound));
        Assert.That(Sample((_, _) => one - one), Has.None.EqualTo(0.0));
    }

    [Test]
    public void A_draw_can_choose()
    {
        double[] coins = Sample((_, _) => Expr.Select(Expr.Uniform(0.0, 1.0) < 0.3, 1.0, 0.0));
        Assert.That(coins.Average(), Is.EqualTo(0.3).Within(4.0 * Math.Sqrt(0.21 / Draws)));
    }

    [Test]
    public void A_number_depends_on_the_seed_the_trajectory_the_place_and_the_count_of_its_draws_only()
    {
        var model = HybridAutomaton.Build("keyed", h =>
        {
            var (a, b) = (h.Discrete("a"), h.Discrete("b"));
            var m = h.Mode("m");
            h.Transition(m, m, "one").After(1.0).Reset(a, Expr.Uniform(0.0, 1.0));
            h.Transition(m, m, "two").Sampled(0.5, 0.25).Reset(b, Expr.Uniform(0.0, 1.0));
        });
        Trajectory run = model.Simulate(until: 1.0, options: new SimulationOptions { Seed = 12, Trajectory = 34 });
        Assert.That(run.Value("a", 1.0), Is.EqualTo(Philox4x32.Uniform(12, 34, LoweredModel.FirstStream, 0)));
        Assert.That(run.Value("b", 0.3), Is.EqualTo(Philox4x32.Uniform(12, 34, LoweredModel.FirstStream + 1, 0)));
        Assert.That(run.Value("b", 0.8), Is.EqualTo(Philox4x32.Uniform(12, 34, LoweredModel.FirstStream + 1, 1)));
    }

    [Test]
    public void An_initial_value_may_be_drawn_and_replaced()
    {
        var model = HybridAutomaton.Build("start", h =>
        {
            var s = h.Parameter("s", 2.0);
            h.State("x", initial: Expr.Normal(1.0, s));
            h.Discrete("d", initial: Expr.Uniform(0.0, s));
            h.Mode("m");
        });
        double[] x = [.. Enumerable.Range(0, Draws).Select(k => model.Simulate(0.1, options: new() { Trajectory = k }).Value("x", 0.0)).Order()];
        Assert.That(Distance.OfKolmogorov(x, value => NormalLaw.Cdf((value - 1.0) / 2.0)), Is.LessThan(Bound));
        Trajectory given = model.Simulate(0.1, options: new() { Values = ImmutableDictionary<string, double>.Empty.Add("x", 7.0) });
        Assert.That(given.Value("x", 0.0), Is.EqualTo(7.0));
        Assert.That(given.Value("d", 0.0), Is.InRange(0.0, 2.0));
    }

    [Test]
    public void A_delay_may_be_drawn_each_time_anew()
    {
        var model = HybridAutomaton.Build("jitter", h =>
        {
            var (a, b) = (h.Mode("a"), h.Mode("b"));
            h.Transition(a, b, "on").After(Expr.Uniform(0.5, 1.5));
            h.Transition(b, a, "off").After(1.0);
        });
        Trajectory run = model.Simulate(until: 2000.0);
        double[] waits = [.. run.Jumps.Select((jump, i) => (jump, i)).Where(entry => entry.jump.Transition == "on")
            .Select(entry => entry.jump.Time - (entry.i == 0 ? 0.0 : run.Jumps[entry.i - 1].Time)).Order()];
        Assert.That(Distance.OfKolmogorov(waits, t => t - 0.5), Is.LessThan(1.95 / Math.Sqrt(waits.Length)));
    }

    [Test]
    public void A_draw_at_the_trigger_is_the_one_that_is_used()
    {
        var model = HybridAutomaton.Build("early", h =>
        {
            var (x, y) = (h.State("x"), h.Discrete("y"));
            var m = h.Mode("m").Flow(x, 1.0);
            h.Transition(m, m, "draw").Guard(x >= 1.0).Edge().Reset(y, Expr.Uniform(0.0, 1.0)).ValuesAtTrigger();
        });
        Assert.That(model.Simulate(until: 2.0).Value("y", 1.5), Is.EqualTo(Philox4x32.Uniform(0, 0, LoweredModel.FirstStream, 0)));
    }

    [TestCase("uniform(2, 1)", "uniform(2, 1) ends before it begins")]
    [TestCase("normal(0, -1)", "the deviation of a normal distribution is -1")]
    [TestCase("exponential(-2)", "the rate of an exponential distribution is -2")]
    [TestCase("exponential(0)", "the rate of an exponential distribution is 0")]
    public void A_distribution_that_there_is_not_is_refused(string draw, string what)
    {
        string model = $$"""{ "name": "bad", "states": { "x": "{{draw}}" }, "modes": { "m": {} } }""";
        ModelException refusal = Assert.Throws<ModelException>(() => ModelFile.Parse(model))!;
        Assert.That(refusal.Findings.Select(finding => finding.What), Is.EqualTo(new[] { what }));
        Assert.That(refusal.Findings[0].Where, Does.Contain("states.x"));
    }

    [Test]
    public void Draws_are_refused_wherever_a_number_must_last()
    {
        Expr draw = Expr.Uniform(0.0, 1.0);
        ModelException refusal = Assert.Throws<ModelException>(() => HybridAutomaton.Build("bad", h =>
        {
            var (x, d) = (h.State("x"), h.Discrete("d"));
            h.Output("o", draw);
            var m = h.Mode("m").Flow(x, draw).Invariant(x <= draw);
            h.Transition(m, m, "guard").Guard(x >= draw);
            h.Transition(m, m, "priority").Guard(x >= 1.0).Priority(draw);
            h.Transition(m, m, "rate").Rate(draw);
            h.Transition(m, m, "clock").Sampled(draw);
            h.Every("update", 1.0, (d, draw));
        }))!;
        Assert.That(refusal.Findings.Where(finding => finding.What.Contains("draws a random number", StringComparison.Ordinal)).Select(finding => finding.Where),
            Is.EqualTo(new[]
            {
                "outputs.o", "modes.m.flow.x", "modes.m.invariant", "transitions.guard.guard", "transitions.priority.priority",
                "transitions.rate.rate", "transitions.clock.every", "sampled.update.set.d",
            }));
    }

    [Test]
    public void A_formula_that_draws_without_end_is_refused()
    {
        Expr sum = Expr.Uniform(0.0, 1.0);
        for (int i = 0; i < 60; i++)
        {
            sum += sum;
        }

        ModelException refusal = Assert.Throws<ModelException>(() => HybridAutomaton.Build("flood", h =>
        {
            var x = h.State("x");
            var m = h.Mode("m").Flow(x, 1.0);
            h.Transition(m, m, "flood").Guard(x >= 1.0).Reset(x, sum);
        }))!;
        Assert.That(refusal.Findings.Single().What, Does.Contain("random numbers"));
    }

    private static double[] Sample(Func<AutomatonBuilder, Expr, Expr> value)
    {
        var model = HybridAutomaton.Build("sample", h =>
        {
            var n = h.Discrete("n");
            var m = h.Mode("m");
            h.Transition(m, m, "draw").Sampled(1.0).Reset(n, value(h, n));
        });
        return [.. model.Simulate(until: Draws - 0.5, options: new SimulationOptions { Seed = 21 }).Jumps.Select(jump => jump.DiscretesAfter[0]).Order()];
    }
}
