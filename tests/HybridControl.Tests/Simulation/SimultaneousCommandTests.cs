using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Simulation;
using HybridControl.Symbolics;

namespace HybridControl.Tests.Simulation;

/// <summary>Commands at one instant are judged in order, each after the jumps of the one before.</summary>
internal sealed class SimultaneousCommandTests
{
    private static readonly HybridAutomaton Chain = HybridAutomaton.Build("chain", h =>
    {
        Expr n = h.Discrete("n");
        Expr p = h.Parameter("p", 0.0);
        ModeBuilder a = h.Mode("a");
        ModeBuilder b = h.Mode("b");
        ModeBuilder c = h.Mode("c");
        h.Transition(a, b).OnCommand("go");
        h.Transition(b, c).OnCommand("next").Guard(p > 0.0);
        h.Transition(a, a, "count").OnCommand("count").Reset(n, n + 1.0);
    });

    [Test]
    public void A_command_sees_the_mode_that_the_one_before_has_entered()
    {
        Trajectory run = Scenario.For(Chain).At(1.0, "go").At(1.0, set: ("p", 1.0)).At(1.0, "next").Simulate(2.0);
        Assert.That(run.Segments[^1].Mode, Is.EqualTo("c"));
    }

    [Test]
    public void The_same_command_twice_at_one_instant_is_taken_twice()
    {
        Trajectory run = Scenario.For(Chain).At(1.0, "count").At(1.0, "count").Simulate(2.0);
        Assert.That(run.Value("n", 2.0), Is.EqualTo(2.0));
    }

    [Test]
    public void A_command_before_the_start_is_refused()
    {
        Assert.That(
            () => Scenario.For(Chain).At(-1.0, "go").Simulate(2.0),
            Throws.TypeOf<ModelException>().With.Message.Contains("starts at 0 s"));
    }

    [Test]
    public void An_edge_on_crosses_fires_in_both_directions_unless_one_is_asked_for()
    {
        HybridAutomaton Wave(EdgeDirection? direction) => HybridAutomaton.Build("wave", h =>
        {
            Expr n = h.Discrete("n");
            ModeBuilder m = h.Mode("m");
            h.Transition(m, m).Guard(Condition.Crosses(Expr.Cos(h.Time))).Edge(direction).Reset(n, n + 1.0);
        });
        Assert.Multiple(() =>
        {
            Assert.That(Wave(null).Simulate(6.0).Jumps, Has.Length.EqualTo(2));
            Assert.That(Wave(EdgeDirection.Up).Simulate(6.0).Jumps, Has.Length.EqualTo(1));
        });
    }
}
