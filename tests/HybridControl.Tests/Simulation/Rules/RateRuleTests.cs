using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Serialization;
using HybridControl.Simulation;
using HybridControl.Solvers;
using HybridControl.Symbolics;
using HybridControl.Tests.Serialization;

namespace HybridControl.Tests.Simulation.Rules;

/// <summary>Semantics 2: transitions that fire by chance, with a hazard.</summary>
public class RateRuleTests
{
    private const int Runs = 2000;
    private static readonly double Bound = 1.95 / Math.Sqrt(Runs); // Kolmogorov and Smirnov at one in a thousand

    [Test]
    public void A_constant_rate_waits_exponentially()
    {
        double[] times = [.. FirstJumps(_ => 1.5, seed: 1).Order()];
        Assert.That(Distance.OfKolmogorov(times, t => 1.0 - Math.Exp(-1.5 * t)), Is.LessThan(Bound));
    }

    [Test]
    public void A_rate_that_moves_has_the_law_of_its_integral()
    {
        // lambda = 1 + sin t: the integral is t + 1 - cos t.
        double[] times = [.. FirstJumps(t => 1.0 + Expr.Sin(t), seed: 2).Order()];
        Assert.That(Distance.OfKolmogorov(times, t => 1.0 - Math.Exp(-(t + 1.0 - Math.Cos(t)))), Is.LessThan(Bound));
    }

    [Test]
    public void A_rate_that_a_state_drives_has_the_law_of_its_integral()
    {
        // x = e^t, lambda = x: the integral is e^t - 1, Gompertz's law of mortality.
        var model = HybridAutomaton.Build("driven", h =>
        {
            var x = h.State("x", initial: 1.0);
            var (a, b) = (h.Mode("a").Flow(x, x), h.Mode("b"));
            h.Transition(a, b, "event").Rate(x);
        });
        double[] times = [.. Enumerable.Range(0, Runs).Select(k =>
            model.Simulate(until: 20.0, options: new SimulationOptions { Seed = 3, Trajectory = k }).Jumps[0].Time).Order()];
        Assert.That(Distance.OfKolmogorov(times, t => 1.0 - Math.Exp(1.0 - Math.Exp(t))), Is.LessThan(Bound));
    }

    [Test]
    public void The_instant_is_located_to_the_precision_of_the_solver()
    {
        // With lambda = 2 t the integral is t^2, which every solver integrates exactly: the instant is the root of the draw.
        HybridAutomaton model = OneJump(t => 2.0 * t);
        double rough = model.Simulate(20.0, new DormandPrince5 { RelativeTolerance = 1e-4 }, new SimulationOptions { Seed = 9 }).Jumps[0].Time;
        double fine = model.Simulate(20.0, new Tsitouras5 { RelativeTolerance = 1e-11 }, new SimulationOptions { Seed = 9 }).Jumps[0].Time;
        Assert.That(rough, Is.EqualTo(fine).Within(1e-12));
    }

    [Test]
    public void Two_rates_compete()
    {
        var model = HybridAutomaton.Build("race", h =>
        {
            var (a, b, c) = (h.Mode("a"), h.Mode("b"), h.Mode("c"));
            h.Transition(a, b, "ab").Rate(1.0);
            h.Transition(a, c, "ac").Rate(3.0);
        });
        Jump[] first = [.. Enumerable.Range(0, Runs).Select(k =>
            model.Simulate(20.0, options: new SimulationOptions { Seed = 4, Trajectory = k }).Jumps.Single())];
        Assert.That(first.Count(jump => jump.To == "c") / (double)Runs, Is.EqualTo(0.75).Within(4.0 * Math.Sqrt(0.75 * 0.25 / Runs)));
        Assert.That(Distance.OfKolmogorov([.. first.Select(jump => jump.Time).Order()], t => 1.0 - Math.Exp(-4.0 * t)), Is.LessThan(Bound));
    }

    [Test]
    public void A_guard_switches_the_hazard_on_and_off()
    {
        var model = HybridAutomaton.Build("shifts", h =>
        {
            var (a, b) = (h.Mode("a"), h.Mode("b"));
            h.Transition(a, b, "ab").Guard(Expr.Sin(2.0 * Math.PI * h.Time) >= 0.0).Rate(1.0);
        });
        double[] times = [.. Enumerable.Range(0, Runs).Select(k =>
            model.Simulate(60.0, options: new SimulationOptions { Seed = 5, Trajectory = k }).Jumps.Single().Time)];
        Assert.That(times.Select(time => time - Math.Floor(time)), Is.All.LessThanOrEqualTo(0.5 + 1e-9));
        double[] enabled = [.. times.Select(time => (0.5 * Math.Floor(time)) + time - Math.Floor(time)).Order()];
        Assert.That(Distance.OfKolmogorov(enabled, t => 1.0 - Math.Exp(-t)), Is.LessThan(Bound));
    }

    [Test]
    public void Events_of_a_loop_are_a_Poisson_process_with_independent_intervals()
    {
        var model = HybridAutomaton.Build("poisson", h =>
        {
            var n = h.Discrete("n");
            var m = h.Mode("m");
            h.Transition(m, m, "count").Rate(2.0).Reset(n, n + 1.0);
        });
        Trajectory run = model.Simulate(until: 1000.0, options: new SimulationOptions { Seed = 6 });
        double[] intervals = [.. run.Jumps.Select((jump, k) => jump.Time - (k == 0 ? 0.0 : run.Jumps[k - 1].Time))];
        Assert.That(intervals, Has.Length.EqualTo(2000).Within(4.0 * Math.Sqrt(2000.0)));
        Assert.That(Distance.OfKolmogorov([.. intervals.Order()], t => 1.0 - Math.Exp(-2.0 * t)), Is.LessThan(1.95 / Math.Sqrt(intervals.Length)));
        double covariance = intervals.Skip(1).Zip(intervals, (later, earlier) => (later - 0.5) * (earlier - 0.5)).Average();
        Assert.That(covariance, Is.EqualTo(0.0).Within(4.0 * 0.25 / Math.Sqrt(intervals.Length)));
    }

    [Test]
    public void The_same_seed_and_trajectory_give_the_same_run_and_others_another()
    {
        HybridAutomaton model = ModelFile.Load(Repository.At("models", "telegraph-process.json"));
        double[] JumpsOf(ulong seed, long trajectory) =>
            [.. model.Simulate(until: 5.0, options: new SimulationOptions { Seed = seed, Trajectory = trajectory }).Jumps.Select(jump => jump.Time)];
        double[] run = JumpsOf(1, 7);
        Assert.That(run, Is.Not.Empty);
        Assert.That(JumpsOf(1, 7), Is.EqualTo(run));
        Assert.That(JumpsOf(2, 7), Is.Not.EqualTo(run));
        Assert.That(JumpsOf(1, 8), Is.Not.EqualTo(run));
    }

    [Test]
    public void A_snapshot_goes_on_with_the_same_chances()
    {
        SimulationRun run = Scenario.For(ModelFile.Load(Repository.At("models", "telegraph-process.json"))).Start(new() { Seed = 3 });
        run.AdvanceTo(2.0);
        RunSnapshot snapshot = run.Snapshot();
        run.AdvanceTo(10.0);
        double[] whole = [.. run.ToTrajectory().Jumps.Select(jump => jump.Time)];
        run.Restore(snapshot);
        run.AdvanceTo(10.0);
        Assert.That(run.ToTrajectory().Jumps.Select(jump => jump.Time), Is.EqualTo(whole));
    }

    [Test]
    public void The_integral_stays_out_of_sight()
    {
        HybridAutomaton model = OneJump(_ => 1.0);
        SimulationRun run = Scenario.For(model).Start();
        run.AdvanceTo(20.0);
        Trajectory trajectory = run.ToTrajectory();
        Assert.That(trajectory.Names, Is.EqualTo(new[] { "x" }));
        Assert.That(trajectory.At(0.1).States, Has.Length.EqualTo(1));
        Assert.That(trajectory.At(0.1).Discretes, Is.Empty);
        Assert.That(trajectory.Jumps[0].StatesBefore, Has.Length.EqualTo(1));
        Assert.That(trajectory.Jumps[0].DiscretesAfter, Is.Empty);
        Assert.That(run.States, Has.Length.EqualTo(1));
        Assert.That(TrajectoryTable.From(trajectory).Variables, Is.EqualTo(new[] { "x" }));
    }

    [TestCase("0.5 - t", 0.5)]
    [TestCase("log(1.5 - t)", 0.5)]
    [TestCase("sqrt(0.25 - t)", 0.25)]
    public void A_rate_that_is_negative_or_no_number_ends_the_run_by_name(string rate, double latest)
    {
        string text = $$"""
            { "name": "bad", "states": { "x": 0 }, "modes": { "m": { "flow": { "x": 1 } } },
              "transitions": [ { "name": "wear", "from": "m", "to": "m", "guard": "x >= -1", "rate": "1e-9*({{rate}})" } ] }
            """;
        Trajectory run = ModelFile.Parse(text, "bad.json").TrySimulate(until: 5.0);
        Assert.That(run.Status, Is.EqualTo(RunStatus.NotFinite));
        Assert.That(run.Reason, Does.Contain("the rate of transition 'wear'"));
        Assert.That(run.EndTime, Is.LessThanOrEqualTo(latest + 1e-6));
    }

    [Test]
    public void A_rate_that_is_surely_negative_is_found_before_the_run()
    {
        ModelException refusal = Assert.Throws<ModelException>(() => OneJump(_ => -1.0))!;
        Assert.That(refusal.Findings.Single().Where, Is.EqualTo("transitions.event.rate"));
    }

    private static IEnumerable<double> FirstJumps(Func<Expr, Expr> rate, ulong seed)
    {
        HybridAutomaton model = OneJump(rate);
        return Enumerable.Range(0, Runs).Select(k =>
            model.Simulate(until: 40.0, options: new SimulationOptions { Seed = seed, Trajectory = k }).Jumps[0].Time);
    }

    private static HybridAutomaton OneJump(Func<Expr, Expr> rate) => HybridAutomaton.Build("one", h =>
    {
        var x = h.State("x");
        var (a, b) = (h.Mode("a").Flow(x, 1.0), h.Mode("b"));
        h.Transition(a, b, "event").Rate(rate(h.Time));
    });
}
