using HybridControl.Gpu.Devices;
using HybridControl.Gpu.Tests.Devices;
using OpCode = HybridControl.Symbolics.OpCode;

namespace HybridControl.Gpu.Tests.Kernels;

/// <summary>Every function of kernels on the devices of this machine, which may fuse what they multiply and add.</summary>
[Category("Gpu")]
[TestFixture(GpuDeviceKind.Cuda)]
[TestFixture(GpuDeviceKind.OpenCL)]
public sealed class PresentDeviceMathTests(GpuDeviceKind kind)
{
    private GpuDevice _device = null!;

    [OneTimeSetUp]
    public void Open() => _device = PresentDevice.Of(kind);

    [OneTimeTearDown]
    public void Close() => _device?.Dispose();

    [TestCaseSource(typeof(KernelMathTests), nameof(KernelMathTests.Functions))]
    public void A_function_agrees_with_the_interpreter_to_rounding(OpCode op) => KernelMathTests.AgreesWithTheInterpreter(op, _device);
}
