using System.Reflection;
using HybridControl.Diagnostics;
using HybridControl.Ensembles.Machine;
using HybridControl.Gpu.Compilation;
using HybridControl.Gpu.Kernels;
using ILGPU;

namespace HybridControl.Gpu.Tests.Compilation;

/// <summary>Every shipped kernel compiles for sm_80 and sm_90 with no device at hand.</summary>
public sealed class PtxCompilerTests
{
    private static IEnumerable<TestCaseData> ShippedKernels()
    {
        foreach (int capability in new[] { 80, 90 })
        {
            yield return new TestCaseData(Method(typeof(MachineKernels), nameof(MachineKernels.Start), typeof(double)), capability);
            yield return new TestCaseData(Method(typeof(MachineKernels), nameof(MachineKernels.Start), typeof(float)), capability);
            foreach (string name in new[] { nameof(ReductionKernels.Sum), nameof(ReductionKernels.CountStatuses) })
            {
                yield return new TestCaseData(Method(typeof(ReductionKernels), name, typeof(double), typeof(DoubleWidening)), capability);
                yield return new TestCaseData(Method(typeof(ReductionKernels), name, typeof(float), typeof(SingleWidening)), capability);
            }
        }
    }

    [TestCaseSource(nameof(ShippedKernels))]
    public void Shipped_kernels_compile_to_closed_ptx(MethodInfo kernel, int capability)
    {
        PtxReport report = PtxCompiler.Compile(kernel, capability);
        Assert.That(report.Unresolved, Is.Empty);
        Assert.That(report.Recursive, Is.Empty);
        Assert.That(report.LocalBytes, Is.Zero);
    }

    [Test]
    public void A_kernel_that_cannot_run_on_a_device_is_refused_and_the_next_one_compiles()
    {
        Assert.That(
            () => PtxCompiler.Compile(Method(typeof(PtxCompilerTests), nameof(Throwing)), 90),
            Throws.TypeOf<ModelException>().With.Message.Contains("Throwing").And.Message.Contains("CPU"));
        Assert.That(PtxCompiler.Compile(Method(typeof(PtxCompilerTests), nameof(Plain)), 90).Functions, Is.Not.Empty);
    }

    [Test]
    public void A_function_that_is_not_there_and_one_that_calls_itself_are_found()
    {
        Assert.That(PtxCompiler.Compile(Method(typeof(PtxCompilerTests), nameof(Unresolved)), 90).Unresolved, Is.Not.Empty);
        Assert.That(PtxCompiler.Compile(Method(typeof(PtxCompilerTests), nameof(Recursive)), 90).Recursive, Is.Not.Empty);
        Assert.That(PtxCompiler.Compile(Method(typeof(PtxCompilerTests), nameof(Spilling)), 90).LocalBytes, Is.EqualTo(64));
    }

    private static void Plain(Index1D i, ArrayView<double> x) => x[i] = i;

    private static void Throwing(Index1D i, ArrayView<double> x) => x[i] = Math.Clamp(x[i], 0.0, 1.0);

    private static void Unresolved(Index1D i, ArrayView<double> x) => x[i] = Math.Cbrt(x[i]);

    private static void Recursive(Index1D i, ArrayView<int> x) => x[i] = Fibonacci(i);

    private static int Fibonacci(int n) => n < 2 ? n : Fibonacci(n - 1) + Fibonacci(n - 2);

    private static void Spilling(Index1D i, ArrayView<double> x)
    {
        double[] table = new double[8];
        for (int k = 0; k < 8; k++)
        {
            table[k] = x[k];
        }

        x[i] = table[(int)x[i]];
    }

    private static MethodInfo Method(Type type, string name, params Type[] arguments)
    {
        MethodInfo method = type.GetMethod(name, BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static)!;
        return arguments.Length > 0 ? method.MakeGenericMethod(arguments) : method;
    }

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
