using HybridControl.Gpu.Devices;
using HybridControl.Gpu.Neural;
using HybridControl.Gpu.Tests.Devices;
using HybridControl.Neural.Backends;
using HybridControl.Neural.HuggingFace;
using HybridControl.Neural.Tests.TestKit;

namespace HybridControl.Gpu.Tests.Neural;

/// <summary>Every language model of the reference data on a device.</summary>
[TestFixture(GpuDeviceKind.Cuda, Category = "Gpu")]
[TestFixture(GpuDeviceKind.OpenCL, Category = "Gpu")]
[TestFixture(GpuDeviceKind.Emulated)]
public sealed class GoldenStacksOnDeviceTests(GpuDeviceKind kind)
{
    private GpuDevice _device = null!;

    [OneTimeSetUp]
    public void Open() => _device = PresentDevice.Of(kind);

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
    public void Close() => _device?.Dispose();
}
