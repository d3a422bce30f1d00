using HybridControl.Diagnostics;
using HybridControl.Gpu.Devices;
using HybridControl.Gpu.Neural;
using HybridControl.Neural.Tensors;

namespace HybridControl.Gpu.Tests.Neural;

/// <summary>What a user gets who asks for a back-end by a word.</summary>
public sealed class NeuralBackendsTests
{
    [TestCase("scalar", "plain loops")]
    [TestCase("simd", "bits")]
    public void A_word_opens_its_backend_in_either_precision(string kind, string name)
    {
        foreach (Precision precision in Enum.GetValues<Precision>())
        {
            using NeuralBackendChoice choice = NeuralBackends.Open(kind, precision, workers: 1);
            Assert.That(choice.Kind, Is.EqualTo(kind));
            Assert.That(choice.Backend.Precision, Is.EqualTo(precision));
            Assert.That(choice.Backend.Name, Does.Contain(name));
        }
    }

    [Test]
    public void A_word_that_is_not_known_is_answered_with_those_that_are() =>
        Assert.That(() => NeuralBackends.Open("cuda"), Throws.TypeOf<ModelException>().With.Message.Contains("'cuda'").And.Message.Contains("auto, scalar, simd, gpu"));

    [Test]
    public void Without_a_device_auto_says_why_and_gpu_is_refused()
    {
        if (GpuDevice.TryBest(out GpuDevice? device))
        {
            device!.Dispose();
            Assert.Ignore("There is a device.");
        }

        using NeuralBackendChoice choice = NeuralBackends.Open("auto", workers: 1);
        Assert.That(choice.Kind, Is.EqualTo("simd"));
        Assert.That(choice.Why, Is.EqualTo("no graphics processor can be used"));
        Assert.That(() => NeuralBackends.Open("gpu"), Throws.TypeOf<ModelException>().With.Message.Contains("'auto'").And.Message.Contains("hybrid devices"));
    }

    [Test]
    [Category("Gpu")]
    public void With_a_device_auto_takes_it()
    {
        if (!GpuDevice.TryBest(out GpuDevice? device))
        {
            Assert.Ignore(DeviceDiagnosis.Describe().Finding().What);
        }

        device!.Dispose();
        using NeuralBackendChoice choice = NeuralBackends.Open("auto");
        Assert.That(choice.Kind, Is.EqualTo("gpu"));
    }
}
