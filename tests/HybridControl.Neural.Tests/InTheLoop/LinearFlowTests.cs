using System.Numerics;
using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Neural.Explanation;
using HybridControl.Neural.InTheLoop;
using HybridControl.Neural.Sequences.Mixers;
using HybridControl.Neural.Tests.TestKit;
using HybridControl.Simulation;
using HybridControl.Solvers;
using HybridControl.Symbolics;

namespace HybridControl.Neural.Tests.InTheLoop;

/// <summary>Trained layers as flows of a mode.</summary>
public sealed class LinearFlowTests
{
    private const double SampleTime = 0.05;

    private static readonly SimulationOptions Tight = new()
    {
        Solver = new DormandPrince5 { RelativeTolerance = 1e-12, AbsoluteTolerance = 1e-13 },
    };

    [Test]
    public void S5_of_the_reference_as_a_flow_with_held_inputs_is_its_scan()
    {
        S5Parameters layer = GoldenLayers.S5Parameters;
        double[] inputs = GoldenLayers.S5.Read("input")[..(40 * 5)];
        double[] outputs = Simulate(layer.ToModal(SampleTime), inputs);
        Nearness.Check(outputs, layer.ToModal(SampleTime).Discretize(SampleTime).Run(inputs), 1e-9);
        Nearness.Check(outputs, GoldenLayers.S5.Read("ssm_output_zoh").AsSpan(0, outputs.Length), 2e-5);
    }

    [TestCase(LinearRule.ZeroOrderHold)]
    [TestCase(LinearRule.Bilinear)]
    public void Layers_of_either_rule_as_flows_with_held_inputs_are_their_scans(LinearRule rule)
    {
        double[] inputs = RandomLayers.Reals(30 * 2, 8, 9, -1.0, 1.0);
        S5Parameters s5 = RandomLayers.S5(4, 2, seed: 41) with { Rule = rule };
        Nearness.Check(Simulate(s5.ToHeldInput(SampleTime), inputs), s5.ToModal(SampleTime).Discretize(SampleTime, rule).Run(inputs), 1e-9);
        S4dParameters s4d = RandomLayers.S4d(2, 3, seed: 42) with { Rule = rule };
        Nearness.Check(Simulate(s4d.ToHeldInput(SampleTime), inputs), s4d.ToModal(SampleTime).Discretize(SampleTime, rule).Run(inputs), 1e-9);
    }

    [Test]
    public void A_guard_on_a_neural_state_is_located_where_the_closed_form_says()
    {
        S5Parameters layer = RandomLayers.S5(2, 1, seed: 77);
        ModalModel model = layer.ToModal(SampleTime);
        const double input = 1.3;
        double end = 0.8 * Math.PI / model.Poles[0].Imaginary;
        double level = 0.6 * Math.Abs(RealPart(model, input, 0.5 * end)) * Math.Sign(RealPart(model, input, 0.5 * end));
        HybridAutomaton automaton = HybridAutomaton.Build("watch", h =>
        {
            LinearFlow net = LinearFlow.Declare(h, "net", model);
            ModeBuilder drive = h.Mode("drive").Flow(net, input);
            ModeBuilder back = h.Mode("back").Flow(net, -input);
            Expr seen = level > 0.0 ? net.States[0] : -net.States[0];
            h.Transition(drive, back).Guard(seen >= Math.Abs(level));
        });
        Trajectory run = automaton.Simulate(until: 2.0 * end, options: Tight);
        double expected = Crossing(t => RealPart(model, input, t) - level, 0.0, 0.5 * end);
        Assert.That(run.Jumps[0].Time, Is.EqualTo(expected).Within(1e-10));

        // From there the flow is closed form again: the state at the crossing decays while the input pulls back.
        double rest = end - expected;
        Complex[] state = [.. model.Poles.Select((pole, i) => input * model.B[i] * expected * ModeStep.Phi(pole * expected))];
        model.Discretize(rest).Advance([-input], state);
        Assert.That(run.Value("net.re1", end), Is.EqualTo(state[1].Real).Within(1e-10));
        Assert.That(run.Value("net.im1", end), Is.EqualTo(state[1].Imaginary).Within(1e-10));
    }

    [Test]
    public void A_reset_sets_a_neural_state_and_a_mode_without_the_layer_lets_it_rest()
    {
        ModalModel model = RandomLayers.Modal(1, 1, 1, seed: 2);
        HybridAutomaton automaton = HybridAutomaton.Build("reset", h =>
        {
            LinearFlow net = LinearFlow.Declare(h, "net", model, 1.0, 0.0);
            ModeBuilder run = h.Mode("run").Flow(net, 0.0);
            ModeBuilder rest = h.Mode("rest");
            h.Transition(run, rest).After(0.5).Reset(net.States[1], 3.0);
        });
        Trajectory result = automaton.Simulate(until: 2.0, options: Tight);
        Assert.That(result.Value("net.re0", 2.0), Is.EqualTo(Complex.Exp(0.5 * model.Poles[0]).Real).Within(1e-11));
        Assert.That(result.Value("net.im0", 2.0), Is.EqualTo(3.0));
    }

    [Test]
    public void A_reduced_layer_is_a_flow_too()
    {
        ModalModel model = RandomLayers.Modal(5, 2, 2, seed: 19);
        BalancedTruncation reduction = BalancedTruncation.Of(model);
        LinearModel reduced = reduction.Reduce(reduction.OrderFor(0.2 * reduction.HankelValues[0]));
        HybridAutomaton automaton = HybridAutomaton.Build("reduced", h =>
        {
            LinearFlow net = LinearFlow.Declare(h, "net", reduced);
            h.Output("y", net.Output(1, 1.0, 0.0));
            h.Mode("run").Flow(net, 1.0, 0.0);
        });
        double gain = reduced.FrequencyResponse(0.0)[2].Real;
        Assert.That(automaton.Simulate(until: 300.0, options: Tight).Value("y", 300.0), Is.EqualTo(gain).Within(1e-9));
        Assert.That(Math.Abs(gain - model.StaticGain()[2]), Is.LessThanOrEqualTo(reduction.ErrorBound(reduced.Order)));
    }

    [Test]
    public void Other_numbers_of_inputs_or_initial_states_are_refused()
    {
        ModalModel model = RandomLayers.Modal(2, 2, 1, seed: 2);
        HybridAutomaton.Build("refused", h =>
        {
            Assert.That(() => LinearFlow.Declare(h, "other", model, 1.0), Throws.InstanceOf<ModelException>().With.Message.Contains("4 states"));
            LinearFlow net = LinearFlow.Declare(h, "net", model);
            Assert.That(() => net.Output(0, 1.0), Throws.InstanceOf<ModelException>().With.Message.Contains("2"));
            h.Mode("run").Flow(net, 0.0, 0.0);
        });
    }

    private static double RealPart(ModalModel model, double input, double t) => (input * model.B[0] * t * ModeStep.Phi(model.Poles[0] * t)).Real;

    private static double Crossing(Func<double, double> g, double low, double high)
    {
        double sign = Math.Sign(g(high));
        for (int i = 0; i < 200; i++)
        {
            double middle = 0.5 * (low + high);
            (low, high) = Math.Sign(g(middle)) == sign ? (low, middle) : (middle, high);
        }

        return high;
    }

    // The layer in a mode, each token held for a sample time and the outputs read at its end.
    private static double[] Simulate(ModalModel model, double[] inputs)
    {
        int m = model.Inputs;
        HybridAutomaton automaton = HybridAutomaton.Build("held", h =>
        {
            Expr[] u = [.. Enumerable.Range(0, m).Select(i => h.Discrete($"u{i}"))];
            LinearFlow net = LinearFlow.Declare(h, "net", model);
            for (int o = 0; o < model.Outputs; o++)
            {
                h.Output($"y{o}", net.Output(o, u));
            }

            h.Mode("run").Flow(net, u);
        });
        SimulationRun run = Scenario.For(automaton).Start(Tight);
        var outputs = new List<double>();
        for (int k = 0; k < inputs.Length / m; k++)
        {
            for (int i = 0; i < m; i++)
            {
                run.Set($"u{i}", inputs[(k * m) + i]);
            }

            Assert.That(run.AdvanceTo((k + 1) * SampleTime), Is.True);
            outputs.AddRange(Enumerable.Range(0, model.Outputs).Select(o => run[$"y{o}"]));
        }

        return [.. outputs];
    }
}
