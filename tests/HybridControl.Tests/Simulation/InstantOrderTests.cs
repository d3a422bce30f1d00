using HybridControl.Automata;
using HybridControl.Dynamics;
using HybridControl.Simulation;
using HybridControl.Symbolics;

namespace HybridControl.Tests.Simulation;

/// <summary>Semantics 5: what is due at one instant, and in which order.</summary>
public class InstantOrderTests
{
    [Test]
    public void Transitions_due_together_execute_in_the_order_of_declaration()
    {
        Trajectory run = Simultaneous((_, _) => { });
        Assert.That(Names(run), Is.EqualTo(new[] { "first", "second", "third" }));
        Assert.That(run.Jumps.Select(jump => jump.Time).Distinct().Count(), Is.EqualTo(1));
    }

    [Test]
    public void The_highest_priority_goes_first_and_may_be_an_expression()
    {
        Assert.That(Names(Simultaneous((t, i) => t.Priority(i))), Is.EqualTo(new[] { "third", "second", "first" }));

        // Evaluated at the instant: each jump adds one to n, so the second choice sees n = 1.
        var model = HybridAutomaton.Build("expression", h =>
        {
            var n = h.Discrete("n");
            var m = h.Mode("m");
            h.Transition(m, m, "a").Guard(h.Time >= 1.0).Edge().Priority(2.0 - (3.0 * n)).Reset(n, n + 1.0);
            h.Transition(m, m, "b").Guard(h.Time >= 1.0).Edge().Priority(1.0 - n).Reset(n, n + 1.0);
            h.Transition(m, m, "c").Guard(h.Time >= 1.0).Edge().Priority(2.0 * n).Reset(n, n + 1.0);
        });
        Assert.That(Names(model.Simulate(until: 2.0)), Is.EqualTo(new[] { "a", "c", "b" }));
    }

    [Test]
    public void Commands_go_before_timers_before_ticks_before_guards()
    {
        var model = HybridAutomaton.Build("classes", h =>
        {
            var (trace, n) = (h.Discrete("trace"), h.Discrete("n"));
            var m = h.Mode("m");
            h.Transition(m, m, "guard").Guard(h.Time >= 1.0).Edge().Reset(trace, (10.0 * trace) + 4.0);
            h.Transition(m, m, "timer").After(1.0).Reset(trace, (10.0 * trace) + 2.0);
            h.Transition(m, m, "command").OnCommand("go").Reset(trace, (10.0 * trace) + 1.0);
            h.Every("tick", 1.0, 1.0, (trace, (10.0 * trace) + 3.0));
        });
        Trajectory run = Scenario.For(model).At(1.0, "go").Simulate(until: 1.5);
        Assert.That(run.Value("trace", 1.0), Is.EqualTo(1234.0));
        Assert.That(Names(run), Is.EqualTo(new[] { "command", "timer", "guard" }));
        Assert.That(run.Jumps.Select(jump => jump.Time), Is.All.EqualTo(1.0));
    }

    [Test]
    public void A_priority_lifts_a_guard_above_ticks_and_timers()
    {
        var model = HybridAutomaton.Build("classes", h =>
        {
            var trace = h.Discrete("trace");
            var m = h.Mode("m");
            h.Transition(m, m, "guard").Guard(h.Time >= 1.0).Edge().Priority(1.0).Reset(trace, (10.0 * trace) + 4.0);
            h.Transition(m, m, "timer").After(1.0).Reset(trace, (10.0 * trace) + 2.0);
            h.Every("tick", 1.0, 1.0, (trace, (10.0 * trace) + 3.0));
        });
        Assert.That(model.Simulate(until: 1.5).Value("trace", 1.0), Is.EqualTo(423.0));
    }

    [Test]
    public void What_is_due_is_dropped_when_its_mode_is_left_and_only_then([Values] bool leaves)
    {
        var model = HybridAutomaton.Build("drop", h =>
        {
            var x = h.State("x");
            var (a, b) = (h.Mode("a").Flow(x, 1.0), h.Mode("b").Flow(x, 1.0));
            h.Transition(a, leaves ? b : a, "first").Guard(x >= 1.0).Edge();
            h.Transition(a, a, "second").Guard(x >= 1.0).Edge();
        });
        string[] expected = leaves ? ["first"] : ["first", "second"];
        Assert.That(Names(model.Simulate(until: 2.0)), Is.EqualTo(expected));
    }

    [Test]
    public void An_external_self_loop_drops_what_else_is_due_until_the_flow_leaves_the_surface()
    {
        var model = HybridAutomaton.Build("external", h =>
        {
            var x = h.State("x");
            var m = h.Mode("m").Flow(x, 1.0);
            h.Transition(m, m, "first").Guard(x >= 1.0).Edge().External();
            h.Transition(m, m, "second").Guard(x >= 1.0).Edge();
        });
        Trajectory run = model.Simulate(until: 2.0);
        Assert.That(Names(run), Is.EqualTo(new[] { "first", "second" }));
        Assert.That(run.Jumps[1].Time, Is.GreaterThan(run.Jumps[0].Time), "latched on entry, at another instant");
        Assert.That(run.Jumps[1].Time, Is.EqualTo(1.0).Within(1e-12));
    }

    [Test]
    public void A_transition_that_is_not_persistent_is_tested_again_before_it_executes([Values] bool persistent)
    {
        var model = HybridAutomaton.Build("persistent", h =>
        {
            var (x, n) = (h.State("x"), h.Discrete("n"));
            var m = h.Mode("m").Flow(x, 1.0);
            h.Transition(m, m, "first").Guard(x >= 1.0).Edge().Reset(x, 0.0);
            TransitionBuilder second = h.Transition(m, m, "second").Guard(x >= 1.0).Edge().Reset(n, n + 1.0);
            _ = persistent ? second : second.NotPersistent();
        });
        Trajectory run = model.Simulate(until: 1.5);
        string[] expected = persistent ? ["first", "second"] : ["first"];
        Assert.That(Names(run), Is.EqualTo(expected));
    }

    [Test]
    public void Reset_values_are_taken_at_execution_or_when_the_transition_became_due([Values] bool atTrigger)
    {
        var model = HybridAutomaton.Build("values", h =>
        {
            var (x, y) = (h.State("x"), h.State("y"));
            var m = h.Mode("m").Flow(x, 1.0);
            h.Transition(m, m, "first").Guard(x >= 1.0).Edge().Reset(x, 7.0);
            TransitionBuilder second = h.Transition(m, m, "second").Guard(x >= 1.0).Edge().Reset(y, x);
            _ = atTrigger ? second.ValuesAtTrigger() : second;
        });
        Trajectory run = model.Simulate(until: 1.5);
        Assert.That(run.Jumps[1].StatesAfter[1], Is.EqualTo(atTrigger ? 1.0 : 7.0).Within(1e-12));
    }

    [Test]
    public void All_assignments_of_one_reset_read_the_values_before_it()
    {
        var model = HybridAutomaton.Build("swap", h =>
        {
            var (x, y) = (h.State("x", initial: 1.0), h.State("y", initial: 2.0));
            var m = h.Mode("m");
            h.Transition(m, m, "swap").Guard(h.Time >= 1.0).Edge().Reset(x, y).Reset(y, x);
        });
        Trajectory run = model.Simulate(until: 1.5);
        Assert.That(run.Jumps[0].StatesAfter, Is.EqualTo(new[] { 2.0, 1.0 }));
    }

    [Test]
    public void Resets_into_a_mode_with_edges_and_discrete_guards_write_their_own_values()
    {
        // The look at the guards of the mode to come must not disturb the reset that leads there.
        var model = HybridAutomaton.Build("buffer", h =>
        {
            var (x, n) = (h.State("x"), h.Discrete("n", 4.0));
            var (a, b) = (h.Mode("a").Flow(x, 1.0), h.Mode("b").Flow(x, Expr.Select(x > 40.0, 1.0, -1.0)));
            h.Transition(a, b, "ab").Guard(x >= 1.0).Reset(x, 30.0).Reset(n, 5.0);
            h.Transition(b, a, "ba").Guard(x <= 0.0 & n >= 9.0).Edge();
        });
        Jump jump = model.Simulate(until: 2.0).Jumps.Single();
        Assert.That(jump.StatesAfter[0], Is.EqualTo(30.0));
        Assert.That(jump.DiscretesAfter[0], Is.EqualTo(5.0));
    }

    [Test]
    public void A_crossing_at_a_tick_belongs_to_the_very_instant_of_the_tick()
    {
        const double period = 0.1;
        var model = HybridAutomaton.Build("snap", h =>
        {
            var (x, n, seen) = (h.State("x"), h.Discrete("n"), h.Discrete("seen"));
            var m = h.Mode("m").Flow(x, 1.0);
            h.Every("clock", period, (n, n + 1.0));
            h.Transition(m, m, "at").Guard(x >= 0.3).Edge().Reset(seen, n);
            h.Transition(m, m, "just before").Guard(x >= 0.7 - 1e-15).Edge().Reset(seen, n);
        });
        Trajectory run = model.Simulate(until: 1.05, options: new SimulationOptions { EventTolerance = 1e-13 });
        Assert.That(run.Jumps, Has.Length.EqualTo(2));
        Assert.That(run.Jumps[0].Time, Is.EqualTo(3 * period).Within(1e-15));
        Assert.That(run.Jumps[1].Time, Is.EqualTo(7 * period), "the exact double of the tick");
        Assert.That(run.Jumps[1].DiscretesAfter[1], Is.EqualTo(8.0), "the tick goes first");
    }

    private static string[] Names(Trajectory run) => [.. run.Jumps.Select(jump => jump.Transition)];

    private static Trajectory Simultaneous(Action<TransitionBuilder, int> change) => HybridAutomaton.Build("order", h =>
    {
        var x = h.State("x");
        var n = h.Discrete("n");
        var m = h.Mode("m").Flow(x, 1.0);
        string[] names = ["first", "second", "third"];
        for (int i = 0; i < 3; i++)
        {
            change(h.Transition(m, m, names[i]).Guard(x >= 1.0).Edge().Reset(n, n + 1.0), i);
        }
    }).Simulate(until: 2.0);
}
