using System.Numerics;
using HybridControl.Diagnostics;
using HybridControl.Neural.Autodiff;
using HybridControl.Neural.Backends;
using HybridControl.Neural.Backends.Cpu;
using HybridControl.Neural.HuggingFace;
using HybridControl.Neural.Layers;
using HybridControl.Neural.Layers.OnTape;
using HybridControl.Neural.Safetensors;
using HybridControl.Neural.Sequences;
using HybridControl.Neural.Sequences.Mixers;
using HybridControl.Neural.Stacks;
using HybridControl.Neural.Tensors;
using HybridControl.Neural.Tests.TestKit;
using HybridControl.Neural.Training;

namespace HybridControl.Neural.Tests.Layers;

public class SequenceModelTests
{
    private const double StackTolerance = 1e-4;
    private const double PrimitiveTolerance = 2e-5;

    private static readonly MixerDescription[] Mixers =
    [
        new S4dDescription { Modes = 3 },
        new S4dDescription { Modes = 2, Rule = LinearRule.Bilinear, Gated = false, StepScale = 0.5 },
        new S5Description { Modes = 3, Tail = S5Tail.FullGlu },
        new S5Description { Modes = 4, Rule = LinearRule.Bilinear, Tail = S5Tail.HalfGlu2, ConjugatePairs = false, ClipEigenvalues = true },
        new MambaDescription { Channels = 6, StateSize = 3, StepRank = 2, InnerNorm = 1e-5 },
        new SsdDescription { Heads = 4, HeadWidth = 2, Groups = 2, StateSize = 3, NormGroupWidth = 4 },
        new SsdDescription { Heads = 2, HeadWidth = 3, StateSize = 2, Order = GateOrder.NormThenGate, LeastStep = 1e-3, GreatestStep = 0.5 },
        new SsdDescription { Heads = 2, HeadWidth = 3, StateSize = 2, Order = GateOrder.None },
        new AttentionDescription { Heads = 4, KeyHeads = 2, HeadWidth = 4, Rotary = new(Theta: 100.0, Width: 2), Bias = true },
        new SsdDescription { Heads = 2, HeadWidth = 3, StateSize = 2, Gated = false, StepBias = false, Direct = false, RawRates = true },
        new AttentionDescription { Heads = 2, KeyHeads = 1, HeadWidth = 3, ValueWidth = 2, Window = 4, Scale = 0.3 },
        new MlpDescription { Hidden = 7, Activation = Activation.SquaredRelu },
        new GluDescription { Hidden = 5, Bias = true },
        new GluDescription { Hidden = 5, Activation = Activation.Gelu },
    ];

    private static IEnumerable<string> StacksOfTokens => GoldenCase.All(golden =>
        golden.Has("logits_full") && golden.Config.GetProperty("model_type").GetString() is "mamba" or "mamba2");

    [TestCaseSource(nameof(StacksOfTokens))]
    public void A_checkpoint_gives_its_logits_on_the_tape(string name)
    {
        var golden = new GoldenCase(name);
        SequenceModel model = Open(golden);
        int[] ids = golden.ReadIntegers("input_ids");
        (int batch, int length) = (golden.ShapeOf("input_ids")[0], golden.ShapeOf("input_ids")[1]);
        var tape = new Tape();
        Variable logits = model.Forward(tape, model.Parameters.Bind(tape), Innermost(ids, batch, length), batch);
        Nearness.Check(Outermost(tape.Value(logits), batch), golden.Read("logits_full"), StackTolerance);
    }

    [Test]
    public void S4d_layer_gives_the_golden_output_on_the_tape()
    {
        var golden = new GoldenCase("s4d");
        Nearness.Check(Mixed(Open(golden), golden), golden.Read("output"), PrimitiveTolerance);
    }

    [TestCase(LinearRule.ZeroOrderHold, 1.0, false, S5Tail.None, "ssm_output_zoh")]
    [TestCase(LinearRule.Bilinear, 1.0, false, S5Tail.None, "ssm_output_bilinear")]
    [TestCase(LinearRule.ZeroOrderHold, 0.5, false, S5Tail.None, "ssm_output_zoh_step_rescale_0.5")]
    [TestCase(LinearRule.ZeroOrderHold, 1.0, true, S5Tail.None, "ssm_output_zoh_bidirectional")]
    public void S5_layer_gives_the_golden_output_on_the_tape(LinearRule rule, double scale, bool bidirectional, S5Tail tail, string expected)
    {
        var golden = new GoldenCase("s5");
        SequenceModel model = Open(golden, mixer => ((S5Description)mixer) with
        {
            Rule = rule,
            StepScale = scale,
            Bidirectional = bidirectional,
            Tail = tail,
        });
        Nearness.Check(Mixed(model, golden), golden.Read(expected), PrimitiveTolerance);
    }

    [TestCase(S5Tail.HalfGlu1, "layer_output_half_glu1_prenorm")]
    [TestCase(S5Tail.HalfGlu2, "layer_output_half_glu2_prenorm")]
    public void S5_block_gives_the_golden_output_on_the_tape(S5Tail tail, string expected)
    {
        var golden = new GoldenCase("s5");
        SequenceModel model = Open(golden, mixer => ((S5Description)mixer) with { Tail = tail });
        (double[] x, int batch, int length) = Signals(golden);
        var tape = new Tape();
        Variable y = model.Forward(tape, model.Parameters.Bind(tape), tape.Constant(x, batch, length, x.Length / batch / length));
        Nearness.Check(Outermost(tape.Value(y), batch), golden.Read(expected), PrimitiveTolerance);
    }

    [TestCaseSource(nameof(Mixers))]
    public void What_was_trained_runs_as_a_stack(MixerDescription mixer)
    {
        SequenceModel model = Signal(mixer);
        model.Initialize(5);
        double[] x = Gradients.Random(3 * 9 * 2, 1);
        var tape = new Tape();
        double[] onTape = Outermost(tape.Value(model.Forward(tape, model.Parameters.Bind(tape), tape.Constant(x, 3, 9, 2))), 3);
        using var backend = new ScalarBackend<double>();
        using LayerStack stack = StackBuilder.Build(model.Description, model.Trained, backend);
        using SequenceState state = stack.NewState(3);
        var y = new double[onTape.Length];
        stack.Scan(Outermost(x, 3), 3, state, y);
        Nearness.Check(y, onTape, 1e-10);
    }

    [TestCaseSource(nameof(Mixers))]
    public void Gradient_of_every_parameter_equals_central_differences(MixerDescription mixer)
    {
        SequenceModel model = Signal(mixer);
        model.Initialize(3);
        double[] start = model.Parameters.Values.ToArray();
        double error = Gradients.LargestError(
            (tape, v) =>
            {
                tape.Value(v[0]).CopyTo(model.Parameters.Values);
                for (int i = 0; i < start.Length; i++)
                {
                    model.Parameters.Values[i] += start[i];
                }

                Variable all = tape.Add(v[0], tape.Constant(start, 1, start.Length, 1));
                return model.Forward(tape, new BoundParameters(tape, all), v[1]);
            },
            [new(1, start.Length, 1), new(2, 4, 2)],
            seed: 4, -0.05, 0.05);
        Assert.That(error, Is.LessThan(1e-6));
    }

    [Test]
    public void Copying_is_learned_and_the_seed_alone_decides_how()
    {
        double[] first = Train(1);
        double[] again = Train(1);
        double[] other = Train(2);
        Assert.Multiple(() =>
        {
            Assert.That(first[^1], Is.LessThan(0.5 * first[0]));
            Assert.That(again, Is.EqualTo(first));
            Assert.That(other, Is.Not.EqualTo(first));
        });
    }

    [TestCase(4, true)]
    [TestCase(5, false)]
    public void Hippo_modes_are_eigenvectors_of_the_normal_part(int modes, bool pairs)
    {
        HippoModes hippo = HippoModes.Of(modes, pairs);
        int n = hippo.Size;
        Assert.Multiple(() =>
        {
            Assert.That(n, Is.EqualTo(pairs ? 2 * modes : modes));
            for (int mode = 0; mode < modes; mode++)
            {
                var pole = new Complex(HippoModes.RealPart, hippo.Imaginary[mode]);
                for (int i = 0; i < n; i++)
                {
                    Complex sum = Complex.Zero;
                    for (int k = 0; k < n; k++)
                    {
                        double legS = i > k ? -Math.Sqrt(((2.0 * i) + 1) * ((2.0 * k) + 1)) : i == k ? -(i + 1.0) : 0.0;
                        sum += (legS + (Math.Sqrt(i + 0.5) * Math.Sqrt(k + 0.5))) * hippo.VectorOf(mode)[k];
                    }

                    Assert.That((sum - (pole * hippo.VectorOf(mode)[i])).Magnitude, Is.LessThan(1e-10));
                }
            }

            Assert.That(!pairs || hippo.Imaginary.All(value => value > 0.0));
        });
    }

    [Test]
    public void What_cannot_be_trained_is_refused_by_its_place()
    {
        StackDescription description = Description(new AttentionDescription { Heads = 1, KeyHeads = 1, HeadWidth = 2, Sinks = 1, Window = 2 });
        Assert.That(
            () => new SequenceModel(description with { MetaTokens = 2 }),
            Throws.TypeOf<ModelException>().With.Message.Contains("meta tokens").And.Message.Contains("layers.0.mixer: attention with sinks"));
    }

    [Test]
    public void A_checkpoint_of_another_model_is_refused_with_every_name()
    {
        SequenceModel small = Signal(new MlpDescription { Hidden = 3 });
        SequenceModel large = Signal(new MlpDescription { Hidden = 4 });
        Assert.That(
            () => large.Load(small.Trained),
            Throws.TypeOf<ModelException>().With.Message.Contains("layers.0.mixer.up_proj.weight").And.Message.Contains("3 x 4 instead of 4 x 4"));
    }

    private static double[] Train(ulong seed)
    {
        StackDescription description = new()
        {
            Width = 8,
            Vocabulary = 6,
            Outputs = 6,
            FinalNorm = new(),
            Layers = [new([new() { Name = "mixer", Norm = new(), Mixer = new MambaDescription { Channels = 16, StateSize = 4, StepRank = 1 } }])],
        };
        var model = new SequenceModel(description);
        model.Initialize(seed);
        var trainer = new Trainer { Iterations = 60, ShardSize = 8, Rate = new CosineSchedule(2e-2, 1e-3) };
        return [.. trainer.Run(new CopyTask(model), model.Parameters).Losses];
    }

    private static StackDescription Description(MixerDescription mixer) => new()
    {
        Width = 4,
        Signals = 2,
        Outputs = 3,
        HeadBias = true,
        FinalNorm = new(),
        Layers = [new([new() { Name = "mixer", Norm = new(NormKind.Layer), Mixer = mixer, Scale = 0.7 }])],
    };

    private static SequenceModel Signal(MixerDescription mixer) => new(Description(mixer));

    private static SequenceModel Open(GoldenCase golden, Func<MixerDescription, MixerDescription>? change = null)
    {
        AdaptedModel adapted = HuggingFaceModel.Describe(ModelConfig.Load(Path.Combine(golden.Folder, "config.json")));
        StackDescription stack = adapted.Stack;
        if (change is not null)
        {
            BlockDescription block = stack.Layers[0].Blocks[0];
            stack = stack with { Layers = [new([block with { Mixer = change(block.Mixer) }])] };
        }

        using SafetensorsCheckpoint checkpoint = SafetensorsCheckpoint.Open(golden.Folder);
        var model = new SequenceModel(stack);
        model.Load(new CheckpointParameters(checkpoint, adapted.Names));
        return model;
    }

    // The mixer of the first block without norm and residual.
    private static double[] Mixed(SequenceModel model, GoldenCase golden)
    {
        StackDescription stack = model.Description;
        BlockDescription block = stack.Layers[0].Blocks[0] with { Norm = null, LearnedResidual = true };
        var alone = new SequenceModel(stack with { Layers = [new([block])] });
        foreach (Parameter parameter in alone.Parameters.Parameters)
        {
            if (model.Parameters.Find(parameter.Name) is { } source)
            {
                model.Parameters.ValuesOf(source).CopyTo(alone.Parameters.ValuesOf(parameter));
            }
        }

        (double[] x, int batch, int length) = Signals(golden);
        var tape = new Tape();
        Variable y = alone.Forward(tape, alone.Parameters.Bind(tape), tape.Constant(x, batch, length, x.Length / batch / length));
        return Outermost(tape.Value(y), batch);
    }

    private static (double[] Values, int Batch, int Length) Signals(GoldenCase golden)
    {
        int[] shape = golden.ShapeOf("input");
        double[] values = golden.Read("input");
        return (Innermost(values, shape[0], values.Length / shape[0]), shape[0], shape[1]);
    }

    private static T[] Innermost<T>(T[] values, int batch, int elements) =>
        [.. Enumerable.Range(0, values.Length).Select(i => values[(i % batch * elements) + (i / batch)])];

    private static double[] Outermost(ReadOnlySpan<double> values, int batch)
    {
        var result = new double[values.Length];
        int elements = values.Length / batch;
        for (int i = 0; i < values.Length; i++)
        {
            result[(i % batch * elements) + (i / batch)] = values[i];
        }

        return result;
    }

    /// <summary>Say the token before the last one.</summary>
    private sealed class CopyTask(SequenceModel model) : ITrainingTask
    {
        private const int Length = 6;

        public int Samples => 16;

        public string SampleName(int sample) => $"sample {sample}";

        public double? Validate() => null;

        public TrainingSum Accumulate(Tape tape, int first, int count, int iteration, Span<double> gradient)
        {
            tape.Reset();
            var tokens = new int[Length * count];
            var classes = new int[Length * count];
            for (int k = 0; k < Length; k++)
            {
                for (int b = 0; b < count; b++)
                {
                    tokens[(k * count) + b] = (7 * (first + b) + (k * k * 5) + (k * (first + b))) % 6;
                    classes[(k * count) + b] = k == 0 ? -1 : tokens[((k - 1) * count) + b];
                }
            }

            BoundParameters bound = model.Parameters.Bind(tape);
            Variable logits = model.Forward(tape, bound, tokens, count);
            Variable loss = tape.Scale(tape.Total(tape.CrossEntropy(logits, classes)), 1.0 / (Samples * (Length - 1)));
            tape.Backward(loss);
            tape.Gradient(bound.All).CopyTo(gradient);
            return new(tape.Value(loss)[0]);
        }
    }
}
