using HybridControl.Diagnostics;
using HybridControl.Neural.Backends.Cpu;
using HybridControl.Neural.HuggingFace;
using HybridControl.Neural.Safetensors;
using HybridControl.Neural.Tests.TestKit;
using HybridControl.Neural.Vision;

namespace HybridControl.Neural.Tests.HuggingFace;

public class HuggingFaceVisionTests
{
    [TestCase("mambavision")]
    [TestCase("heracles")]
    public void Tensors_that_are_missing_or_not_used_are_refused_by_name(string name)
    {
        string[] missing = Refusals(name, (tensor, writer, checkpoint) =>
        {
            if (tensor.Name is not "head.bias")
            {
                writer.Add(checkpoint, tensor);
            }
        });
        Assert.That(missing, Has.Length.EqualTo(1).And.Some.EndsWith("head.bias"));
        string[] unused = Refusals(name, (tensor, writer, checkpoint) =>
        {
            writer.Add(checkpoint, tensor);
            if (tensor.Name == "head.bias")
            {
                writer.Add("head.spare", [1], [0.0]);
            }
        });
        Assert.That(unused, Has.Length.EqualTo(1).And.Some.EndsWith("head.spare"));
    }

    [Test]
    public void Names_may_stand_below_a_wrapper_and_batches_may_be_counted()
    {
        using TemporaryFolder folder = Altered("mambavision", (tensor, writer, checkpoint) =>
        {
            var values = new double[tensor.Count];
            checkpoint.CopyTo(tensor, values);
            writer.Add($"model.{tensor.Name}", tensor.Shape.AsSpan(), values);
            if (tensor.Name.EndsWith(".running_var", StringComparison.Ordinal))
            {
                writer.Add($"model.{tensor.Name.Replace("running_var", "num_batches_tracked", StringComparison.Ordinal)}", [], new long[] { 17 });
            }
        });
        using var backend = new ScalarBackend<float>();
        using VisionStack stack = HuggingFaceVision.Load(folder.Path, backend);
        Assert.That(stack.Outputs, Is.EqualTo(11));
    }

    [Test]
    public void Every_value_that_is_missing_or_unknown_is_refused_at_once()
    {
        ModelConfig config = ModelConfig.Parse("""{"model_type": "heracles", "spectral": "hartley", "depths": [1, 1.5], "stem_hidden_dim": 8}""", "config.json");
        Assert.That(
            Assert.Throws<ModelException>(() => HuggingFaceVision.Describe(config))!.Findings.Select(finding => finding.Where),
            Is.EquivalentTo(new[] { "spectral", "embed_dims", "depths", "num_heads", "mlp_ratios" }.Select(key => $"config.json, {key}")));
        Assert.That(
            () => HuggingFaceVision.Describe(ModelConfig.Parse("""{"model_type": "mamba"}""", "config.json")), Throws.TypeOf<ModelException>());
    }

    private static string[] Refusals(string name, Action<SafetensorsEntry, SafetensorsWriter, SafetensorsCheckpoint> write)
    {
        using TemporaryFolder folder = Altered(name, write);
        using var backend = new ScalarBackend<float>();
        return [.. Assert.Throws<ModelException>(() => HuggingFaceVision.Load(folder.Path, backend))!.Findings.Select(finding => finding.Where)];
    }

    private static TemporaryFolder Altered(string name, Action<SafetensorsEntry, SafetensorsWriter, SafetensorsCheckpoint> write)
    {
        var folder = new TemporaryFolder();
        string source = Path.Combine(GoldenCase.Root, name);
        File.Copy(Path.Combine(source, "config.json"), folder.File("config.json"));
        using SafetensorsCheckpoint checkpoint = SafetensorsCheckpoint.Open(source);
        var writer = new SafetensorsWriter();
        foreach (SafetensorsEntry tensor in checkpoint.Tensors)
        {
            write(tensor, writer, checkpoint);
        }

        writer.Save(folder.File("model.safetensors"));
        return folder;
    }
}
