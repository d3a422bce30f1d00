using System.Text.Json.Nodes;
using HybridControl.Diagnostics;
using HybridControl.Neural.Backends.Cpu;
using HybridControl.Neural.HuggingFace;
using HybridControl.Neural.Safetensors;
using HybridControl.Neural.Sequences;
using HybridControl.Neural.Stacks;
using HybridControl.Neural.Tests.TestKit;

namespace HybridControl.Neural.Tests.HuggingFace;

/// <summary>What is wrong with a checkpoint is told by name, all of it at once, before anything runs.</summary>
public class CheckpointRefusalTests
{
    [Test]
    public void Missing_unused_and_misshapen_tensors_are_told_at_once()
    {
        using var folder = new TemporaryFolder();
        Change(folder, "jamba", tensors =>
        {
            tensors["model.layers.0.mamba.A_logarithm"] = tensors["model.layers.0.mamba.A_log"];
            tensors.Remove("model.layers.0.mamba.A_log");
            tensors["lm_head.weight"] = ([24, 47], tensors["lm_head.weight"].Values);
            tensors.Remove("model.layers.1.feed_forward.experts.2.up_proj.weight");
        });
        string[] places = Refused(folder);
        Assert.That(places, Is.EquivalentTo(new[]
        {
            "model.layers.0.mamba.A_log", "lm_head.weight", "model.layers.1.feed_forward.experts.2.up_proj.weight", "model.layers.0.mamba.A_logarithm",
        }));
    }

    [TestCase("granitemoehybrid", "model.layers.0.block_sparse_moe.input_linear.weight", new long[] { 4, 24, 40 })]
    [TestCase("granitemoehybrid", "model.layers.0.shared_mlp.input_linear.weight", new long[] { 24, 56 })]
    [TestCase("transxssm", "model.layers.0.ssd.dt_proj.weight", new long[] { 8, 12 })]
    public void A_tensor_that_is_seen_by_parts_must_have_its_shape(string name, string tensor, long[] shape)
    {
        using var folder = new TemporaryFolder();
        Change(folder, name, tensors => tensors[tensor] = (shape, tensors[tensor].Values));
        Assert.That(Refused(folder), Is.EqualTo(new[] { tensor }));
    }

    [Test]
    public void More_experts_than_the_configuration_has_are_refused()
    {
        using var folder = new TemporaryFolder();
        Change(folder, "granitemoehybrid", tensors =>
        {
            (long[] _, double[] values) = tensors["model.layers.1.block_sparse_moe.input_linear.weight"];
            tensors["model.layers.1.block_sparse_moe.input_linear.weight"] = ([5, 40, 24], [.. values, .. values[..(40 * 24)]]);
        });
        Assert.That(Refused(folder), Is.EqualTo(new[] { "model.layers.1.block_sparse_moe.input_linear.weight" }));
    }

    [Test]
    public void Experts_of_jamba_may_stand_in_two_tensors()
    {
        using var folder = new TemporaryFolder();
        Change(folder, "jamba", tensors =>
        {
            for (int i = 1; i < 8; i += 2)
            {
                string experts = $"model.layers.{i}.feed_forward.experts";
                double[] Take(int e, string name)
                {
                    double[] values = tensors[$"{experts}.{e}.{name}.weight"].Values;
                    tensors.Remove($"{experts}.{e}.{name}.weight");
                    return values;
                }

                tensors[$"{experts}.gate_up_proj"] = ([4, 80, 24], [.. Enumerable.Range(0, 4).SelectMany(e => Take(e, "gate_proj").Concat(Take(e, "up_proj")))]);
                tensors[$"{experts}.down_proj"] = ([4, 24, 40], [.. Enumerable.Range(0, 4).SelectMany(e => Take(e, "down_proj"))]);
            }
        });
        using var backend = new ScalarBackend<float>();
        using LayerStack fused = HuggingFaceModel.Load(folder.Path, backend);
        using LayerStack apart = HuggingFaceModel.Load(Path.Combine(GoldenCase.Root, "jamba"), backend);
        Assert.That(Logits(fused), Is.EqualTo(Logits(apart)));
    }

    [Test]
    public void An_unknown_kind_of_model_is_refused_with_a_suggestion() =>
        Assert.That(
            () => HuggingFaceModel.Describe(ModelConfig.Parse("""{ "model_type": "jmaba" }""", "config.json")),
            Throws.TypeOf<ModelException>().With.Message.Contains("'jmaba'").And.Message.Contains("Did you mean 'jamba'?"));

    [Test]
    public void Values_that_do_not_fit_together_are_refused_for_every_architecture()
    {
        Assert.That(GoldenConfig.Refusals("jamba", config => config["num_key_value_heads"] = 3), Has.Some.Contains("layers.4.mixer.heads"));
        Assert.That(GoldenConfig.Refusals("jamba", config => config["num_experts_per_tok"] = 5), Has.Some.Contains("mlp.chosen"));
        Assert.That(GoldenConfig.Refusals("granitemoehybrid", config => config["layer_types"] = new JsonArray("mamba", "convolution")), Has.Length.EqualTo(2));
        Assert.That(GoldenConfig.Refusals("nemotron_h", config => config["hybrid_override_pattern"] = "M-X"), Has.Some.Contains("hybrid_override_pattern"));
        Assert.That(GoldenConfig.Refusals("nemotron_h", config => config["n_groups"] = 3), Has.Some.Contains("layers.0.mixer.heads"));
        Assert.That(GoldenConfig.Refusals("nemotron_h_b", config => config["topk_group"] = 3), Has.Some.Contains("router.chosenGroups"));
        Assert.That(GoldenConfig.Refusals("hymba", config => config["kv_reuse_group"] = new JsonArray(new JsonArray(2, 1))), Has.Some.Contains("kv_reuse_group"));
        Assert.That(GoldenConfig.Refusals("hymba", config => (config["kq_norm"], config["num_experts"], config["rope_type"]) = ("rms", 2, "yarn")), Has.Length.EqualTo(3));
        Assert.That(GoldenConfig.Refusals("transxssm", config => config["hidden_bias"] = true), Has.Some.Contains("hidden_bias"));
    }

    [TestCase("nemotron_h")]
    [TestCase("nemotron_h_b")]
    public void Both_spellings_of_the_keys_of_nemotron_give_one_model(string name)
    {
        StackDescription usual = GoldenConfig.Describe(name, _ => { }).Stack;
        StackDescription other = GoldenConfig.Describe(name, config =>
        {
            foreach ((string from, string to) in new[]
            {
                ("n_groups", "mamba_n_groups"), ("conv_kernel", "mamba_d_conv"), ("ssm_state_size", "mamba_d_state"), ("mamba_num_heads", "mamba_n_heads"),
                ("mamba_head_dim", "mamba_d_head"), ("layer_norm_epsilon", "norm_eps"), ("head_dim", "attention_head_dim"),
            })
            {
                config[to] = config[from]!.DeepClone();
                config.Remove(from);
            }
        }).Stack;
        Assert.That(StackFile.Write(other), Is.EqualTo(StackFile.Write(usual)));
    }

    [Test]
    public void Keys_of_a_layer_that_keeps_fewer_are_refused() =>
        Assert.That(
            () => StackBuilder.Build(
                GoldenConfig.Describe("hymba", config => config["kv_reuse_group"] = new JsonArray(new JsonArray(1, 3))).Stack, new RandomParameters(1), new ScalarBackend<float>()),
            Throws.TypeOf<ModelException>().With.Message.Contains("layers.3.mixer.keysOf"));

    private static string[] Refused(TemporaryFolder folder)
    {
        ModelException fault = Assert.Throws<ModelException>(() => HuggingFaceModel.Load(folder.Path, new ScalarBackend<float>()))!;
        return [.. fault.Findings.Select(finding => finding.Where.Split(", ")[^1])];
    }

    private static double[] Logits(LayerStack stack)
    {
        using SequenceState state = stack.NewState();
        int[] tokens = [3, 1, 4, 1, 5, 9, 2, 6];
        var logits = new double[tokens.Length * stack.Outputs];
        stack.Scan(tokens, 1, state, logits);
        return logits;
    }

    /// <summary>A golden case with some of its tensors changed.</summary>
    private static void Change(TemporaryFolder folder, string name, Action<Dictionary<string, (long[] Shape, double[] Values)>> change)
    {
        string source = Path.Combine(GoldenCase.Root, name);
        File.Copy(Path.Combine(source, "config.json"), folder.File("config.json"));
        using SafetensorsFile file = SafetensorsFile.Load(Path.Combine(source, "model.safetensors"));
        Dictionary<string, (long[] Shape, double[] Values)> tensors = file.Tensors.ToDictionary(
            tensor => tensor.Name,
            tensor =>
            {
                var values = new double[tensor.Count];
                file.CopyTo(tensor, values);
                return (tensor.Shape.ToArray(), values);
            });
        change(tensors);
        var writer = new SafetensorsWriter();
        foreach ((string tensor, (long[] shape, double[] values)) in tensors)
        {
            writer.Add(tensor, shape, (ReadOnlySpan<float>)[.. values.Select(value => (float)value)]);
        }

        writer.Save(folder.File("model.safetensors"));
    }
}
