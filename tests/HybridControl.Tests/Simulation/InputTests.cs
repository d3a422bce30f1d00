using HybridControl.Automata;
using HybridControl.Dynamics;
using HybridControl.Simulation;
using HybridControl.Symbolics;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Simulation;

/// <summary>Inputs: their breakpoints are time events, and guards follow them.</summary>
public class InputTests
{
    private static readonly double[] NoBreakpoints = [];

    private static IEnumerable<TestCaseData> Signals()
    {
        // Signal, its breakpoints, and the integral from 0 to 4.
        yield return new TestCaseData(new StepSignal(1.5, 1.0, 3.0), new[] { 1.5 }, 1.5 + 7.5).SetArgDisplayNames("step");
        yield return new TestCaseData(new RampSignal(1.0, 3.0, 0.5, 2.5), new[] { 1.0, 3.0 }, 0.5 + 3.0 + 2.5).SetArgDisplayNames("ramp");
        yield return new TestCaseData(
            new TableSignal([0.5, 1.0, 2.0, 3.0], [1.0, 3.0, -1.0, 0.0]), new[] { 0.5, 1.0, 2.0, 3.0 }, 0.5 + 1.0 + 1.0 - 0.5).SetArgDisplayNames("linear table");
        yield return new TestCaseData(
            new TableSignal([0.5, 1.0, 2.0, 3.0], [1.0, 3.0, -1.0, 0.5], Linear: false), new[] { 0.5, 1.0, 2.0, 3.0 }, 0.5 + 0.5 + 3.0 - 1.0 + 0.5)
            .SetArgDisplayNames("held table");
        yield return new TestCaseData(
            new SineSignal(2.0, 0.5, 0.25, 1.0), NoBreakpoints, 4.0).SetArgDisplayNames("sine");
        yield return new TestCaseData(
            new DelegateSignal(t => t < 1.0 ? 0.0 : (t - 1.0) * (t - 1.0), [1.0]), new[] { 1.0 }, 9.0).SetArgDisplayNames("delegate");
    }

    [TestCaseSource(nameof(Signals))]
    public void Breakpoints_are_instants_and_the_flow_sees_the_right_piece(Signal signal, double[] breakpoints, double integral)
    {
        var model = HybridAutomaton.Build("input", h =>
        {
            var (x, u) = (h.State("x"), h.Input("u", signal));
            h.Mode("m").Flow(x, u);
        });
        Trajectory run = model.Simulate(until: 4.0, TightSolvers.One);
        Assert.That(run.Value("x", 4.0), Is.EqualTo(integral).Within(1e-9));
        Assert.That(
            run.Log.Where(record => record.Kind == LogKind.Breakpoint).Select(record => record.Time), Is.EqualTo(breakpoints));
        for (int k = 0; k <= 40; k++)
        {
            double time = 0.1 * k;
            Assert.That(run.Value("u", time), Is.EqualTo(signal.Evaluate(time)).Within(1e-12), $"u({time})");
        }
    }

    [Test]
    public void Guards_on_a_ramp_a_sine_and_a_delegate_are_located()
    {
        double TimeOf(Signal signal, double level) => HybridAutomaton.Build("cross", h =>
        {
            var u = h.Input("u", signal);
            var (m, end) = (h.Mode("m"), h.Mode("end"));
            h.Transition(m, end).Guard(u >= level);
        }).Simulate(until: 4.0).Jumps.Single().Time;

        Assert.That(TimeOf(new RampSignal(1.0, 3.0, 0.0, 1.0), 0.25), Is.EqualTo(1.5).Within(1e-12));
        Assert.That(TimeOf(new SineSignal(1.0, 0.25), Math.Sin(1.0)), Is.EqualTo(2.0 / Math.PI).Within(1e-12));
        Assert.That(TimeOf(new DelegateSignal(t => t * t), 2.0), Is.EqualTo(Math.Sqrt(2.0)).Within(1e-12));
        Assert.That(TimeOf(new TableSignal([0.0, 1.0, 2.0], [0.0, 1.0, 0.0]), 1.0), Is.EqualTo(1.0).Within(1e-12), "the very tip");
    }

    [Test]
    public void A_counter_on_a_ramp_does_not_fire_again_at_the_breakpoints()
    {
        var model = HybridAutomaton.Build("counter", h =>
        {
            var (u, n) = (h.Input("u", new TableSignal([0.0, 0.1, 0.7, 1.3, 2.9], [0.0, 0.3, 1.1, 0.9, 2.0])), h.Discrete("n"));
            var m = h.Mode("m");
            h.Transition(m, m).Guard(u >= 0.2).Reset(n, n + 1.0);
        });
        Trajectory run = model.Simulate(until: 4.0);
        Assert.That(run.Jumps, Has.Length.EqualTo(1), run.Reason);
    }

    [Test]
    public void A_delegate_flow_runs_like_its_expression()
    {
        HybridAutomaton Oscillator(bool opaque) => HybridAutomaton.Build("oscillator", h =>
        {
            var (x, v, k, u) = (h.State("x", initial: 1.0), h.State("v"), h.Parameter("k", 4.0), h.Input("u", new StepSignal(1.0, 0.0, 1.0)));
            ModeBuilder m = h.Mode("m");
            _ = opaque
                ? m.Flow((time, states, data, derivatives) =>
                {
                    derivatives[0] = states[1];
                    derivatives[1] = (-data[0] * states[0]) + data[1];
                })
                : m.Flow((x, v), (v, (-k * x) + u));
            h.Transition(m, m, "zero").Guard(x <= 0.0).Edge().Reset(v, 0.9 * v);
        });
        Trajectory expression = Oscillator(opaque: false).Simulate(until: 6.0, TightSolvers.One);
        Trajectory function = Oscillator(opaque: true).Simulate(until: 6.0, TightSolvers.One);
        Assert.That(function.Jumps.Select(jump => jump.Time), Is.EqualTo(expression.Jumps.Select(jump => jump.Time)).Within(1e-9));
        Assert.That(function.Value("x", 6.0), Is.EqualTo(expression.Value("x", 6.0)).Within(1e-9));
        Assert.That(expression.Jumps, Has.Length.EqualTo(2));
    }
}
