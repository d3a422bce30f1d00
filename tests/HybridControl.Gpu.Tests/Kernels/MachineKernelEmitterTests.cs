using System.Collections.Immutable;
using System.Numerics;
using System.Reflection;
using System.Text.RegularExpressions;
using HybridControl.Ensembles.Machine;
using HybridControl.Gpu.Compilation;
using HybridControl.Gpu.Devices;
using HybridControl.Gpu.Kernels;
using HybridControl.Symbolics;

namespace HybridControl.Gpu.Tests.Kernels;

/// <summary>Machines in kernels, on the emulated device, against the interpreter of expressions.</summary>
public sealed class MachineKernelEmitterTests
{
    private const int Count = 300;
    private const int Draws = 64;
    private const int Slots = 8;

    [TestCase(1_000_000)]
    [TestCase(7)]
    [TestCase(1)]
    public void Kernel_agrees_with_the_interpreter_bit_for_bit_whatever_the_budget(int budget)
    {
        TrajectoryMachine machine = SampleMachines.Ball(Slots, noise: true);
        Outcome outcome = Run<double>(machine, budget);
        for (int i = 0; i < Count; i++)
        {
            var plain = new PlainMachine(machine, Samples(machine, i), Draw(i));
            for (int r = 0; r < machine.Results.Length; r++)
            {
                Assert.That(outcome.Results[r][i], Is.EqualTo(plain.Registers[machine.Results[r]]), $"trajectory {i}, result {r}");
            }

            for (int entry = 0; entry < 2 * Slots; entry++)
            {
                Assert.That(outcome.Arrays[entry][i], Is.EqualTo(plain.Arrays[entry / Slots][entry % Slots]), $"trajectory {i}, entry {entry}");
            }
        }
    }

    [Test]
    public void Trajectories_that_take_longer_are_launched_again_until_all_have_ended()
    {
        TrajectoryMachine machine = SampleMachines.Lorenz(100);
        Assert.That(Run<double>(machine, 100).Launches, Is.EqualTo(1));
        Assert.That(Run<double>(machine, 30).Launches, Is.EqualTo(4));
        Assert.That(Run<double>(machine, 30).Results[0], Is.EqualTo(Run<double>(machine, 100).Results[0]));
    }

    // Comparisons, truth values, limits and absolute values have shorter forms, with NaN and both zeros among the numbers.
    [Test]
    public void What_is_known_of_a_number_shortens_the_kernel_and_changes_no_result()
    {
        double[] numbers = [0.0, -0.0, 1.0, -1.0, 2.5, -7.0, 1e300, -1e-300, double.NaN, double.PositiveInfinity, double.NegativeInfinity];
        var b = new MachineBuilder();
        (Expr x, Expr y) = (b.Register("x", 0.0), b.Register("y", 0.0));
        Expr positive = Flag.Of(x >= 0.0);
        Expr larger = Flag.Of(x <= y);
        Expr[] results =
        [
            Expr.Min(x, 2.5), Expr.Min(2.5, x), Expr.Max(x, 2.5), Expr.Max(2.5, x), Expr.Min(x, 0.0), Expr.Max(-0.0, x),
            Expr.Max(Expr.Abs(x), Expr.Abs(y)), Flag.And(positive, larger), Flag.Or(positive, larger), Flag.Not(Flag.And(positive, larger)),
            Flag.Choose(Flag.Or(Flag.Not(positive), larger), x, y), Flag.Choose(Flag.And(positive, larger), x, 0.1 * y),
        ];
        string[] names = [.. results.Select((_, i) => b.Register($"r{i}", 0.0) is null ? "" : $"r{i}")];
        TrajectoryMachine machine = b
            .Program("all", [.. names.Zip(results), ("pc", Expr.Constant(-1.0))])
            .Build(["x", "y"], names);
        var facts = new NodeFacts(machine.Programs[0].Code);
        string?[] shorter = [.. Enumerable.Range(0, machine.Programs[0].Code.RegisterCount).Select(facts.Shorter)];
        Assert.That(shorter, Is.SupersetOf(new[]
        {
            nameof(KernelMath.Both), nameof(KernelMath.Either), nameof(KernelMath.Choose), nameof(KernelMath.AtMost), nameof(KernelMath.LargerSize),
        }));
        foreach (KernelPrecision precision in Enum.GetValues<KernelPrecision>())
        {
            Type model = MachineKernelEmitter.Emit(machine, new(machine, []), precision);
            MethodInfo kernel = precision == KernelPrecision.Double ? MachineLauncher<double>.KernelOf(model) : MachineLauncher<float>.KernelOf(model);
            Assert.That(PtxCompiler.Compile(kernel, 90).Text, Does.Not.Match(@"setp\.\w+u\.f(32|64)"), "NaN satisfies no comparison");
        }

        double[] left = [.. numbers.SelectMany(_ => numbers)];
        double[] right = [.. numbers.SelectMany(number => Enumerable.Repeat(number, numbers.Length))];
        double[][] found = KernelMathTests.InKernel(machine, left, right);
        for (int i = 0; i < left.Length; i++)
        {
            double[] samples = [left[i], right[i]];
            double[] expected = MachineInterpreter.Run(machine, samples).Registers;
            for (int r = 0; r < names.Length; r++)
            {
                Assert.That(found[r][i], Is.EqualTo(expected[machine.Results[r]]), $"{names[r]} of {samples[0]}, {samples[1]}");
            }
        }
    }

    // One after the other: a machine must not get the constants of another.
    [TestCase(0.1)]
    [TestCase(0.3)]
    public void Many_constants_are_parameters_of_the_kernel(double unit)
    {
        var b = new MachineBuilder();
        Expr x = b.Register("x", 0.0);
        Expr sum = Expr.Zero;
        for (int i = unit < 0.2 ? 1 : 11; i <= 50; i++)
        {
            sum = (sum + (unit * i)) * x;
        }

        TrajectoryMachine machine = b.Program("horner", [("x", sum), ("pc", Expr.Constant(-1.0))]).Build(["x"], ["x"]);
        string text = PtxCompiler.Compile(
            MachineLauncher<double>.KernelOf(MachineKernelEmitter.Emit(machine, new(machine, []), KernelPrecision.Double)), 90).Text;
        Assert.That(text.Split("ld.param.f64").Length - 1, Is.InRange(25, 50));
        double[] points = [0.0, 0.5, -1.25, double.NaN];
        double[][] found = KernelMathTests.InKernel(machine, points);
        Assert.That(found[0], Is.EqualTo(points.Select(point => MachineInterpreter.Run(machine, [point]).Registers[machine.Results[0]])));
    }

    // The kernel compiler turns a switch with one case into a branch and takes the wrong way; on the emulated device it does not.
    [Test]
    public void The_only_program_of_a_machine_is_the_one_that_runs()
    {
        var b = new MachineBuilder();
        Expr x = b.Register("x", 0.0);
        TrajectoryMachine machine = b.Program("once", [("x", -x), ("pc", Expr.Constant(-1.0))]).Build(["x"], ["x"]);
        string text = PtxCompiler.Compile(
            MachineLauncher<double>.KernelOf(MachineKernelEmitter.Emit(machine, new(machine, []), KernelPrecision.Double)), 90).Text;
        Match test = Regex.Match(text, @"setp\.(?<relation>eq|ne)\.s32\s+(?<flag>%p\d+), %r\d+, 0;\s+@\k<flag> bra\s+(?<there>\w+);\s+bra\.uni\s+(?<else>\w+);");
        Assert.That(test.Success, Is.True, text);
        string zero = test.Groups[test.Groups["relation"].Value == "eq" ? "there" : "else"].Value;
        Assert.That(Regex.Match(text, $@"\n\s*{zero}:[^:]*").Value, Does.Contain("neg.f64"));
    }

    [Test]
    public void Single_precision_is_close_to_double_precision()
    {
        TrajectoryMachine machine = SampleMachines.Lorenz(500);
        Outcome wide = Run<double>(machine, 1000);
        Outcome narrow = Run<float>(machine, 1000);
        double largest = Enumerable.Range(0, Count).Max(i => Math.Abs(wide.Results[0][i] - narrow.Results[0][i]));
        Assert.That(largest, Is.GreaterThan(0.0).And.LessThan(1e-3));
    }

    [Test]
    public void A_register_that_nothing_assigns_is_a_constant_of_the_kernel()
    {
        TrajectoryMachine machine = SampleMachines.Lorenz(10);
        var rows = new MachineRows(machine, []);
        Assert.That(rows.RowOf(machine.Registers.IndexOf("sigma")), Is.EqualTo(-1));
        Assert.That(rows.RowOf(machine.Registers.IndexOf("rho")), Is.GreaterThanOrEqualTo(0), "it is varied");
        Assert.That(rows.RegisterRows, Is.EqualTo(6));
    }

    [Test]
    public void Comparisons_with_nan_choose_as_on_the_cpu()
    {
        var b = new MachineBuilder();
        Expr a = b.Register("a", double.NaN);
        Expr[] values =
        [
            Expr.Select(a >= 0.0, 1.0, 2.0), Expr.Select(a > 0.0, 1.0, 2.0), Expr.Select(a <= 0.0, 1.0, 2.0), Expr.Min(a, 3.0),
            Expr.Min(3.0 + b.Register("zero", 0.0), a), Expr.Max(a, 3.0), Expr.Max(b.Register("one", 1.0), a), Expr.Sign(a), Expr.Floor(a),
        ];
        string[] names = [.. values.Select((_, i) => $"r{i}")];
        foreach (string name in names)
        {
            b.Register(name, 0.0);
        }

        TrajectoryMachine machine = b.Program("once", [.. values.Select((value, i) => (names[i], value)), ("pc", Expr.Constant(-1.0))])
            .Build(["a"], names);
        Outcome outcome = Run<double>(machine, 10, (_, _) => double.NaN);
        var plain = new PlainMachine(machine, [double.NaN]);
        Assert.That(outcome.Results.Select(row => row[0]), Is.EqualTo(machine.Results.Select(r => plain.Registers[r])));
    }

    [Test]
    public void An_operation_that_kernels_do_not_have_is_refused_by_name()
    {
        var b = new MachineBuilder();
        Expr x = b.Register("x", 1.0);
        var table = new HybridControl.Numerics.LookupCurve("ramp", [0.0, 1.0], [0.0, 2.0]);
        TrajectoryMachine machine = b.Program("look", [("x", Expr.Lookup(table, x)), ("pc", Expr.Constant(-1.0))]).Build([], ["x"]);
        Assert.That(
            () => MachineKernelEmitter.Emit(machine, new(machine, []), KernelPrecision.Double),
            Throws.TypeOf<NotSupportedException>().With.Message.Contains("look").And.Message.Contains("Lookup"));
    }

    [Test]
    public void Constants_that_speak_of_the_numbers_keep_their_meaning_in_single_precision()
    {
        Assert.That(KernelTarget.Narrow(double.Epsilon), Is.Positive);
        Assert.That(KernelTarget.Narrow(-1e-300), Is.Negative);
        Assert.That(KernelTarget.Narrow(double.MaxValue), Is.EqualTo(float.MaxValue));
        Assert.That(KernelTarget.Narrow(double.NegativeInfinity), Is.EqualTo(float.NegativeInfinity));
        Assert.That(KernelTarget.Narrow(double.NaN), Is.NaN);
        Assert.That(KernelTarget.Narrow(16.0 * 2.220446049250313e-16), Is.EqualTo(16.0f * 1.1920929e-07f));
        Assert.That(KernelTarget.Narrow(1e-13), Is.EqualTo(1e-13f), "not a whole multiple of the unit");
        Assert.That(KernelTarget.Narrow(-9.81), Is.EqualTo(-9.81f));
    }

    private static double[] Samples(TrajectoryMachine machine, int trajectory) =>
        [.. machine.Varied.Select((_, v) => 0.75 + (0.2 * Math.Sin(1.0 + trajectory + (31.0 * v))))];

    private static Func<int, long, double> Draw(int trajectory) => (_, draw) => Math.Cos((3.0 * trajectory) + (7.0 * draw));

    private static Outcome Run<T>(TrajectoryMachine machine, int budget, Func<int, int, double>? sample = null)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        using GpuDevice device = GpuDevice.Emulated();
        ImmutableArray<int> draws = machine.Programs.Any(program => program.Loads.Length > 0) ? [Draws] : [];
        var rows = new MachineRows(machine, draws);
        Type model = MachineKernelEmitter.Emit(
            machine, rows, typeof(T) == typeof(double) ? KernelPrecision.Double : KernelPrecision.Single);
        MachineLauncher<T> launcher = MachineLauncher<T>.Create(model, device.Accelerator);
        using var memory = new ChunkMemory<T>(
            device.Accelerator, 1024, new(machine.Varied.Length, rows.RegisterRows, rows.ArrayRows, rows.DrawRows));
        for (int v = 0; v < machine.Varied.Length; v++)
        {
            memory.WriteSamples(v, [.. Enumerable.Range(0, Count).Select(i => sample?.Invoke(v, i) ?? Samples(machine, i)[v])]);
        }

        for (int draw = 0; draw < rows.DrawRows; draw++)
        {
            memory.WriteDraws(draw, [.. Enumerable.Range(0, Count).Select(i => Draw(i)(0, draw))]);
        }

        memory.Run(launcher, rows, machine.Varied.AsSpan(), [.. Enumerable.Range(0, Count)], budget, CancellationToken.None);
        return new(
            [.. machine.Results.Select(register => rows.RowOf(register) is var row and >= 0
                ? Row(memory.Registers, row)
                : [.. Enumerable.Repeat(machine.Initial[register], Count)])],
            [.. Enumerable.Range(0, rows.ArrayRows).Select(row => Row(memory.Arrays, row))],
            memory.Launches);

        double[] Row(ILGPU.ArrayView<T> table, int row)
        {
            double[] values = new double[Count];
            memory.ReadRow(table, row, values);
            return values;
        }
    }

    private sealed record Outcome(double[][] Results, double[][] Arrays, int Launches);
}
