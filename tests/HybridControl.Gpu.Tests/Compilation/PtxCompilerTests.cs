using HybridControl.Ensembles.Machine;
using HybridControl.Gpu.Compilation;
using HybridControl.Gpu.Kernels;

namespace HybridControl.Gpu.Tests.Compilation;

/// <summary>Every shipped kernel compiles for sm_80 and sm_90 with no device at hand.</summary>
public sealed class PtxCompilerTests
{
    [Test]
    public void Hand_made_machines_compile_to_closed_ptx([Values(80, 90)] int capability, [Values] KernelPrecision precision)
    {
        foreach (TrajectoryMachine machine in new[] { SampleMachines.Lorenz(1000), SampleMachines.Ball(8, true) })
        {
            Type model = MachineKernelEmitter.Emit(machine, new(machine, [64]), precision);
            PtxReport report = PtxCompiler.Compile(
                precision == KernelPrecision.Double ? MachineLauncher<double>.KernelOf(model) : MachineLauncher<float>.KernelOf(model),
                capability);
            Assert.Multiple(() =>
            {
                Assert.That(report.Unresolved, Is.Empty);
                Assert.That(report.Recursive, Is.Empty);
                Assert.That(report.LocalBytes, Is.Zero);
                Assert.That(report.Text, Does.Contain(".entry"));
            });
        }
    }
}
