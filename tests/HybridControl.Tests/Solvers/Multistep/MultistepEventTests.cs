using HybridControl.Automata;
using HybridControl.Simulation;
using HybridControl.Solvers;
using HybridControl.Symbolics;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Solvers.Multistep;

/// <summary>Events on the dense output of methods that remember.</summary>
public class MultistepEventTests
{
    private static AdaptiveSolver[] Solvers { get; } =
    [
        .. MultistepBench.Solvers.Select(solver => solver with { RelativeTolerance = 1e-10, AbsoluteTolerance = 1e-12 }),
    ];

    [TestCaseSource(nameof(Solvers))]
    public void A_ball_bounces_at_the_times_of_free_fall(AdaptiveSolver solver)
    {
        Trajectory run = Balls.Dropped(10.0, 9.81, 0.8).Simulate(until: 8.0, solver);
        double time = Math.Sqrt(2.0 * 10.0 / 9.81);
        double speed = 9.81 * time;
        Assert.That(run.Jumps, Has.Length.EqualTo(4));
        foreach (Jump jump in run.Jumps)
        {
            Assert.That(jump.Time, Is.EqualTo(time).Within(1e-8));
            speed *= 0.8;
            time += 2.0 * speed / 9.81;
        }
    }

    // x'' = -x from 1: it falls through zero and rises through it by turns, and counting changes nothing.
    [TestCaseSource(nameof(Solvers))]
    public void A_section_that_is_counted_costs_no_new_start(AdaptiveSolver solver)
    {
        HybridAutomaton Model(bool counts) => HybridAutomaton.Build("swing", h =>
        {
            var (x, v) = (h.State("x", initial: 1.0), h.State("v"));
            var n = h.Discrete("n");
            ModeBuilder mode = h.Mode("m").Flow((x, v), (v, -x));
            if (counts)
            {
                h.Transition(mode, mode).Guard(x >= 0.0).Edge(EdgeDirection.Both).Reset(n, n + 1.0);
            }
        });
        Trajectory run = Model(counts: true).Simulate(until: 30.0, solver);
        Trajectory plain = Model(counts: false).Simulate(until: 30.0, solver);
        Assert.That(run.Jumps, Has.Length.EqualTo(10));
        for (int k = 0; k < 10; k++)
        {
            Assert.That(run.Jumps[k].Time, Is.EqualTo((k + 0.5) * Math.PI).Within(2e-6));
        }

        Assert.That(run.Statistics.RightHandSides, Is.LessThan(1.15 * plain.Statistics.RightHandSides), "a new start costs a hundred");
    }

    [Test]
    public void Bounces_that_crowd_are_as_exact_as_the_first(
        [ValueSource(typeof(MultistepBench), nameof(MultistepBench.Solvers))] AdaptiveSolver solver, [Values(1e-4, 1e-7, 1e-10, 1e-13)] double tolerance)
    {
        Trajectory run = Balls.Dropped(1.0, 9.81, 0.7).Simulate(until: 5.0, options: new SimulationOptions
        {
            Solver = solver with { RelativeTolerance = tolerance, AbsoluteTolerance = 1e-3 * tolerance },
            Zeno = ZenoPolicy.Stop,
        });
        Assert.That(run.Status, Is.EqualTo(RunStatus.Zeno));
        double time = Math.Sqrt(2.0 / 9.81);
        double flight = 2.0 * time;
        foreach (Jump jump in run.Jumps)
        {
            Assert.That(jump.Time, Is.EqualTo(time).Within(1e-11));
            flight *= 0.7;
            time += flight;
        }

        Assert.That(run.Jumps, Has.Length.GreaterThan(20));
        Assert.That(run.Statistics.Steps, Is.LessThan(4 * run.Jumps.Length));
    }

    // T' = k (30 - T)^2 up to 22 and -k (T - 10)^2 down to 18.5: the time between is a difference of 1 / (30 - T), or of 1 / (T - 10), over k.
    [Test]
    public void A_thousand_switches_come_when_they_should(
        [ValueSource(typeof(MultistepBench), nameof(MultistepBench.Solvers))] AdaptiveSolver solver, [Values(1e-5, 1e-8, 1e-11)] double tolerance)
    {
        HybridAutomaton model = HybridAutomaton.Build("thermostat", h =>
        {
            Expr t = h.State("T", initial: 20.0);
            ModeBuilder on = h.Mode("on").Flow(t, 0.01 * (30.0 - t) * (30.0 - t));
            ModeBuilder off = h.Mode("off").Flow(t, -0.01 * (t - 10.0) * (t - 10.0));
            h.Transition(on, off).Guard(t >= 22.0);
            h.Transition(off, on).Guard(t <= 18.5);
        });
        double rise = 100.0 * ((1.0 / 8.0) - (1.0 / 11.5)), fall = 100.0 * ((1.0 / 8.5) - (1.0 / 12.0));
        double time = 100.0 * ((1.0 / 8.0) - (1.0 / 10.0));
        Trajectory run = model.Simulate(
            until: time + (499.5 * (rise + fall)), solver with { RelativeTolerance = tolerance, AbsoluteTolerance = tolerance });
        Assert.That(run.Jumps, Has.Length.EqualTo(999).Or.Length.EqualTo(1000));
        double worst = 0.0;
        for (int k = 0; k < run.Jumps.Length; k++)
        {
            worst = Math.Max(worst, Math.Abs(run.Jumps[k].Time - time));
            time += k % 2 == 0 ? fall : rise;
        }

        Assert.That(worst, Is.LessThan(run.Jumps.Length * 20.0 * tolerance), "each switch by a few tolerances over the speed");
    }
}
