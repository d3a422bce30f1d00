using System.Numerics;
using HybridControl.Diagnostics;
using HybridControl.Neural.Backends;
using HybridControl.Neural.Backends.Cpu;
using HybridControl.Neural.Explanation;
using HybridControl.Neural.Sequences;
using HybridControl.Neural.Stacks;
using HybridControl.Neural.Tests.TestKit;

namespace HybridControl.Neural.Tests.Explanation;

/// <summary>What selective layers say about themselves.</summary>
public sealed class SelectiveTests
{
    private const int Length = 30;
    private const string Place = "layers.0.mixer";

    private static readonly Dictionary<string, MixerDescription> Mixers = new()
    {
        ["mamba"] = new MambaDescription { Channels = 8, StateSize = 4, StepRank = 2 },
        ["mamba with heads"] = new MambaDescription { Channels = 8, StateSize = 4, StepRank = 2, Heads = 2 },
        ["ssd"] = new SsdDescription { Heads = 4, HeadWidth = 2, StateSize = 4, Groups = 2, LeastStep = 0.4, GreatestStep = 1.1 },
    };

    private static IEnumerable<string> Names => Mixers.Keys;

    [TestCaseSource(nameof(Names))]
    public void States_of_the_trace_are_those_of_the_layer(string name)
    {
        using var backend = new ScalarBackend<double>();
        using LayerStack stack = Stack(backend, Mixers[name]);
        using SequenceState state = stack.NewState();
        SelectiveTrace trace = Record(stack, state);
        Assert.That(trace.Tokens, Is.EqualTo(Length));
        int slot = stack.StateLayout.Slots.ToList().FindIndex(one => one.Name == $"{Place}.ssm");
        var memory = new double[32];
        backend.Download(state.BufferOf(slot), memory);
        for (int channel = 0; channel < 8; channel++)
        {
            for (int j = 0; j < 4; j++)
            {
                double expected = name == "ssd" ? memory[(channel * 4) + j] : memory[(j * 8) + channel];
                double found = trace.AttributionOf(channel).States[((Length - 1) * 4) + j].Real;
                Assert.That(found, Is.EqualTo(expected).Within(1e-12 * (1.0 + Math.Abs(expected))), $"channel {channel}, state {j}");
            }
        }
    }

    [TestCaseSource(nameof(Names))]
    public void No_state_leaves_its_bound(string name)
    {
        using var backend = new ScalarBackend<double>();
        using LayerStack stack = Stack(backend, Mixers[name]);
        using SequenceState state = stack.NewState();
        SelectiveTrace trace = Record(stack, state);
        for (int channel = 0; channel < 8; channel++)
        {
            Attribution attribution = trace.AttributionOf(channel);
            System.Collections.Immutable.ImmutableArray<double> bounds = trace.BoundsOf(channel);
            for (int i = 0; i < bounds.Length; i++)
            {
                Assert.That(attribution.States[i].Magnitude, Is.LessThanOrEqualTo(bounds[i] * (1.0 + 1e-14)));
            }

            // At the first token the bound is the state.
            Assert.That(attribution.States[1].Magnitude, Is.EqualTo(bounds[1]).Within(1e-15));
        }
    }

    [TestCaseSource(nameof(Names))]
    public void A_frozen_channel_makes_the_step_that_the_layer_makes(string name)
    {
        using var backend = new ScalarBackend<double>();
        using LayerStack stack = Stack(backend, Mixers[name]);
        using SequenceState state = stack.NewState();
        SelectiveTrace trace = Record(stack, state);
        const double sampleTime = 0.02;
        foreach (int channel in new[] { 0, 3, 7 })
        {
            Attribution attribution = trace.AttributionOf(channel);
            for (int t = 1; t < Length; t += 7)
            {
                FrozenChannel frozen = trace.Freeze(t, channel, sampleTime);
                Complex[] h = [.. attribution.States.AsSpan((t - 1) * 4, 4)];
                var y = new double[1];
                frozen.Model.Discretize(sampleTime).Apply([trace.InputsOf(channel)[t]], h, y);
                Assert.That(y[0], Is.EqualTo(attribution.Totals[t]).Within(1e-12));
                for (int j = 0; j < 4; j++)
                {
                    Assert.That(h[j].Real, Is.EqualTo(attribution.States[(t * 4) + j].Real).Within(1e-12));
                    Assert.That(Complex.Exp(frozen.Model.Poles[j] * sampleTime).Real, Is.EqualTo(trace.RetentionOf(channel, j)[t]).Within(1e-14));
                    (double lowest, double highest) = frozen.PoleRangeOf(j);
                    Assert.That(frozen.Model.Poles[j].Real, Is.InRange(lowest - 1e-12, highest + 1e-12));
                }

                Assert.That(frozen.Step, Is.InRange(frozen.LeastStep, frozen.GreatestStep));
                Assert.That(frozen.Model.ToReal().Order, Is.EqualTo(4), "poles are real");
            }
        }
    }

    [Test]
    public void Steps_and_gates_follow_the_input()
    {
        using var backend = new ScalarBackend<double>();
        using LayerStack stack = Stack(backend, Mixers["ssd"]);
        using SequenceState state = stack.NewState();
        SelectiveTrace trace = Record(stack, state);
        (double least, double greatest) = trace.StepRangeOf(5);
        Assert.That((least, greatest), Is.EqualTo((trace.StepsOf(5).Min(), trace.StepsOf(5).Max())));
        Assert.That(least, Is.GreaterThanOrEqualTo(0.4));
        Assert.That(greatest, Is.LessThanOrEqualTo(1.1).And.GreaterThan(least));
        Assert.That(trace.GatesOf(5).Distinct().Count(), Is.EqualTo(Length));
        Assert.That(trace.GatesOf(5), Has.All.GreaterThan(-0.2785), "silu has its minimum there");
        Assert.That(() => trace.StepsOf(8), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void A_recorder_that_saw_nothing_names_the_layers_there_are()
    {
        using var backend = new ScalarBackend<float>();
        using LayerStack stack = Stack(backend, Mixers["mamba"]);
        using SequenceState state = stack.NewState();
        var recorder = new SelectiveRecorder("layers.9.mixer");
        Assert.That(() => recorder.ToTrace(), Throws.InstanceOf<ModelException>());
        stack.Scan(new double[2], 1, state, Span<double>.Empty, new ScanOptions { Observer = recorder });
        Assert.That(() => recorder.ToTrace(), Throws.InstanceOf<ModelException>().With.Message.Contains(Place));
    }

    [Test]
    public void A_report_lists_what_can_be_explained_and_what_cannot()
    {
        using var backend = new ScalarBackend<float>();
        ListedParameters parameters = new ListedParameters(3)
            .Add("layers.0.mixer", RandomLayers.S5(4, 4, 3))
            .Add("layers.1.mixer", RandomLayers.S4d(4, 2, 3))
            .Add("layers.5.mixer", RandomLayers.S5(2, 4, 3));
        using LayerStack stack = StackBuilder.Build(
            new StackDescription
            {
                Width = 4,
                Signals = 2,
                Layers =
                [
                    Layer(new S5Description { Modes = 4 }),
                    Layer(new S4dDescription { Modes = 2 }),
                    Layer(Mixers["mamba"]),
                    Layer(new AttentionDescription { Heads = 2, KeyHeads = 1, HeadWidth = 2 }),
                    Layer(new GluDescription { Hidden = 6 }),
                    Layer(new S5Description { Modes = 2, Bidirectional = true }),
                ],
                Outputs = 1,
                HeadBias = true,
            },
            parameters,
            backend);
        ExplainabilityReport report = ExplainabilityReport.Of(stack);
        Assert.That(report.Parts.Select(part => part.Place), Is.EqualTo(Enumerable.Range(0, 6).Select(i => $"layers.{i}.mixer")));
        Assert.That(report.Parts.Select(part => part.Kind), Is.EqualTo(new[]
        {
            Explainability.Linear, Explainability.Linear, Explainability.Scheduled, Explainability.Attention, Explainability.Memoryless, Explainability.None,
        }));
        Assert.That(report.ToString(), Does.Contain("4 modes").And.Contain("tokens").And.Contain("rates").And.Contain("later tokens"));

        static LayerDescription Layer(MixerDescription mixer) => new([new BlockDescription { Name = "mixer", Mixer = mixer }]);
    }

    private static SelectiveTrace Record(LayerStack stack, SequenceState state)
    {
        var recorder = new SelectiveRecorder(Place);
        var options = new ScanOptions { Observer = recorder, Piece = 7 };
        stack.Scan(RandomLayers.Reals(2 * Length, 4, 6, -2.0, 2.0), 1, state, Span<double>.Empty, options);
        return recorder.ToTrace();
    }

    private static LayerStack Stack(ITensorBackend backend, MixerDescription mixer) => StackBuilder.Build(
        new StackDescription
        {
            Width = 4,
            Signals = 2,
            Layers = [new([new BlockDescription { Name = "mixer", Norm = new(), Mixer = mixer }])],
            Outputs = 1,
            HeadBias = true,
        },
        new ListedParameters(5),
        backend);
}
