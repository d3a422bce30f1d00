using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using HybridControl.Diagnostics;
using HybridControl.Ensembles;
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

    private static string[] Models() => ModelFolder.Files();

    /// <summary>The machine of every model file; one that no machine can run is ignored with the reason.</summary>
    [TestCaseSource(nameof(Models))]
    public void Every_model_compiles_to_closed_ptx(string name)
    {
        EnsemblePlan plan = ModelFolder.PlanOf(name);
        ImmutableArray<Finding> findings = MachineCompiler.Check(plan);
        if (!findings.IsEmpty)
        {
            Assert.Ignore(findings[0].ToString());
        }

        TrajectoryMachine machine = MachineCompiler.Compile(plan, 0);
        foreach (MachineProgram program in machine.Programs)
        {
            if (MachineKernelEmitter.Unsupported(program) is { } op)
            {
                Assert.Ignore($"'{program.Name}' uses {op}, which kernels do not have.");
            }
        }

        var rows = new MachineRows(machine, []);
        foreach (int capability in new[] { 80, 90 })
        {
            long start = Stopwatch.GetTimestamp();
            PtxReport report = PtxCompiler.Compile(
                MachineLauncher<double>.KernelOf(MachineKernelEmitter.Emit(machine, rows, KernelPrecision.Double)), capability);
            TestContext.Out.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{name} sm_{capability}: {machine.Programs.Length} programs, {rows.RegisterRows} of {machine.RegisterCount} registers in memory, {report.Instructions.Values.Sum()} instructions, {report.Count("fma.") + report.Count("mul.f64") + report.Count("add.f64") + report.Count("sub.f64")} of arithmetic, {report.Registers.GetValueOrDefault("%fd")} virtual fp64 registers, {report.LocalBytes} bytes local, {Stopwatch.GetElapsedTime(start).TotalMilliseconds:F0} ms"));
            TestContext.Out.WriteLine(Ptxas.TryRun(report, capability, out string summary) ? summary : $"ptxas: {summary}");
            Assert.That(report.Unresolved, Is.Empty);
            Assert.That(report.Recursive, Is.Empty);
            Assert.That(report.LocalBytes, Is.Zero);
        }
    }

    [Test]
    public void A_rosenbrock_step_compiles_to_closed_ptx([Values(80, 90)] int capability)
    {
        TrajectoryMachine machine = MachineCompiler.Compile(ModelFolder.Stiff, 0);
        PtxReport report = PtxCompiler.Compile(
            MachineLauncher<double>.KernelOf(MachineKernelEmitter.Emit(machine, new MachineRows(machine, []), KernelPrecision.Double)), capability);
        TestContext.Out.WriteLine($"{report.Instructions.Values.Sum()} instructions");
        Assert.That(report.Unresolved, Is.Empty);
        Assert.That(report.Recursive, Is.Empty);
        Assert.That(report.LocalBytes, Is.Zero);
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
