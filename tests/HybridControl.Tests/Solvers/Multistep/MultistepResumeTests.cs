using HybridControl.Automata;
using HybridControl.Serialization;
using HybridControl.Simulation;
using HybridControl.Solvers;
using HybridControl.Symbolics;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Solvers.Multistep;

/// <summary>A run with events goes on from a checkpoint with the same bits, whether a past was kept, begun or half begun.</summary>
public class MultistepResumeTests
{
    // A swing that is counted on its way and pushed at its ends, in turns of two flows.
    private static HybridAutomaton Swing() => HybridAutomaton.Build("swing", h =>
    {
        var (x, v, n) = (h.State("x", 1.0), h.State("v"), h.Discrete("n"));
        ModeBuilder free = h.Mode("free").Flow((x, v), (v, -Expr.Sin(x)));
        ModeBuilder damped = h.Mode("damped").Flow((x, v), (v, -Expr.Sin(x) - (0.3 * v)));
        h.Transition(free, free, "count").Guard(x >= 0.5).Edge(EdgeDirection.Both).Reset(n, n + 1.0);
        h.Transition(free, damped).Guard(x <= -0.8).Edge();
        h.Transition(damped, free).Guard(v >= 0.2).Edge().Reset(v, v + 0.3);
        h.Every("tick", 0.7, (n, n + 0.25));
    });

    [Test]
    public void A_run_resumes_after_any_step_to_the_same_bits([ValueSource(typeof(MultistepBench), nameof(MultistepBench.Solvers))] AdaptiveSolver solver)
    {
        SimulationOptions options = new() { Solver = solver };
        Scenario scenario = Scenario.For(Swing());
        Trajectory whole = scenario.TrySimulate(25.0, options);
        Assert.That(whole.Jumps, Has.Length.GreaterThan(15));
        var snapshots = new StepSnapshots([.. Enumerable.Range(0, 60).Select(k => whole.Statistics.Steps * k / 60)]);
        scenario.TrySimulate(25.0, options with { Snapshots = snapshots });
        Assert.That(snapshots.Taken, Has.Count.GreaterThan(30));
        foreach (RunSnapshot snapshot in snapshots.Taken)
        {
            SimulationRun run = RunCheckpoint.From(snapshot).Resume(scenario, options);
            run.AdvanceTo(25.0);
            BitEquality.AssertSame(run.ToTrajectory(), whole);
            Assert.That(run.ToTrajectory().Statistics, Is.EqualTo(whole.Statistics));
        }
    }
}
