using HybridControl.Automata;
using HybridControl.Automata.Networks;
using HybridControl.Diagnostics;
using HybridControl.Simulation;
using HybridControl.Symbolics;

namespace HybridControl.Tests.Simulation.Networks;

/// <summary>Transitions that fire together by their label (semantics 11).</summary>
public class LabelTests
{
    private static HybridAutomaton Side(string name, double rate, double threshold) => HybridAutomaton.Build(name, h =>
    {
        Expr x = h.State("x");
        Expr other = h.Input("other", 0.0);
        ModeBuilder work = h.Mode("work").Flow(x, rate);
        ModeBuilder done = h.Mode("done").Flow(x, rate);
        h.Transition(work, done, "meet").Label("meet").Guard(x >= threshold).Reset(x, other);
        h.Transition(done, work, "part").After(1.0);
    });

    private static HybridAutomaton Pair(double late = 3.0) => AutomatonNetwork.Build("pair", n =>
    {
        ComponentBuilder a = n.Component("a", Side("a", 1.0, 1.0));
        ComponentBuilder b = n.Component("b", Side("b", 1.0, late));
        n.Wire(a["other"], 10.0 + b["x"]);
        n.Wire(b["other"], 20.0 + a["x"]);
    }).Compose();

    [Test]
    public void They_fire_when_all_guards_hold_as_one_jump_from_one_snapshot()
    {
        Trajectory run = Pair().Simulate(until: 3.5);
        Jump jump = run.Jumps.Single();
        Assert.That(jump.Time, Is.EqualTo(3.0).Within(1e-12));
        Assert.That((jump.Transition, jump.From, jump.To), Is.EqualTo(("meet", "a.work | b.work", "a.done | b.done")));
        Assert.That(jump.StatesAfter, Is.EqualTo(new[] { 13.0, 23.0 }).Within(1e-9));
        Assert.That(jump.Index, Is.EqualTo(1));
    }

    [Test]
    public void A_component_that_is_not_ready_keeps_the_others_waiting()
    {
        // b returns to work one second after they met, a at once: the next meeting waits for b.
        HybridAutomaton network = AutomatonNetwork.Build("waiting", n =>
        {
            n.Component("a", Loop(0.0));
            n.Component("b", Loop(1.0));
        }).Compose();
        Trajectory run = network.Simulate(until: 3.5);
        Assert.That(run.Jumps.Where(jump => jump.Transition == "go").Select(jump => jump.Time), Is.EqualTo(new[] { 0.0, 1.0, 2.0, 3.0 }).Within(1e-12));

        static HybridAutomaton Loop(double delay) => HybridAutomaton.Build("loop", h =>
        {
            ModeBuilder ready = h.Mode("ready");
            ModeBuilder busy = h.Mode("busy");
            h.Transition(ready, busy, "go").Label("go");
            h.Transition(busy, ready, "back").After(delay + 1e-300);
        });
    }

    [Test]
    public void Two_that_offer_alternatives_fire_the_combination_declared_first()
    {
        HybridAutomaton chooser = HybridAutomaton.Build("chooser", h =>
        {
            ModeBuilder start = h.Mode("start");
            ModeBuilder left = h.Mode("left");
            ModeBuilder right = h.Mode("right");
            h.Transition(start, left, "left").Label("go");
            h.Transition(start, right, "right").Label("go");
        });
        HybridAutomaton network = AutomatonNetwork.Build("choice", n =>
        {
            n.Component("a", chooser);
            n.Component("b", chooser);
        }).Compose();
        Assert.That(network.Simulate(until: 0.1).Jumps.Single().To, Is.EqualTo("a.left | b.left"));
    }

    [Test]
    public void Twenty_components_meet_and_only_visited_combinations_are_made()
    {
        HybridAutomaton network = AutomatonNetwork.Build("crowd", n =>
        {
            for (int i = 0; i < 20; i++)
            {
                n.Component($"c{i}", Side("c", 1.0 + i, 1.0));
            }
        }).Compose();
        Trajectory run = network.Simulate(until: 4.5);
        Assert.That(run.Jumps.Where(jump => jump.Transition == "meet").Select(jump => jump.Time), Is.EqualTo(new[] { 1.0, 2.0, 3.0, 4.0 }).Within(1e-9));
        Assert.That(run.Jumps, Has.Length.EqualTo(4 + 60));
    }

    [Test]
    public void A_copy_may_meet_other_partners_under_another_label()
    {
        HybridAutomaton network = AutomatonNetwork.Build("two pairs", n =>
        {
            n.Component("a", Side("a", 1.0, 1.0));
            n.Component("b", Side("b", 1.0, 2.0));
            n.Component("c", Side("c", 1.0, 3.0)).Relabel("meet", "second");
            n.Component("d", Side("d", 1.0, 1.0)).Relabel("meet", "second");
        }).Compose();
        Trajectory run = network.Simulate(until: 3.2);
        Assert.That(run.Jumps.Select(jump => (jump.Transition, Math.Round(jump.Time, 9))),
            Is.EqualTo(new[] { ("meet", 2.0), ("second", 3.0), ("a.part", 3.0), ("b.part", 3.0) }).AsCollection.Or.EqualTo(
                new[] { ("meet", 2.0), ("a.part", 3.0), ("b.part", 3.0), ("second", 3.0) }).AsCollection);
    }

    [Test]
    public void A_command_that_one_of_them_waits_for_fires_all()
    {
        HybridAutomaton master = HybridAutomaton.Build("master", h =>
        {
            ModeBuilder idle = h.Mode("idle");
            ModeBuilder run = h.Mode("run");
            h.Transition(idle, run, "start").Label("start").OnCommand("begin");
        });
        HybridAutomaton slave = HybridAutomaton.Build("slave", h =>
        {
            Expr x = h.State("x");
            ModeBuilder idle = h.Mode("idle").Flow(x, 1.0);
            ModeBuilder run = h.Mode("run");
            h.Transition(idle, run, "start").Label("start").Guard(x >= 1.0);
        });
        HybridAutomaton network = AutomatonNetwork.Build("command", n =>
        {
            n.Component("master", master);
            n.Component("slave", slave);
        }).Compose();
        Trajectory run = Scenario.For(network).At(0.5, "begin").At(1.5, "begin").Simulate(until: 2.0);
        Assert.That(run.Jumps.Single().Time, Is.EqualTo(1.5));
        Assert.That(run.Segments[^1].Mode, Is.EqualTo("master.run | slave.run"));
    }

    [Test]
    public void A_label_of_one_component_alone_is_a_warning()
    {
        HybridAutomaton network = AutomatonNetwork.Build("alone", n =>
        {
            n.Component("a", Side("a", 1.0, 1.0));
            n.Component("b", NetworkModels.Blinker);
        }).Compose();
        Assert.That(AutomatonValidator.Validate(network).Select(finding => finding.ToString()), Has.Some.Contains("only 'a' knows the label 'meet'"));
        Assert.That(network.Simulate(until: 1.2).Jumps.Select(jump => jump.Transition), Has.Member("a.meet"));
    }

    [Test]
    public void Labels_that_wait_for_each_other_in_a_circle_never_meet()
    {
        HybridAutomaton first = HybridAutomaton.Build("first", h =>
        {
            (ModeBuilder a, ModeBuilder b, ModeBuilder c) = (h.Mode("a"), h.Mode("b"), h.Mode("c"));
            h.Transition(a, b, "x").Label("x");
            h.Transition(b, c, "y").Label("y");
        });
        HybridAutomaton second = HybridAutomaton.Build("second", h =>
        {
            (ModeBuilder a, ModeBuilder b, ModeBuilder c) = (h.Mode("a"), h.Mode("b"), h.Mode("c"));
            h.Transition(a, b, "y").Label("y");
            h.Transition(b, c, "x").Label("x");
        });
        ModelException refusal = Assert.Throws<ModelException>(() => AutomatonNetwork.Build("circle", n =>
        {
            n.Component("one", first);
            n.Component("two", second);
        }).Compose())!;
        Assert.That(refusal.Findings.Select(finding => finding.What), Has.Some.StartsWith("'x' never fires").And.Some.StartsWith("'y' never fires"));
    }
}
