using HybridControl.Automata;
using HybridControl.Simulation;
using HybridControl.Solvers;
using HybridControl.Symbolics;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Simulation;

/// <summary>Semantics 8: chattering is found early, by its name, and is told from accumulation.</summary>
public class ChatteringTests
{
    [Test]
    public void Two_modes_that_point_at_their_surface_chatter_and_are_named_with_their_shares()
    {
        Trajectory run = Relay(down: -3.0, up: 1.0).TrySimulate(until: 5.0, Options());
        Assert.That(run.Status, Is.EqualTo(RunStatus.Chattering));
        Assert.That(run.IsError, Is.True);
        Assert.That(run.EndTime, Is.EqualTo(1.0 / 3.0).Within(1e-9));
        Assert.That(run.Reason, Does.Contain("'above'").And.Contain("'below'").And.Contain("x").And.Contain("share"));
        Assert.That(run.Reason, Does.Contain("0.75").Or.Contain("0.25"), "(1 - a)(-3) + a = 0 has a = 3/4");
        Assert.That(run.Jumps, Has.Length.LessThan(20));
    }

    [TestCase(-1e-6, 1e6)]
    [TestCase(-1e3, 1e-3)]
    [TestCase(-1e8, 1e8)]
    public void Flows_of_any_speed_are_found_early(double down, double up)
    {
        Trajectory run = Relay(down, up).TrySimulate(until: 2e6, Options());
        Assert.That(run.Status, Is.EqualTo(RunStatus.Chattering));
        Assert.That(run.Jumps, Has.Length.LessThan(20));
    }

    [Test]
    public void A_surface_far_from_zero_is_found_early_though_rounding_widens_it()
    {
        Trajectory run = Relay(down: -3e-3, up: 1e-3, surface: 1e6).TrySimulate(until: 1e6, Options());
        Assert.That(run.Status, Is.EqualTo(RunStatus.Chattering));
        Assert.That(run.Jumps, Has.Length.LessThan(20));
    }

    [Test]
    public void A_limit_of_steps_names_the_switch_that_used_them_up([Values] bool asModes)
    {
        // A relay behind a lag: its rate is the same on both sides, and the amplitude of its oscillation tends to zero.
        HybridAutomaton model = HybridAutomaton.Build("lag", h =>
        {
            (Expr x, Expr v, Expr u) = (h.State("x", 1.0), h.State("v"), h.State("u"));
            Expr s = x + (0.5 * v);
            if (asModes)
            {
                ModeBuilder push = h.Mode("push").Flow((x, v, u), (v, -u, -1e3 * (u - 1.0)));
                ModeBuilder pull = h.Mode("pull").Flow((x, v, u), (v, -u, -1e3 * (u + 1.0)));
                h.Transition(push, pull, "over").Guard(s < 0.0);
                h.Transition(pull, push, "back").Guard(s > 0.0);
            }
            else
            {
                h.Mode("m").Flow((x, v, u), (v, -u, -1e3 * (u - Expr.Select(s > 0.0, 1.0, -1.0))));
            }
        });
        Trajectory run = model.TrySimulate(until: 10.0, Options() with { Solver = new DormandPrince5(), MaxSteps = 20_000 });
        Assert.That(run.Status, Is.EqualTo(RunStatus.StepLimit));
        Assert.That(run.Reason, Does.Contain(asModes ? "times transition 'over' was taken" : "times the choice 'x + 0.5 * v > 0' switched"));
        Assert.That(run.Reason, Does.Contain("Give the switch hysteresis").And.Contain("declare sliding, or use ChatteringPolicy.Slide"));
    }

    [Test]
    public void A_switch_with_equal_rates_on_both_sides_is_not_said_to_point_at_its_surface()
    {
        HybridAutomaton model = HybridAutomaton.Build("lag", h =>
        {
            (Expr x, Expr v, Expr u) = (h.State("x", 1.0), h.State("v"), h.State("u"));
            h.Mode("m").Flow((x, v, u), (v, -u, -1e3 * (u - Expr.Select(x + (0.5 * v) > 0.0, 1.0, -1.0))));
        });
        Trajectory run = model.TrySimulate(until: 10.0, Options() with { Solver = new Rodas5P() });
        Assert.That(run.Status, Is.EqualTo(RunStatus.Chattering));
        Assert.That(run.Reason, Does.Contain("the flow comes straight back to its surface (rates").And.Contain("hysteresis"));
    }

    [Test]
    public void Chattering_may_stop_the_run_in_good_order()
    {
        Trajectory run = Relay(-1.0, 1.0).Simulate(until: 5.0, options: Options() with { Chattering = ChatteringPolicy.Stop });
        Assert.That(run.Status, Is.EqualTo(RunStatus.Chattering));
        Assert.That(run.IsError, Is.False);
    }

    [Test]
    public void A_choice_in_a_flow_chatters_early()
    {
        var model = HybridAutomaton.Build("two choices on one surface", h =>
        {
            var (x, y) = (h.State("x", initial: 1.5), h.State("y", initial: 1.0));
            h.Mode("m").Flow((x, y), (Expr.Select(x > y, -2.0, 2.0), Expr.Select(y > x, -3.0, 1.5)));
        });
        Trajectory run = model.TrySimulate(until: 1.0, Options());
        Assert.That(run.Status, Is.EqualTo(RunStatus.Chattering));
        Assert.That(run.EndTime, Is.EqualTo(1.0 / 7.0).Within(1e-9));
        Assert.That(run.Log, Has.Length.LessThan(60));
    }

    [Test]
    public void Dry_friction_that_lands_on_its_surface_does_not_pass_the_rest_there_for_a_side([Values] bool closedForm)
    {
        var model = HybridAutomaton.Build("friction", h =>
        {
            var x = h.State("x", initial: 1.0);
            h.Mode("m").Flow(x, -Expr.Sign(x));
        });
        Trajectory run = model.TrySimulate(until: 3.0, new() { Solver = closedForm ? new MatrixExponential() : new Radau5() });
        Assert.That(run.Status, Is.EqualTo(RunStatus.Chattering));
        Assert.That(run.Reason, Does.Contain("(rates -1 before it and 0 on it)").Or.Contain("(rates -1 and 1), and the motion along it has the share 0.5"));
    }

    [Test]
    public void Two_surfaces_at_once_chatter_and_are_not_called_zeno()
    {
        var model = HybridAutomaton.Build("corner", h =>
        {
            var (x, y) = (h.State("x", initial: 0.3), h.State("y", initial: 0.2));
            h.Mode("m").Flow((x, y), (Expr.Select(x > 0.0, -1.0, 1.0) - (0.3 * Expr.Select(y > 0.0, 1.0, -1.0)), Expr.Select(y > 0.0, -1.0, 1.0) + 0.3 * x));
        });
        Assert.That(model.TrySimulate(until: 2.0, Options()).Status, Is.EqualTo(RunStatus.Chattering));
    }

    [Test]
    public void A_relay_with_hysteresis_and_a_crossing_do_not_chatter()
    {
        var relay = HybridAutomaton.Build("hysteresis", h =>
        {
            var x = h.State("x");
            var (up, down) = (h.Mode("up").Flow(x, 1.0), h.Mode("down").Flow(x, -1.0));
            h.Transition(up, down).Guard(x >= 1e-9);
            h.Transition(down, up).Guard(x <= -1e-9);
        });
        Trajectory run = relay.Simulate(until: 1e-6);
        Assert.That(run.Status, Is.EqualTo(RunStatus.Completed));
        Assert.That(run.Jumps, Has.Length.EqualTo(500));

        Trajectory through = Relay(down: -1.0, up: -2.0).Simulate(until: 5.0);
        Assert.That(through.Jumps, Has.Length.EqualTo(1));
    }

    private static SimulationOptions Options() => new() { Solver = TightSolvers.One };

    private static HybridAutomaton Relay(double down, double up, double surface = 0.0) => HybridAutomaton.Build("relay", h =>
    {
        var x = h.State("x", initial: surface + 1.0);
        var above = h.Mode("above").Flow(x, down);
        var below = h.Mode("below").Flow(x, up);
        h.Transition(above, below).Guard(x <= surface);
        h.Transition(below, above).Guard(x >= surface);
    });
}
