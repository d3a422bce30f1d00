using HybridControl.Automata;
using HybridControl.Simulation;
using HybridControl.Symbolics;

namespace HybridControl.Tests.Simulation.Rules;

/// <summary>Semantics 2, 4 and 5: options of transitions that change what a jump means.</summary>
public class TransitionOptionTests
{
    [TestCase(false, 1.5)]
    [TestCase(true, 3.5)]
    public void An_external_loop_restarts_the_timers_of_its_mode(bool external, double timeOut)
    {
        var model = HybridAutomaton.Build("loop", h =>
        {
            var (x, n) = (h.State("x"), h.Discrete("n"));
            var (a, b) = (h.Mode("a").Flow(x, 1.0), h.Mode("b"));
            TransitionBuilder tick = h.Transition(a, a, "tick").Guard(x >= 1.0 & n < 2.0).Reset(x, 0.0).Reset(n, n + 1.0);
            h.Transition(a, b, "out").After(1.5);
            if (external)
            {
                tick.External();
            }
        });
        Trajectory run = model.Simulate(until: 5.0);
        Assert.That(run.Jumps[^1].Transition, Is.EqualTo("out"));
        Assert.That(run.Jumps[^1].Time, Is.EqualTo(timeOut).Within(1e-12), "1.5 s after the last entry");
    }

    [TestCase(false, 2)]
    [TestCase(true, 1)]
    public void An_external_loop_drops_what_else_was_due(bool external, int jumps)
    {
        var model = HybridAutomaton.Build("drop", h =>
        {
            var (x, n) = (h.State("x"), h.Discrete("n"));
            var a = h.Mode("a").Flow(x, 1.0);
            TransitionBuilder first = h.Transition(a, a, "first").Guard(x >= 1.0).Edge().Reset(x, x + 2.0).Priority(1.0);
            h.Transition(a, a, "second").Guard(2.0 * x >= 2.0).Edge().Reset(n, n + 1.0);
            if (external)
            {
                first.External();
            }
        });
        Assert.That(model.Simulate(until: 2.0).Jumps, Has.Length.EqualTo(jumps));
    }

    [TestCase(true, 5)]
    [TestCase(false, 1)]
    public void The_ladder_of_resets_is_climbed_unless_its_rungs_are_tested_again(bool persistent, int jumps)
    {
        var model = HybridAutomaton.Build("ladder", h =>
        {
            var x = h.State("x", initial: 1.0);
            var m = h.Mode("m").Flow(x, -1.0);
            foreach (double rung in new[] { 0.2, 0.4, 0.6, 0.8, 1.0 })
            {
                TransitionBuilder step = h.Transition(m, m, FormattableString.Invariant($"to {rung}")).Guard(x < 0.0).Edge().Reset(x, rung);
                if (!persistent)
                {
                    step.NotPersistent();
                }
            }
        });
        Trajectory run = model.Simulate(until: 1.1);
        Assert.That(run.Jumps, Has.Length.EqualTo(jumps));
        Assert.That(run.Jumps.Select(jump => jump.Time), Is.All.EqualTo(1.0).Within(1e-12));
        Assert.That(run.Jumps[^1].StatesAfter[0], Is.EqualTo(0.2 * jumps).Within(1e-15));
    }

    [TestCase(false, 0)]
    [TestCase(true, 3)]
    public void A_touch_fires_only_where_it_is_asked_for(bool fireOnTouch, int jumps)
    {
        var model = HybridAutomaton.Build("touch", h =>
        {
            var n = h.Discrete("n");
            var m = h.Mode("m");
            TransitionBuilder touch = h.Transition(m, m, "touch").Guard(Expr.Sin(h.Time) >= 1.0).Edge().Reset(n, n + 1.0);
            if (fireOnTouch)
            {
                touch.FireOnTouch();
            }
        });
        Trajectory run = model.Simulate(until: 16.0);
        Assert.That(run.Jumps, Has.Length.EqualTo(jumps));
        Assert.That(run.Jumps.Select((jump, k) => jump.Time - ((0.5 + (2.0 * k)) * Math.PI)), Is.All.EqualTo(0.0).Within(1e-6));
        Assert.That(run.Log.Count(record => record.Kind == LogKind.Grazing), Is.EqualTo(3), "reported either way");
    }

    [TestCase(0.0, new[] { "a", "b", "c" })]
    [TestCase(1.0, new[] { "c", "b", "a" })]
    public void A_priority_is_evaluated_when_what_is_due_is_ordered(double reverse, string[] order)
    {
        var model = HybridAutomaton.Build("order", h =>
        {
            var (x, up) = (h.State("x"), h.Parameter("up", reverse));
            var m = h.Mode("m").Flow(x, 1.0);
            h.Transition(m, m, "a").Guard(x >= 1.0).Edge().Priority(up * (1.0 - x));
            h.Transition(m, m, "b").Guard(x >= 1.0).Edge().Priority(up * x);
            h.Transition(m, m, "c").Guard(x >= 1.0).Edge().Priority(up * x * 2.0);
        });
        Assert.That(model.Simulate(until: 2.0).Jumps.Select(jump => jump.Transition), Is.EqualTo(order));
    }

    [Test]
    public void A_priority_that_a_jump_changes_changes_the_rest_of_the_order()
    {
        var model = HybridAutomaton.Build("reorder", h =>
        {
            var (x, p) = (h.State("x"), h.Discrete("p"));
            var m = h.Mode("m").Flow(x, 1.0);
            h.Transition(m, m, "first").Guard(x >= 1.0).Edge().Priority(10.0).Reset(p, 5.0);
            h.Transition(m, m, "second").Guard(x >= 1.0).Edge().Priority(1.0);
            h.Transition(m, m, "third").Guard(x >= 1.0).Edge().Priority(p);
        });
        Assert.That(model.Simulate(until: 2.0).Jumps.Select(jump => jump.Transition), Is.EqualTo(new[] { "first", "third", "second" }));
    }

    [TestCase(ResetValues.AtTrigger, 1.0)]
    [TestCase(ResetValues.AtExecution, 11.0)]
    public void Values_at_trigger_are_those_when_the_transition_became_due(ResetValues values, double expected)
    {
        var model = HybridAutomaton.Build("values", h =>
        {
            var (x, y) = (h.State("x"), h.Discrete("y"));
            var m = h.Mode("m").Flow(x, 1.0);
            h.Transition(m, m, "first").Guard(x >= 1.0).Edge().Priority(1.0).Reset(x, x + 10.0);
            TransitionBuilder second = h.Transition(m, m, "second").Guard(x >= 1.0).Edge().Reset(y, x);
            if (values == ResetValues.AtTrigger)
            {
                second.ValuesAtTrigger();
            }
        });
        Assert.That(model.Simulate(until: 2.0).Value("y", 1.5), Is.EqualTo(expected).Within(1e-9));
    }
}
