using HybridControl.Automata;
using HybridControl.Simulation;
using HybridControl.Symbolics;

namespace HybridControl.Tests.Simulation;

/// <summary>Semantics 6: comparisons that cannot change along the flow are exact.</summary>
public class DiscreteGuardTests
{
    [Test]
    public void A_counter_that_reaches_its_limit_exactly_is_enabled()
    {
        var model = HybridAutomaton.Build("limit", h =>
        {
            var n = h.Discrete("n");
            var (m, end) = (h.Mode("m"), h.Mode("end"));
            h.Every("count", 0.1, (n, n + 0.1));
            h.Transition(m, end).Guard(n >= 0.1 + 0.1 + 0.1 + 0.1);
        });
        Assert.That(model.Simulate(until: 1.0).Jumps.Single().Time, Is.EqualTo(3 * 0.1));
    }

    [Test]
    public void A_strict_comparison_of_discrete_variables_is_open_and_others_are_closed([Values] bool strict)
    {
        var model = HybridAutomaton.Build("strict", h =>
        {
            var n = h.Discrete("n");
            var (m, end) = (h.Mode("m"), h.Mode("end"));
            h.Every("count", 1.0, (n, n + 1.0));
            h.Transition(m, end).Guard(strict ? n > 3.0 : n >= 3.0);
        });
        Assert.That(model.Simulate(until: 9.0).Jumps.Single().Time, Is.EqualTo(strict ? 3.0 : 2.0));
    }

    [Test]
    public void A_negation_of_a_discrete_comparison_is_its_exact_opposite()
    {
        var model = HybridAutomaton.Build("not", h =>
        {
            var n = h.Discrete("n");
            var (m, end) = (h.Mode("m"), h.Mode("end"));
            h.Every("count", 1.0, (n, n + 1.0));
            h.Transition(m, end).Guard(!(n <= 3.0));
        });
        Assert.That(model.Simulate(until: 9.0).Jumps.Single().Time, Is.EqualTo(3.0));
    }

    [TestCase(true)]
    [TestCase(false)]
    public void A_discrete_part_switches_a_located_guard_on_and_off(bool and)
    {
        // x rises through 1 at t = 1 and through 2.5 at t = 2.5; n passes 2 at t = 2 (third tick).
        var model = HybridAutomaton.Build("mixed", h =>
        {
            var (x, n) = (h.State("x"), h.Discrete("n"));
            var (m, end) = (h.Mode("m").Flow(x, 1.0), h.Mode("end"));
            h.Every("count", 1.0, (n, n + 1.0));
            h.Transition(m, end).Guard(and ? n >= 3.0 & x >= 1.5 : n >= 3.0 | x >= 2.5);
        });
        Trajectory run = model.Simulate(until: 5.0);
        Assert.That(run.Jumps.Single().Time, Is.EqualTo(2.0), run.Reason);
        Assert.That(run.Statistics.NotBounded, Is.Zero);
    }

    [Test]
    public void A_state_that_rests_in_a_mode_is_compared_exactly_there()
    {
        var model = HybridAutomaton.Build("rests", h =>
        {
            var (x, k) = (h.State("x"), h.State("k"));
            var (run, count, end) = (h.Mode("run").Flow(x, 1.0), h.Mode("count"), h.Mode("end"));
            h.Transition(run, count).Guard(x >= 1.0).Reset(x, 0.0).Reset(k, k + 1.0);
            h.Transition(count, end, "done").Guard(k >= 3.0);
            h.Transition(count, run, "again").Guard(k < 3.0);
        });
        Trajectory result = model.Simulate(until: 10.0);
        Assert.That(result.Jumps.Select(jump => jump.Transition), Is.EqualTo(new[]
        {
            "run->count", "again", "run->count", "again", "run->count", "done",
        }));
    }

    [Test]
    public void Guards_on_inputs_follow_steps_at_their_instants()
    {
        var model = HybridAutomaton.Build("switch", h =>
        {
            var u = h.Input("u", new HybridControl.Dynamics.StepSignal(1.25, 0.0, 1.0));
            var (m, end) = (h.Mode("m"), h.Mode("end"));
            h.Transition(m, end).Guard(u > 0.5);
        });
        Assert.That(model.Simulate(until: 2.0).Jumps.Single().Time, Is.EqualTo(1.25));
    }
}
