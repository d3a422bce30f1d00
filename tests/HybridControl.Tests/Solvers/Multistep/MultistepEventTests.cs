using HybridControl.Automata;
using HybridControl.Simulation;
using HybridControl.Solvers;
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
}
