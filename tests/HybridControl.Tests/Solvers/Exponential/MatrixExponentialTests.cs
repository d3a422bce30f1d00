using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Simulation;
using HybridControl.Solvers;
using HybridControl.Symbolics;

namespace HybridControl.Tests.Solvers.Exponential;

/// <summary>Affine flows along their closed form: exact to rounding, whatever the tolerance, and events too.</summary>
public class MatrixExponentialTests
{
    private static readonly SimulationOptions Exact = new() { Solver = new MatrixExponential { RelativeTolerance = 1e-2 } };

    [Test]
    public void A_damped_oscillation_is_exact_to_rounding_over_a_hundred_periods()
    {
        HybridAutomaton model = HybridAutomaton.Build("oscillator", h =>
        {
            Expr x = h.State("x", initial: 1.0);
            Expr v = h.State("v");
            h.Mode("only").Flow((x, v), (v, (-4.01 * x) - (0.2 * v))); // roots -0.1 +- 2 i
        });
        Trajectory run = model.Simulate(until: 100.0, options: Exact);
        foreach (double t in new[] { 0.37, 5.0, 31.4, 99.99 })
        {
            double exact = Math.Exp(-0.1 * t) * (Math.Cos(2.0 * t) + (0.05 * Math.Sin(2.0 * t)));
            Assert.That(run.At(t).States[0], Is.EqualTo(exact).Within(1e-13 * Math.Max(1.0, t) * Math.Exp(-0.1 * t)));
        }
    }

    [Test]
    public void A_ramp_in_time_is_part_of_the_closed_form()
    {
        HybridAutomaton model = HybridAutomaton.Build("ramp", h =>
        {
            Expr x = h.State("x", initial: 2.0);
            h.Mode("only").Flow(x, (-0.5 * x) + (3.0 * Expr.Time) - 1.0); // particular solution 6 t - 14
        });
        Trajectory run = model.Simulate(until: 40.0, options: Exact);
        foreach (double t in new[] { 0.1, 3.3, 17.0, 40.0 })
        {
            Assert.That(run.At(t).States[0], Is.EqualTo((6.0 * t) - 14.0 + (16.0 * Math.Exp(-0.5 * t))).Within(1e-13 * (1.0 + t)));
        }
    }

    [Test]
    public void Free_fall_takes_one_step_however_long_it_lasts()
    {
        HybridAutomaton model = HybridAutomaton.Build("fall", h =>
        {
            Expr y = h.State("y", initial: 1e6);
            Expr v = h.State("v", initial: 3.0);
            h.Mode("only").Flow((y, v), (v, -9.81));
        });
        Trajectory run = model.Simulate(until: 400.0, options: Exact);
        Assert.That(run.Statistics.Steps, Is.EqualTo(1));
        Assert.That(run.At(400.0).States[0], Is.EqualTo(1e6 + 1200.0 - (0.5 * 9.81 * 160000.0)).Within(1e-9));
    }

    [Test]
    public void Switches_of_a_thermostat_come_at_their_closed_form()
    {
        HybridAutomaton model = HybridAutomaton.Build("thermostat", h =>
        {
            Expr x = h.State("x", initial: 65.0);
            ModeBuilder on = h.Mode("on").Flow(x, (-0.5 * x) + 40.0);
            ModeBuilder off = h.Mode("off").Flow(x, (-0.5 * x) + 30.0);
            h.Transition(on, off).Guard(x >= 75.0);
            h.Transition(off, on).Guard(x <= 65.0);
        });
        Trajectory run = model.Simulate(until: 200.0, options: Exact);
        Assert.That(run.Jumps, Has.Length.EqualTo(91));
        for (int k = 0; k < run.Jumps.Length; k++)
        {
            Assert.That(run.Jumps[k].Time, Is.EqualTo(2.0 * Math.Log(3.0) * (k + 1)).Within(1e-12 * (k + 1)));
        }
    }

    [Test]
    public void Coefficients_may_change_at_every_instant()
    {
        HybridAutomaton model = HybridAutomaton.Build("gain", h =>
        {
            Expr x = h.State("x", initial: 1.0);
            Expr k = h.Discrete("k", initial: 1.0);
            ModeBuilder only = h.Mode("only").Flow(x, -k * x);
            h.Transition(only, only).After(1.0).External().Reset(k, k + 1.0);
        });
        Trajectory run = model.Simulate(until: 4.0, options: Exact);
        Assert.That(run.At(3.5).States[0], Is.EqualTo(Math.Exp(-1.0 - 2.0 - 3.0 - 2.0)).Within(1e-17));
    }

    [Test]
    public void A_choice_makes_a_flow_affine_in_pieces()
    {
        HybridAutomaton model = HybridAutomaton.Build("bend", h =>
        {
            Expr x = h.State("x", initial: 1.0);
            h.Mode("only").Flow(x, -Expr.Max(x, 0.5)); // e^-t down to 1/2, then a straight line
        });
        Trajectory run = model.Simulate(until: 2.0, options: Exact);
        Assert.That(run.At(0.5).States[0], Is.EqualTo(Math.Exp(-0.5)).Within(1e-15));
        Assert.That(run.At(2.0).States[0], Is.EqualTo(0.5 - (0.5 * (2.0 - Math.Log(2.0)))).Within(1e-14));
    }

    [Test]
    public void A_flow_that_is_not_affine_is_refused_with_its_mode()
    {
        HybridAutomaton model = HybridAutomaton.Build("mixed", h =>
        {
            Expr x = h.State("x", initial: 1.0);
            ModeBuilder linear = h.Mode("linear").Flow(x, -x);
            ModeBuilder square = h.Mode("square").Flow(x, -x * x);
            h.Transition(linear, square).Guard(x <= 0.5);
        });
        Assert.That(() => model.Simulate(until: 1.0, options: Exact), Throws.InstanceOf<ModelException>()
            .With.Message.Contains("mixed, modes.square").And.Message.Contains("not affine").And.Message.Not.Contains("modes.linear"));
    }

    private static readonly Func<Expr, Expr>[] Moving =
        [x => x * Expr.Sin(Expr.Time), x => Expr.Sin(Expr.Time), x => x * Expr.Time, x => Expr.Abs(x - 1.0) * x];

    [TestCaseSource(nameof(Moving))]
    public void Steps_and_coefficients_that_move_are_not_affine(Func<Expr, Expr> flow)
    {
        HybridAutomaton model = HybridAutomaton.Build("no", h =>
        {
            Expr x = h.State("x", initial: 0.25);
            h.Mode("only").Flow(x, flow(x));
        });
        Assert.That(() => model.Simulate(until: 1.0, options: Exact), Throws.InstanceOf<ModelException>());
    }
}
