using HybridControl.Gpu.Devices;
using HybridControl.Gpu.Neural;
using HybridControl.Neural.Backends;
using HybridControl.Neural.HuggingFace;
using HybridControl.Neural.Tests.TestKit;

namespace HybridControl.Gpu.Tests.Neural;

/// <summary>Every language model of the reference data on the emulated device.</summary>
public sealed class GoldenStacksOnDeviceTests
{
    private readonly GpuDevice _device = GpuDevice.Emulated();

    private static IEnumerable<string> Names() => GoldenStack.Names.Where(name => HuggingFaceModel.ModelTypes.Contains(
        new GoldenCase(name).Config.GetProperty("model_type").GetString(), StringComparer.OrdinalIgnoreCase));

    [TestCaseSource(nameof(Names))]
    public void A_stack_gives_the_golden_logits_layers_and_caches(string name)
    {
        using ITensorBackend backend = GpuTensorBackend.Create(_device);
        using var golden = new GoldenStack(name, backend);
        golden.CheckFull();
        golden.CheckPrefillAndDecode();
        golden.CheckSplit();
        golden.CheckRestore();
    }

    [OneTimeTearDown]
    public void Close() => _device.Dispose();
}
