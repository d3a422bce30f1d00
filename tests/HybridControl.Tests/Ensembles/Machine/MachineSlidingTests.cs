using HybridControl.Automata;
using HybridControl.Ensembles;
using HybridControl.Ensembles.Machine;
using HybridControl.Simulation;
using HybridControl.Symbolics;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Ensembles.Machine;

/// <summary>Sliding is a matter of the model, so lanes slide as the simulator does.</summary>
public class MachineSlidingTests
{
    [TestCaseSource(nameof(Sliding))]
    public void Lanes_take_the_jumps_of_the_simulator(HybridAutomaton model, double until)
    {
        Trajectory expected = model.Simulate(until, TightSolvers.One);
        MachineRun run = MachineRun.Of(MachineRun.PlanOf(model, until, TightSolvers.One));
        Assert.That(run.Events, Is.EqualTo(expected.Jumps.Select(jump => jump.Transition)));
        Assert.That(run.EventTimes, Is.EqualTo(expected.Jumps.Select(jump => jump.Time)).Within(1e-8));
        Assert.That(run.Mode, Is.EqualTo(expected.Segments[^1].Mode));
        foreach (StateVariable state in model.States)
        {
            Assert.That(run[state.Name], Is.EqualTo(expected.Value(state.Name, until)).Within(1e-8));
        }
    }

    [Test]
    public void Lanes_tell_chattering_from_accumulation()
    {
        var choice = HybridAutomaton.Build("choice", h =>
        {
            var x = h.State("x", initial: 1.0);
            h.Mode("m").Flow(x, Expr.Select(x > 0.0, -1.0, 2.0));
        });
        var relay = HybridAutomaton.Build("relay", h =>
        {
            var x = h.State("x", initial: 1.0);
            var (above, below) = (h.Mode("above").Flow(x, -1.0), h.Mode("below").Flow(x, 2.0));
            h.Transition(above, below).Guard(x <= 0.0);
            h.Transition(below, above).Guard(x >= 0.0);
        });
        Assert.That(MachineRun.Of(MachineRun.PlanOf(choice, 3.0)).Status, Is.EqualTo(TrajectoryStatus.Chattering));
        Assert.That(MachineRun.Of(MachineRun.PlanOf(relay, 3.0)).Status, Is.EqualTo(TrajectoryStatus.Chattering));
        Assert.That(MachineRun.Of(MachineRun.PlanOf(Balls.Dropped(1.0, 9.81, 0.7), 5.0)).Status, Is.EqualTo(TrajectoryStatus.Zeno));
    }

    [Test]
    public void Lanes_refuse_to_go_beyond_an_accumulation()
    {
        HybridAutomaton ball = Balls.Dropped(1.0, 9.81, 0.7);
        foreach (ZenoPolicy policy in new[] { ZenoPolicy.Continue, ZenoPolicy.GoTo("fall") })
        {
            Assert.That(MachineCompiler.Check(MachineRun.PlanOf(ball with { Zeno = policy }, 5.0)).Single().Where, Does.EndWith("zeno"));
        }

        Assert.That(MachineCompiler.Check(MachineRun.PlanOf(ball with { Zeno = ZenoPolicy.Stop }, 5.0)), Is.Empty);
    }

    private static IEnumerable<TestCaseData> Sliding()
    {
        yield return new TestCaseData(HybridAutomaton.Build("choices", h =>
        {
            var (x, y) = (h.State("x", initial: 1.5), h.State("y", initial: 1.0));
            h.Sliding(h.Mode("m").Flow((x, y), (Expr.Select(x > y, -2.0, 2.0), Expr.Select(y > x, -3.0, 1.5))));
        }), 1.0).SetArgDisplayNames("one surface");
        yield return new TestCaseData(HybridAutomaton.Build("relays", h =>
        {
            var (x, y, z) = (h.State("x", initial: 0.3), h.State("y", initial: 0.2), h.State("z"));
            var (sx, sy) = (Expr.Sign(x), Expr.Sign(y));
            h.Sliding(h.Mode("m").Flow((x, y, z), (0.5 - sx, (0.5 * h.Time) - sy, sx + (2.0 * sy) + (sx * sy))));
        }), 3.0).SetArgDisplayNames("a corner");
        yield return new TestCaseData(HybridAutomaton.Build("circle", h =>
        {
            var (x, y) = (h.State("x", initial: 1.5), h.State("y"));
            Expr outside = Expr.Select(Expr.Square(x) + Expr.Square(y) > 1.0, 1.0, -2.0 + (0.5 * h.Time));
            h.Sliding(h.Mode("m").Flow((x, y), (-y - (outside * x), x - (outside * y))));
        }), 6.0).SetArgDisplayNames("a curved surface");
    }
}
