using HybridControl.Automata;
using HybridControl.Serialization;
using HybridControl.Simulation;
using HybridControl.Solvers;
using HybridControl.Symbolics;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Solvers.Automatic;

/// <summary>A run that changes its method, or follows a closed form, goes on from a checkpoint with the same bits.</summary>
public class AutoResumeTests
{
    private static HybridAutomaton Relaxation() => HybridAutomaton.Build("relaxation", h =>
    {
        Expr x = h.State("x", initial: 2.0);
        Expr v = h.State("v");
        h.Mode("only").Flow((x, v), (v, (50.0 * (1.0 - (x * x)) * v) - x));
    });

    private static HybridAutomaton Heater() => HybridAutomaton.Build("heater", h =>
    {
        Expr x = h.State("x", initial: 65.0);
        ModeBuilder on = h.Mode("on").Flow(x, (-0.5 * x) + 40.0 + (0.001 * Expr.Time));
        ModeBuilder off = h.Mode("off").Flow(x, (-0.5 * x) + 30.0);
        h.Transition(on, off).Guard(x >= 75.0);
        h.Transition(off, on).Guard(x <= 65.0);
    });

    private static IEnumerable<TestCaseData> Runs()
    {
        yield return new TestCaseData(Relaxation(), new Auto(), 150.0).SetArgDisplayNames("auto, stiff in turns");
        yield return new TestCaseData(Heater(), new Auto(), 30.0).SetArgDisplayNames("auto, affine");
        yield return new TestCaseData(Heater(), new MatrixExponential(), 30.0).SetArgDisplayNames("expm");
    }

    [TestCaseSource(nameof(Runs))]
    public void A_run_resumes_after_any_step_to_the_same_bits(HybridAutomaton model, Solver solver, double until)
    {
        SimulationOptions options = new() { Solver = solver };
        Scenario scenario = Scenario.For(model);
        Trajectory whole = scenario.TrySimulate(until, options);
        var snapshots = new StepSnapshots([.. Enumerable.Range(0, 20).Select(k => whole.Statistics.Steps * k / 20)]);
        scenario.TrySimulate(until, options with { Snapshots = snapshots });
        Assert.That(snapshots.Taken, Has.Count.GreaterThan(10));
        foreach (RunSnapshot snapshot in snapshots.Taken)
        {
            SimulationRun run = RunCheckpoint.From(snapshot).Resume(scenario, options);
            run.AdvanceTo(until);
            BitEquality.AssertSame(run.ToTrajectory(), whole);
            Assert.That(run.ToTrajectory().Statistics, Is.EqualTo(whole.Statistics));
        }
    }
}
