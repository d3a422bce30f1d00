using HybridControl.Automata;
using HybridControl.Simulation;
using HybridControl.Solvers;
using HybridControl.Symbolics;

namespace HybridControl.Tests.Solvers;

/// <summary>Runs with the methods whose dense output has stages of its own: events, records and stops.</summary>
public class ExplicitRunTests
{
    private static IEnumerable<AdaptiveRungeKutta> Methods => [new BogackiShampine3(), new DormandPrince853(), new Verner9()];

    private static AdaptiveRungeKutta Tight(AdaptiveRungeKutta method) =>
        method with { RelativeTolerance = method.Order < 5 ? 1e-8 : 1e-12, AbsoluteTolerance = method.Order < 5 ? 1e-8 : 1e-12 };

    [Test]
    public void An_event_inside_a_long_step_is_found_at_its_time([ValueSource(nameof(Methods))] AdaptiveRungeKutta method)
    {
        Trajectory run = Oscillator().Simulate(until: 10.0, solver: Tight(method));
        double[] expected = [.. Enumerable.Range(0, 3).Select(k => ((2 * k) + 0.5) * Math.PI).Where(t => t < 10.0)];
        Assert.That(run.Jumps.Select(jump => jump.Time), Is.EqualTo(expected).Within(method.Order < 5 ? 1e-6 : 1e-10));
    }

    [Test]
    public void A_record_is_as_exact_between_the_steps_as_at_their_ends([ValueSource(nameof(Methods))] AdaptiveRungeKutta method)
    {
        Trajectory run = Oscillator().Simulate(until: 10.0, solver: Tight(method));
        double worst = Enumerable.Range(0, 1001).Max(k => Math.Abs(run.Value("x", 0.01 * k) - Math.Cos(0.01 * k)));
        Assert.That(worst, Is.LessThan(method.Order < 5 ? 1e-6 : 1e-10));
        Assert.That(run.Statistics.Steps, Is.LessThan(method.Order < 5 ? 5000 : 60));
    }

    // The slope at the end is no part of the error estimate; it must not be believed unseen.
    [Test]
    public void A_slope_that_ceases_to_be_a_number_stops_the_run_there(
        [ValueSource(nameof(Methods))] AdaptiveRungeKutta method, [Values(1, 20)] int states)
    {
        var model = HybridAutomaton.Build("root", h =>
        {
            ModeBuilder mode = h.Mode("m");
            for (int i = 0; i < states; i++)
            {
                mode.Flow(h.State($"x{i}"), Expr.Sqrt(1.0 - Expr.Time) + i);
            }
        });
        Trajectory run = Scenario.For(model).TrySimulate(2.0, new() { Solver = method });
        Assert.That(run.Status, Is.EqualTo(RunStatus.NotFinite));
        Assert.That(run.EndTime, Is.EqualTo(1.0).Within(1e-6));
        Assert.That(run.At(run.EndTime).States, Is.All.Matches<double>(double.IsFinite));
    }

    private static HybridAutomaton Oscillator() => HybridAutomaton.Build("oscillator", h =>
    {
        Expr x = h.State("x", 1.0);
        Expr v = h.State("v");
        ModeBuilder flow = h.Mode("flow").Flow((x, v), (v, -x));
        h.Transition(flow, flow).Guard(x <= 0.0).Edge().Reset(x, 0.0);
    });
}
