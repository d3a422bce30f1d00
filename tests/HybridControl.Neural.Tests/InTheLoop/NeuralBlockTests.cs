using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Neural.Backends;
using HybridControl.Neural.Backends.Cpu;
using HybridControl.Neural.InTheLoop;
using HybridControl.Neural.Sequences;
using HybridControl.Neural.Stacks;
using HybridControl.Neural.Tests.TestKit;
using HybridControl.Simulation;
using HybridControl.Tests.TestKit;

namespace HybridControl.Neural.Tests.InTheLoop;

/// <summary>A stack as the controller of an automaton.</summary>
public sealed class NeuralBlockTests
{
    private const double Period = 0.05;

    private static readonly Dictionary<string, Func<MixerDescription>> Mixers = new()
    {
        ["s5"] = () => new S5Description { Modes = 4 },
        ["s4d"] = () => new S4dDescription { Modes = 3 },
        ["mamba"] = () => new MambaDescription { Channels = 8, StateSize = 4, StepRank = 2 },
        ["ssd"] = () => new SsdDescription { Heads = 2, HeadWidth = 4, StateSize = 4 },
        ["attention"] = () => new AttentionDescription { Heads = 2, KeyHeads = 1, HeadWidth = 2, Rotary = new() },
        ["window"] = () => new AttentionDescription { Heads = 2, KeyHeads = 1, HeadWidth = 2, Window = 5, Sinks = 1 },
    };

    private static IEnumerable<string> Names => Mixers.Keys;

    [TestCaseSource(nameof(Names))]
    public void A_closed_loop_is_the_same_every_time_and_after_a_restored_snapshot(string name)
    {
        using ITensorBackend backend = new SimdBackend<float>();
        using LayerStack stack = Stack(name, backend);
        using var block = new NeuralBlock(stack, Period, longestRun: 200) { Minimum = -2.0, Maximum = 2.0, OutputScale = [0.3] };
        Scenario scenario = Scenario.For(Pendulum()).Sample(block, ["q", "v"], ["u"]);
        Trajectory whole = scenario.Simulate(until: 4.0);
        Assert.That(whole.Jumps, Is.Not.Empty, "the loop has events between ticks");
        Assert.That(scenario.Simulate(until: 4.0).Value("q", 4.0), Is.EqualTo(whole.Value("q", 4.0)));

        SimulationRun run = scenario.Start();
        run.AdvanceTo(1.23);
        RunSnapshot snapshot = run.Snapshot();
        run.AdvanceTo(4.0);
        double[] first = [run["q"], run["v"], run["u"]];
        run.Restore(snapshot);
        run.AdvanceTo(4.0);
        Assert.That(new[] { run["q"], run["v"], run["u"] }, Is.EqualTo(first));
        run.Restore(snapshot);
        run.AdvanceTo(2.0);
        run.Restore(snapshot);
        run.AdvanceTo(4.0);
        Assert.That(new[] { run["q"], run["v"], run["u"] }, Is.EqualTo(first));
    }

    [TestCaseSource(nameof(Names))]
    public void Outputs_are_those_of_the_stack_on_the_samples_at_the_ticks(string name)
    {
        using ITensorBackend backend = new ScalarBackend<double>();
        using LayerStack stack = Stack(name, backend);
        using var block = new NeuralBlock(stack, Period, longestRun: 100)
        {
            InputMean = [0.1, -0.2],
            InputScale = [2.0, 0.5],
            OutputMean = [0.05],
            OutputScale = [0.3],
        };
        Trajectory run = Scenario.For(Pendulum()).Sample(block, ["q", "v"], ["u"]).Simulate(until: 2.0);
        using SequenceState state = stack.NewState();
        var output = new double[1];
        for (int k = 0; k < 40; k++)
        {
            double[] sample = [(run.Value("q", k * Period, Side.Left) - 0.1) / 2.0, (run.Value("v", k * Period, Side.Left) + 0.2) / 0.5];
            stack.Scan(sample, 1, state, output);
            Assert.That(run.Value("u", (k * Period) + 1e-6), Is.EqualTo((0.3 * output[0]) + 0.05).Within(1e-9), $"tick {k}");
        }
    }

    [Test]
    public void A_block_may_start_from_what_a_stack_has_seen()
    {
        using ITensorBackend backend = new ScalarBackend<double>();
        using LayerStack stack = Stack("mamba", backend);
        using SequenceState seen = stack.NewState();
        double[] past = RandomLayers.Reals(20, 3, 1, -1.0, 1.0);
        stack.Scan(past, 1, seen, Span<double>.Empty);
        using var block = new NeuralBlock(stack, Period, start: seen);
        var state = new double[block.StateCount];
        var output = new double[1];
        block.Initialize(state);
        block.Update(0.0, [0.3, 0.4], state, output);
        var expected = new double[1];
        stack.Scan([0.3, 0.4], 1, seen, expected);
        Assert.That(output, Is.EqualTo(expected));
    }

    [Test]
    public void Two_runs_in_turn_on_one_block_do_not_mix()
    {
        using ITensorBackend backend = new ScalarBackend<float>();
        using LayerStack stack = Stack("mamba", backend);
        using var block = new NeuralBlock(stack, Period);
        var states = new[] { new double[block.StateCount], new double[block.StateCount] };
        var alone = new double[block.StateCount];
        block.Initialize(states[0]);
        block.Initialize(states[1]);
        block.Initialize(alone);
        var output = new double[1];
        var expected = new double[1];
        for (int k = 0; k < 10; k++)
        {
            block.Update(k, [Math.Sin(k), 1.0], states[0], output);
            block.Update(k, [0.0, Math.Cos(k)], states[1], expected);
        }

        for (int k = 0; k < 10; k++)
        {
            block.Update(k, [Math.Sin(k), 1.0], alone, expected);
        }

        Assert.That(expected, Is.EqualTo(output));
        Assert.That(alone, Is.EqualTo(states[0]));
    }

    [TestCaseSource(nameof(Names))]
    public void Ticks_allocate_nothing(string name)
    {
        using ITensorBackend backend = new SimdBackend<float>();
        using LayerStack stack = Stack(name, backend);
        using var block = new NeuralBlock(stack, Period, longestRun: 60);
        var state = new double[block.StateCount];
        var inputs = new double[2];
        var outputs = new double[1];
        block.Initialize(state);
        Allocations.None(k => block.Update(k, inputs, state, outputs), first: 0, warmUp: 40, calls: 20);
    }

    [Test]
    public void A_run_that_outgrows_the_memory_ends_with_the_reason_and_keeps_what_was_computed()
    {
        using ITensorBackend backend = new ScalarBackend<float>();
        using LayerStack stack = Stack("attention", backend);
        Assert.That(() => new NeuralBlock(stack, Period), Throws.InstanceOf<ModelException>().With.Message.Contains("window"));
        using var block = new NeuralBlock(stack, Period, longestRun: 20);
        Trajectory run = Scenario.For(Pendulum()).Sample(block, ["q", "v"], ["u"]).TrySimulate(until: 4.0);
        Assert.That(run.Status, Is.EqualTo(RunStatus.BlockRefused));
        Assert.That(run.Reason, Does.Contain("20 are allowed"));
        Assert.That(run.EndTime, Is.EqualTo(20 * Period).Within(1e-12));
    }

    [Test]
    public void What_does_not_fit_is_refused_all_at_once()
    {
        using ITensorBackend backend = new ScalarBackend<float>();
        using LayerStack stack = Stack("s5", backend);
        using var block = new NeuralBlock(stack, Period) { InputScale = [0.0, 1.0], OutputMean = [1.0, 2.0], Minimum = 1.0, Maximum = 0.0 };
        Assert.That(Assert.Throws<ModelException>(() => block.Initialize(new double[block.StateCount]))!.Findings, Has.Length.EqualTo(3));
        using var sound = new NeuralBlock(stack, Period);
        var state = new double[sound.StateCount];
        sound.Initialize(state);
        double[] before = [.. state];
        var output = new double[1];
        sound.Update(0.0, [double.NaN, 0.0], state, output);
        Assert.That(output[0], Is.NaN);
        Assert.That(state, Is.EqualTo(before));
    }

    private static LayerStack Stack(string name, ITensorBackend backend)
    {
        StackDescription description = new()
        {
            Width = 4,
            Signals = 2,
            Layers = [.. Enumerable.Repeat(new LayerDescription([new BlockDescription { Name = "mixer", Norm = new(), Mixer = Mixers[name]() }]), 2)],
            FinalNorm = new(),
            Outputs = 1,
            HeadBias = true,
        };
        ListedParameters parameters = new(7);
        for (int i = 0; i < 2; i++)
        {
            string place = $"layers.{i}.mixer";
            _ = name switch
            {
                "s5" => parameters.Add(place, RandomLayers.S5(4, 4, 3)),
                "s4d" => parameters.Add(place, RandomLayers.S4d(4, 3, 3)),
                _ => parameters,
            };
        }

        return StackBuilder.Build(description, parameters, backend);
    }

    // A pendulum between walls, pushed by u.
    private static HybridAutomaton Pendulum() => HybridAutomaton.Build("pendulum", h =>
    {
        var q = h.State("q", initial: 0.2);
        var v = h.State("v", initial: 1.0);
        var u = h.Discrete("u");
        var swing = h.Mode("swing").Flow((q, v), (v, (-4.0 * Symbolics.Expr.Sin(q)) + u));
        h.Transition(swing, swing).Guard(q >= 0.3 & v > 0.0).Reset(v, -0.9 * v);
        h.Transition(swing, swing).Guard(q <= -0.3 & v < 0.0).Reset(v, -0.9 * v);
    });
}
