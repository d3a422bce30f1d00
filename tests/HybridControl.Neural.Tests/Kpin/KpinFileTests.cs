using HybridControl.Diagnostics;
using HybridControl.Estimation;
using HybridControl.Neural.Kpin;
using HybridControl.Neural.Safetensors;
using HybridControl.Neural.Tests.TestKit;

namespace HybridControl.Neural.Tests.Kpin;

public class KpinFileTests
{
    [Test]
    public void Network_comes_back_bit_for_bit([Values] KpinLevel level, [Values] bool withEnvelope)
    {
        KpinNetwork network = Network(level, withEnvelope);
        KpinNetwork read = KpinFile.Read(Tensors(KpinFile.Write(network)), "test");
        KpinProblem test = MismatchedSpring.Test();
        Assert.Multiple(() =>
        {
            Assert.That(Bits(read), Is.EqualTo(Bits(network)));
            Assert.That(read.Design.Features.StateScale, Is.EqualTo(network.Design.Features.StateScale));
            Assert.That(read.Design.Features.Use, Is.EqualTo(network.Design.Features.Use));
            Assert.That(read.Design.Influence, Is.EqualTo(network.Design.Influence));
            Assert.That(read.Design.ProcessFactor, Is.EqualTo(1.0 / 3.0));
            Assert.That(read.Design.Envelope?.Limit, Is.EqualTo(network.Design.Envelope?.Limit));
            Assert.That(KpinScore.Of(test, read).NegativeLogLikelihood, Is.EqualTo(KpinScore.Of(test, network).NegativeLogLikelihood));
        });
    }

    [Test]
    public void Network_of_another_model_is_refused_with_every_finding()
    {
        string path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.safetensors");
        try
        {
            KpinFile.Save(path, Network(KpinLevel.Residual, withEnvelope: false));
            var transition = new LinearTransition(new[,] { { 1.0 } }, new[,] { { 1.0 } });
            var sensor = new LinearMeasurement(new[,] { { 1.0 }, { 1.0 } }, new[,] { { 1.0, 0.0 }, { 0.0, 1.0 } });
            var fault = Assert.Throws<ModelException>(() => KpinFile.Load(path, transition, sensor));
            Assert.That(fault.Findings.Select(finding => finding.Where), Is.EqualTo(new[]
            {
                "kpin.features.states", "kpin.features.measurements", "kpin.noises",
            }));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Test]
    public void Tensors_that_do_not_fit_the_description_are_refused_with_every_finding()
    {
        KpinNetwork network = Network(KpinLevel.Residual, withEnvelope: false);
        SafetensorsFile whole = Tensors(KpinFile.Write(network));
        var writer = new SafetensorsWriter().Note("kpin", whole.Metadata["kpin"]).Add("extra", [1], [1.0]);
        foreach (SafetensorsEntry tensor in whole.Tensors)
        {
            var values = new double[tensor.Count];
            whole.CopyTo(tensor, values);
            switch (tensor.Name)
            {
                case "residual.weight":
                    break;
                case "residual.bias":
                    writer.Add(tensor.Name, [3, 1], [1.0, 2.0, 3.0]);
                    break;
                case "trunk.0.bias":
                    values[2] = double.NaN;
                    writer.Add(tensor.Name, tensor.Shape.AsSpan(), values);
                    break;
                case "trunk.1.bias":
                    writer.Add(tensor.Name, tensor.Shape.AsSpan(), new long[tensor.Count]);
                    break;
                default:
                    writer.Add(tensor.Name, tensor.Shape.AsSpan(), values);
                    break;
            }
        }

        var fault = Assert.Throws<ModelException>(() => KpinFile.Read(Tensors(writer), "test"));
        Assert.That(fault.Findings.Select(finding => finding.Where), Is.EquivalentTo(new[]
        {
            "test, residual.weight", "test, residual.bias", "test, trunk.0.bias", "test, trunk.1.bias", "test, extra",
        }));
    }

    [TestCase("{}", "not sound JSON")]
    [TestCase("null", "it is null")]
    [TestCase("[", "not sound JSON")]
    public void Description_that_is_not_sound_is_refused(string json, string message)
    {
        var writer = new SafetensorsWriter().Note("kpin", json);
        Assert.That(() => KpinFile.Read(Tensors(writer), "test"), Throws.InstanceOf<ModelException>().With.Message.Contains(message));
    }

    [Test]
    public void Description_that_lies_is_refused_with_every_finding()
    {
        SafetensorsFile whole = Tensors(KpinFile.Write(Network(KpinLevel.Residual, withEnvelope: false)));
        string json = whole.Metadata["kpin"].Replace("\"states\":2", "\"states\":-2", StringComparison.Ordinal)
            .Replace("\"version\":1", "\"version\":7", StringComparison.Ordinal).Replace("[16,16]", "[]", StringComparison.Ordinal);
        var fault = Assert.Throws<ModelException>(() => KpinFile.Read(Tensors(new SafetensorsWriter().Note("kpin", json)), "test"));
        Assert.That(fault.Findings.Select(finding => finding.Where), Is.EqualTo(new[] { "test, kpin.version", "test, kpin.states", "test, kpin.hidden" }));
    }

    [Test]
    public void File_of_something_else_is_refused() => Assert.That(
        () => KpinFile.Read(Tensors(new SafetensorsWriter().Add("x", [1], [1.0])), "test"),
        Throws.InstanceOf<ModelException>().With.Message.Contains("hold no 'kpin'"));

    private static KpinNetwork Network(KpinLevel level, bool withEnvelope)
    {
        KpinProblem train = MismatchedSpring.Train();
        KpinFeatures features = KpinTraining.FeaturesFor(train, KpinInputs.Innovation);
        KpinDesign design = MismatchedSpring.Design(level, features) with
        {
            ProcessFactor = 1.0 / 3.0,
            Envelope = withEnvelope ? KpinEnvelope.Around(Gradients.Random(30, 1), 3) : null,
        };
        var network = new KpinNetwork(design, 2, seed: 1);
        Gradients.Random(network.Parameters.Length, 2, -0.2, 0.2).CopyTo(network.Parameters.Values);
        return network;
    }

    private static SafetensorsFile Tensors(SafetensorsWriter writer)
    {
        using var stream = new MemoryStream();
        writer.Write(stream);
        return SafetensorsFile.Parse(stream.ToArray(), "test");
    }

    private static long[] Bits(KpinNetwork network) => [.. network.Parameters.Values.ToArray().Select(BitConverter.DoubleToInt64Bits)];
}
