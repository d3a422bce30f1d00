using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Simulation;
using HybridControl.Symbolics;

namespace HybridControl.Tests.Simulation.Rules;

/// <summary>Semantics 2: transitions that may fire, and policies that choose when.</summary>
public class PermissiveRuleTests
{
    [TestCase(PermissivePolicy.Asap, 2.0)]
    [TestCase(PermissivePolicy.Alap, 5.0)]
    public void As_soon_as_possible_is_the_guard_and_as_late_as_possible_the_invariant(PermissivePolicy policy, double time)
    {
        Trajectory run = Window(policy).Simulate(until: 10.0);
        Assert.That(run.Jumps.Single().Time, Is.EqualTo(time).Within(1e-12));
        Assert.That(run.Status, Is.EqualTo(RunStatus.Completed));
    }

    [Test]
    public void As_late_as_possible_may_have_the_guard_and_the_invariant_on_one_surface()
    {
        // Until x = 5 it may fire, beyond it must not stay: location leaves x on either side.
        var model = HybridAutomaton.Build("edge of the window", h =>
        {
            var x = h.State("x");
            var (a, b) = (h.Mode("a").Flow(x, Expr.Cos(x / 10.0)).Invariant(x <= 5.0), h.Mode("b"));
            h.Transition(a, b, "go").Guard(x <= 5.0 & x >= 1.0).Permissive(PermissivePolicy.Alap).NotPersistent();
        });
        Trajectory run = model.Simulate(until: 20.0);
        Assert.That(run.Jumps.Single().StatesBefore[0], Is.EqualTo(5.0).Within(1e-10));
    }

    [Test]
    public void As_late_as_possible_does_not_fire_where_the_guard_is_disabled_at_the_last_instant()
    {
        var model = HybridAutomaton.Build("missed", h =>
        {
            var x = h.State("x");
            var (a, b) = (h.Mode("a").Flow(x, 1.0).Invariant(x <= 5.0), h.Mode("b"));
            h.Transition(a, b, "go").Guard(x >= 2.0 & x <= 4.0).Permissive(PermissivePolicy.Alap);
        });
        Trajectory run = model.TrySimulate(until: 10.0);
        Assert.That(run.Status, Is.EqualTo(RunStatus.InvariantViolated));
        Assert.That(run.EndTime, Is.EqualTo(5.0).Within(1e-12));
        Assert.That(run.Reason, Does.Contain("x <= 5"));
    }

    [Test]
    public void An_invariant_that_is_touched_forces_nothing()
    {
        var model = HybridAutomaton.Build("touch", h =>
        {
            var x = h.State("x");
            var (a, b) = (h.Mode("a").Flow(x, Expr.Cos(h.Time)).Invariant(x <= 1.0), h.Mode("b"));
            h.Transition(a, b, "go").Permissive(PermissivePolicy.Alap);
        });
        Assert.That(model.Simulate(until: 20.0).Jumps, Is.Empty, "x = sin t");
    }

    [Test]
    public void The_highest_priority_is_forced_first_and_leaving_drops_the_others()
    {
        var model = HybridAutomaton.Build("two exits", h =>
        {
            var x = h.State("x");
            var (a, b, c) = (h.Mode("a").Flow(x, 1.0).Invariant(x <= 1.0), h.Mode("b"), h.Mode("c"));
            h.Transition(a, b, "ab").Permissive(PermissivePolicy.Alap);
            h.Transition(a, c, "ac").Permissive(PermissivePolicy.Alap).Priority(x);
        });
        Assert.That(model.Simulate(until: 2.0).Jumps.Select(jump => jump.Transition), Is.EqualTo(new[] { "ac" }));
    }

    [Test]
    public void An_urgent_exit_at_the_same_instant_comes_first()
    {
        var model = HybridAutomaton.Build("urgent first", h =>
        {
            var x = h.State("x");
            var (a, b, c) = (h.Mode("a").Flow(x, 1.0).Invariant(x <= 1.0), h.Mode("b"), h.Mode("c"));
            h.Transition(a, b, "forced").Permissive(PermissivePolicy.Alap).Priority(5.0);
            h.Transition(a, c, "urgent").Guard(x >= 1.0);
        });
        Assert.That(model.Simulate(until: 2.0).Jumps.Select(jump => jump.Transition), Is.EqualTo(new[] { "urgent" }));
    }

    [Test]
    public void A_forced_bounce_is_the_bouncing_ball()
    {
        var model = HybridAutomaton.Build("ball", h =>
        {
            var (y, v) = (h.State("y", initial: 1.0), h.State("v"));
            var fall = h.Mode("fall").Flow((y, v), (v, -9.81)).Invariant(y >= 0.0);
            h.Transition(fall, fall, "bounce").Guard(v <= 0.0).Permissive(PermissivePolicy.Alap).Reset(v, -0.7 * v);
        });
        Trajectory run = model.Simulate(until: 2.1);
        double[] known = [0.4515236409857309, 1.083656738365754, 1.5261499065317703, 1.8358951242479817, 2.0527167766493295];
        Assert.That(run.Jumps.Select(jump => jump.Time), Is.EqualTo(known).Within(1e-9));
        Assert.That(model.TrySimulate(until: 3.0).Status, Is.EqualTo(RunStatus.Zeno));
    }

    [Test]
    public void A_start_outside_the_invariant_is_left_at_once()
    {
        var model = HybridAutomaton.Build("outside", h =>
        {
            var x = h.State("x", initial: 2.0);
            var (a, b) = (h.Mode("a").Invariant(x <= 1.0), h.Mode("b"));
            h.Transition(a, b, "ab").Permissive(PermissivePolicy.Alap);
        });
        Assert.That(model.Simulate(until: 1.0).Jumps.Single().Time, Is.Zero);
    }

    [Test]
    public void A_forced_loop_that_mends_nothing_is_a_livelock()
    {
        var model = HybridAutomaton.Build("stuck", h =>
        {
            var x = h.State("x");
            var a = h.Mode("a").Flow(x, 1.0).Invariant(x <= 1.0);
            h.Transition(a, a, "again").Permissive(PermissivePolicy.Alap);
        });
        Trajectory run = model.TrySimulate(until: 2.0);
        Assert.That(run.Status, Is.EqualTo(RunStatus.Livelock));
        Assert.That(run.EndTime, Is.EqualTo(1.0).Within(1e-12));
    }

    [Test]
    public void A_random_choice_waits_exponentially_and_leaves_at_the_invariant_at_the_latest()
    {
        HybridAutomaton model = Window(PermissivePolicy.Random);
        double[] waits = [.. Enumerable.Range(0, 4000).Select(k =>
            model.Simulate(until: 10.0, options: new SimulationOptions { Seed = 11, Trajectory = k }).Jumps.Single().Time - 2.0)];
        Assert.That(waits, Is.All.InRange(0.0, 3.0 + 1e-9));
        double forced = waits.Count(wait => wait >= 3.0 - 1e-9) / 4000.0;
        Assert.That(forced, Is.EqualTo(Math.Exp(-1.5)).Within(4.0 * Math.Sqrt(0.22 * 0.78 / 4000.0)));
        double[] free = [.. waits.Where(wait => wait < 3.0 - 1e-9).Order()];
        double distance = Distance.OfKolmogorov(free, wait => (1.0 - Math.Exp(-wait / 2.0)) / (1.0 - Math.Exp(-1.5)));
        Assert.That(distance, Is.LessThan(1.95 / Math.Sqrt(free.Length)));
    }

    [Test]
    public void A_random_choice_is_cancelled_when_its_guard_drops_out_and_drawn_anew()
    {
        // Enabled half of every second: the mean wait is longer than a window, so that it takes several.
        var model = HybridAutomaton.Build("windows", h =>
        {
            var (a, b) = (h.Mode("a"), h.Mode("b"));
            h.Transition(a, b, "go").Guard(Expr.Sin(2.0 * Math.PI * h.Time) >= 0.0).Permissive(PermissivePolicy.Random, mean: 1.0);
        });
        double[] times = [.. Enumerable.Range(0, 3000).Select(k =>
            model.Simulate(until: 40.0, options: new SimulationOptions { Seed = 5, Trajectory = k }).Jumps.Single().Time)];
        Assert.That(times.Select(time => time - Math.Floor(time)), Is.All.LessThanOrEqualTo(0.5 + 1e-9));
        double[] enabled = [.. times.Select(time => (0.5 * Math.Floor(time)) + time - Math.Floor(time)).Order()];
        Assert.That(Distance.OfKolmogorov(enabled, t => 1.0 - Math.Exp(-t)), Is.LessThan(1.95 / Math.Sqrt(3000.0)));
    }

    [Test]
    public void What_is_missing_or_has_no_meaning_is_found()
    {
        var automaton = new HybridAutomaton
        {
            Name = "bad",
            InitialMode = "a",
            Modes = [new("a", ExprFlow.AtRest, [])],
            Transitions =
            [
                new() { Name = "one", From = "a", To = "a", Rule = new PermissiveRule(PermissivePolicy.Random) },
                new() { Name = "two", From = "a", To = "a", Rule = new PermissiveRule(PermissivePolicy.Random, 0.0) },
                new() { Name = "three", From = "a", To = "a", Rule = new PermissiveRule(PermissivePolicy.Alap, 1.0) },
            ],
        };
        Finding[] findings = [.. AutomatonValidator.Validate(automaton)];
        Assert.That(findings.Select(finding => (finding.Where, finding.Severity)), Is.EqualTo(new[]
        {
            ("transitions.one.mean", Severity.Error), ("transitions.two.mean", Severity.Error),
            ("transitions.three.mean", Severity.Error), ("transitions.three.policy", Severity.Warning),
        }));
    }

    private static HybridAutomaton Window(PermissivePolicy policy) => HybridAutomaton.Build("window", h =>
    {
        var x = h.State("x");
        var (a, b) = (h.Mode("a").Flow(x, 1.0).Invariant(x <= 5.0), h.Mode("b"));
        h.Transition(a, b, "go").Guard(x >= 2.0).Permissive(policy, policy == PermissivePolicy.Random ? 2.0 : null);
    });
}
