using System.Text.Json.Nodes;
using HybridControl.Diagnostics;
using HybridControl.Neural.Backends;
using HybridControl.Neural.Backends.Cpu;
using HybridControl.Neural.Explanation;
using HybridControl.Neural.HuggingFace;
using HybridControl.Neural.Safetensors;
using HybridControl.Neural.Sequences;
using HybridControl.Neural.Sequences.Mixers;
using HybridControl.Neural.Stacks;
using HybridControl.Neural.Tests.TestKit;

namespace HybridControl.Neural.Tests.Sequences.Mixers;

/// <summary>S4D and S5 as layers of a stack.</summary>
public sealed class LinearLayerTests
{
    private const double Golden = 2e-5;

    private static readonly Dictionary<string, Func<ITensorBackend>> Backends = new()
    {
        ["scalar float"] = () => new ScalarBackend<float>(),
        ["scalar double"] = () => new ScalarBackend<double>(),
        ["simd float"] = () => new SimdBackend<float>(),
        ["simd double"] = () => new SimdBackend<double>(),
    };

    private static IEnumerable<string> BackendNames => Backends.Keys;

    [Test]
    public void Layers_of_the_reference_give_its_outputs([ValueSource(nameof(BackendNames))] string backend)
    {
        using ITensorBackend made = Backends[backend]();
        using LayerStack s5 = HuggingFaceModel.Load(GoldenLayers.S5.Folder, made);
        CheckScanAndSteps(s5, GoldenLayers.S5.Read("input"), GoldenLayers.S5.Read("layer_output_half_glu1_prenorm"));

        // The published S4D layer has no residual; ours adds the input.
        using LayerStack s4d = HuggingFaceModel.Load(GoldenLayers.S4d.Folder, made);
        CheckScanAndSteps(s4d, GoldenLayers.S4d.Read("input"), Sum(GoldenLayers.S4d.Read("output"), GoldenLayers.S4d.Read("input")));
    }

    [Test]
    public void The_other_gate_of_s5_gives_its_outputs()
    {
        using var backend = new ScalarBackend<double>();
        using LayerStack s5 = S5Stack(backend, config => config["activation"] = "half_glu2");
        CheckScanAndSteps(s5, GoldenLayers.S5.Read("input"), GoldenLayers.S5.Read("layer_output_half_glu2_prenorm"));
    }

    [TestCase("ssm_output_zoh", "discretization", "zoh")]
    [TestCase("ssm_output_bilinear", "discretization", "bilinear")]
    [TestCase("ssm_output_zoh_step_rescale_0.5", "step_rescale", 0.5)]
    public void The_linear_part_of_s5_gives_its_outputs(string output, string key, object value)
    {
        using var backend = new ScalarBackend<float>();
        using LayerStack s5 = S5Stack(backend, config => config[key] = JsonValue.Create(value), bare: true);
        double[] inputs = GoldenLayers.S5.Read("input");
        CheckScanAndSteps(s5, inputs, Sum(GoldenLayers.S5.Read(output), inputs));
    }

    [Test]
    public void A_layer_that_looks_at_later_tokens_gives_its_outputs_and_takes_no_pieces()
    {
        using var backend = new ScalarBackend<float>();
        using LayerStack s5 = S5Stack(backend, config => config["bidirectional"] = true, bare: true);
        double[] inputs = GoldenLayers.S5.Read("input");
        using SequenceState state = s5.NewState(2);
        var outputs = new double[inputs.Length];
        s5.Scan(inputs, 2, state, outputs);
        Nearness.Check(outputs, Sum(GoldenLayers.S5.Read("ssm_output_zoh_bidirectional"), inputs), Golden);
        Assert.That(() => s5.Scan(inputs, 2, state, outputs), Throws.InstanceOf<ModelException>().With.Message.Contains("pieces"));
    }

    [TestCase(0.0, "ssm_output_zoh")]
    [TestCase(2.5, "ssm_output_zoh_dt_x2.5")]
    [TestCase(-1.0, "ssm_output_bilinear")]
    public void The_filters_of_s4d_give_their_outputs(double scale, string output)
    {
        using var backend = new ScalarBackend<float>();
        S4dDescription mixer = new() { Modes = 4, Gated = false, StepScale = scale > 0.0 ? scale : 1.0, Rule = scale < 0.0 ? LinearRule.Bilinear : LinearRule.ZeroOrderHold };
        using LayerStack s4d = Stack(mixer, 6, new ListedParameters().Add("layers.0.mixer", GoldenLayers.S4dParameters), backend);
        double[] inputs = GoldenLayers.S4d.Read("input");
        CheckScanAndSteps(s4d, inputs, Sum(GoldenLayers.S4d.Read(output), inputs));
    }

    [Test]
    public void Final_states_are_those_of_the_reference()
    {
        using var backend = new ScalarBackend<double>();
        using LayerStack s5 = S5Stack(backend, _ => { }, bare: true);
        double[] inputs = GoldenLayers.S5.Read("input");
        using SequenceState state = s5.NewState(2);
        s5.Scan(inputs, 2, state, Span<double>.Empty);
        var states = new double[2 * 12];
        backend.Download(state.BufferOf(0), states);
        double[] expected = GoldenLayers.S5.Read("final_state_zoh_ri");
        double[] found = [.. Enumerable.Range(0, 24).Select(i => states[(12 * (i / 12)) + (6 * (i % 2)) + (i % 12 / 2)])];
        Nearness.Check(found, expected, Golden);
    }

    [Test]
    public void Pieces_down_to_single_tokens_give_what_a_whole_sequence_gives(
        [Values(S5Tail.None, S5Tail.Gelu, S5Tail.FullGlu, S5Tail.HalfGlu1, S5Tail.HalfGlu2)] S5Tail tail, [ValueSource(nameof(BackendNames))] string backend)
    {
        using ITensorBackend made = Backends[backend]();
        for (ulong seed = 1; seed < 4; seed++)
        {
            int width = 2 + (int)(3 * seed);
            S5Parameters numbers = RandomLayers.S5(1 + (int)(2 * seed), width, seed);
            var mixer = new S5Description { Modes = numbers.Modes, Tail = tail };
            using LayerStack stack = Stack(mixer, width, new ListedParameters(seed).Add("layers.0.mixer", numbers), made);
            CheckPieces(stack, width, 17 + (int)seed);
        }
    }

    [Test]
    public void Pieces_of_s4d_give_what_a_whole_sequence_gives([ValueSource(nameof(BackendNames))] string backend)
    {
        using ITensorBackend made = Backends[backend]();
        for (ulong seed = 1; seed < 4; seed++)
        {
            int width = 1 + (int)(3 * seed);
            S4dParameters numbers = RandomLayers.S4d(width, 1 + (int)seed, seed);
            using LayerStack stack = Stack(new S4dDescription { Modes = numbers.Modes }, width, new ListedParameters(seed).Add("layers.0.mixer", numbers), made);
            CheckPieces(stack, width, 20);
        }
    }

    [Test]
    public void The_continuous_system_of_a_layer_is_the_layer()
    {
        using var backend = new ScalarBackend<double>();
        S5Parameters numbers = RandomLayers.S5(5, 3, seed: 9);
        using LayerStack stack = Stack(new S5Description { Modes = 5, Tail = S5Tail.None }, 3, new ListedParameters().Add("layers.0.mixer", numbers), backend);
        var layer = (S5Layer)stack.Layers[0].Blocks[0].Mixer;
        double[] inputs = RandomLayers.Reals(3 * 50, 5, 2, -1.0, 1.0);
        double[] expected = Sum(layer.Parameters.ToModal(0.01).Discretize(0.01).Run(inputs), inputs);
        Nearness.Check(Scan(stack, inputs, 1, 50), expected, 1e-13);
    }

    [Test]
    public void A_missing_number_is_named()
    {
        using var backend = new ScalarBackend<float>();
        JsonNode config = Config();
        config["P"] = 7;
        AdaptedModel model = HuggingFaceModel.Describe(ModelConfig.Parse(config.ToJsonString(), "config.json"));
        string message = Assert.Throws<ModelException>(() => StackBuilder.Build(model.Stack, Checkpoint(model), backend))!.Message;
        Assert.That(message, Does.Contain("seq.Lambda_re").And.Contain("seq.B").And.Contain("7 x 10"));
        config["discretization"] = "euler";
        Assert.That(() => HuggingFaceModel.Describe(ModelConfig.Parse(config.ToJsonString(), "config.json")), Throws.InstanceOf<ModelException>().With.Message.Contains("euler"));
    }

    private static void CheckScanAndSteps(LayerStack stack, double[] inputs, double[] expected)
    {
        int length = inputs.Length / (2 * stack.Outputs);
        Nearness.Check(Scan(stack, inputs, 2, length), expected, Golden, "scan");
        Nearness.Check(Scan(stack, inputs, 2, 1), expected, Golden, "steps");
    }

    private static void CheckPieces(LayerStack stack, int width, int length)
    {
        double[] inputs = RandomLayers.Reals(2 * width * length, 3, 7, -1.0, 1.0);
        double[] whole = Scan(stack, inputs, 2, length);
        Nearness.Check(Scan(stack, inputs, 2, 1), whole, 1e-5);
        Nearness.Check(Scan(stack, inputs, 2, 6), whole, 1e-5);
    }

    // The sequence of each stream in calls of some tokens.
    private static double[] Scan(LayerStack stack, double[] inputs, int streams, int piece)
    {
        int width = stack.Outputs;
        int length = inputs.Length / (streams * width);
        using SequenceState state = stack.NewState(streams);
        var outputs = new double[inputs.Length];
        for (int at = 0; at < length; at += piece)
        {
            int count = Math.Min(piece, length - at);
            var x = new double[streams * count * width];
            var y = new double[x.Length];
            for (int s = 0; s < streams; s++)
            {
                inputs.AsSpan(((s * length) + at) * width, count * width).CopyTo(x.AsSpan(s * count * width));
            }

            stack.Scan(x, streams, state, y);
            for (int s = 0; s < streams; s++)
            {
                y.AsSpan(s * count * width, count * width).CopyTo(outputs.AsSpan(((s * length) + at) * width));
            }
        }

        return outputs;
    }

    private static LayerStack Stack(MixerDescription mixer, int width, IParameterSource parameters, ITensorBackend backend) => StackBuilder.Build(
        new StackDescription { Width = width, Layers = [new([new BlockDescription { Name = "mixer", Mixer = mixer }])] }, parameters, backend);

    private static LayerStack S5Stack(ITensorBackend backend, Action<JsonNode> change, bool bare = false)
    {
        JsonNode config = Config();
        change(config);
        AdaptedModel model = HuggingFaceModel.Describe(ModelConfig.Parse(config.ToJsonString(), "config.json"));
        BlockDescription block = model.Stack.Layers[0].Blocks[0];
        BlockDescription plain = block with { Norm = null, Mixer = (S5Description)block.Mixer with { Tail = S5Tail.None } };
        return StackBuilder.Build(bare ? model.Stack with { Layers = [new([plain])] } : model.Stack, Checkpoint(model), backend);
    }

    private static CheckpointParameters Checkpoint(AdaptedModel model) => new(SafetensorsCheckpoint.Of(GoldenLayers.S5File), model.Names);

    private static JsonNode Config() => JsonNode.Parse(File.ReadAllText(Path.Combine(GoldenLayers.S5.Folder, "config.json")))!;

    private static double[] Sum(double[] a, double[] b) => [.. a.Zip(b, (x, y) => x + y)];
}
