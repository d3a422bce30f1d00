using HybridControl.Ensembles.Machine;
using HybridControl.Gpu.Compilation;
using HybridControl.Gpu.Devices;
using HybridControl.Gpu.Kernels;
using HybridControl.Numerics;
using HybridControl.Symbolics;
using ILGPU;
using ILGPU.Runtime;
using OpCode = HybridControl.Symbolics.OpCode;

namespace HybridControl.Gpu.Tests.Kernels;

/// <summary>Every function of kernels: against the unfused lanes bit for bit, against the library within rounding, and as PTX.</summary>
public sealed class KernelMathTests
{
    // Neighbouring doubles beyond it are more than 1e-7 apart: the functions of lanes promise less there.
    private const double LargestAngle = 1.6e9;

    private static readonly double[] Arguments =
    [
        0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 1e-300, -1e-300, 5e-324, 1e300, -1e300, 3.7, -3.7, 710.0, -745.0, 1e5, -123456.789, 2.0, 0.99999,
        double.NaN, double.PositiveInfinity, double.NegativeInfinity, .. Enumerable.Range(0, 400).Select(i => 12.0 * Math.Sin(i) * Math.Cos(3.0 * i)),
    ];

    private static readonly GpuDevice Device = GpuDevice.Emulated();

    [OneTimeTearDown]
    public void Close() => Device.Dispose();

    internal static IEnumerable<OpCode> Functions() =>
        Enum.GetValues<OpCode>().Where(op => op >= OpCode.Negate && op is not (OpCode.Lookup or OpCode.LookupSlope or OpCode.Surface));

    [TestCaseSource(nameof(Functions))]
    public void A_kernel_computes_what_an_unfused_lane_computes(OpCode op)
    {
        double[] found = InKernel(op, Device);
        for (int i = 0; i < Arguments.Length; i++)
        {
            double expected = OnLane(op, Arguments[i], Second(i), Third(i));
            Assert.That(Bits(found[i]), Is.EqualTo(Bits(expected)), $"{op}({Arguments[i]:R}, {Second(i):R}) = {found[i]:R}, not {expected:R}");
        }
    }

    [TestCaseSource(nameof(Functions))]
    public void A_kernel_agrees_with_the_interpreter_to_rounding(OpCode op)
    {
        AgreesWithTheInterpreter(op, Device);
    }

    /// <summary>Asserts that a function on a device gives the numbers of the interpreter, to a few units in the last place.</summary>
    internal static void AgreesWithTheInterpreter(OpCode op, GpuDevice device)
    {
        double[] found = InKernel(op, device);
        for (int i = 0; i < Arguments.Length; i++)
        {
            if (op is (OpCode.Sin or OpCode.Cos or OpCode.Tan) && Math.Abs(Arguments[i]) > LargestAngle)
            {
                continue;
            }

            double expected = NodeEvaluator.Evaluate<Real64>(op, new(Arguments[i]), new(Second(i)), new(Third(i)), null).Value;
            Assert.That(found[i], Is.EqualTo(expected).Within(4).Ulps, $"{op}({Arguments[i]:R}, {Second(i):R})");
        }
    }

    [TestCaseSource(nameof(Functions))]
    public void A_function_compiles_to_closed_ptx_in_both_precisions(OpCode op)
    {
        foreach (KernelPrecision precision in Enum.GetValues<KernelPrecision>())
        {
            TrajectoryMachine machine = Once(op);
            Type model = MachineKernelEmitter.Emit(machine, new(machine, []), precision);
            PtxReport report = PtxCompiler.Compile(
                precision == KernelPrecision.Double ? MachineLauncher<double>.KernelOf(model) : MachineLauncher<float>.KernelOf(model), 90);
            Assert.That(report.Unresolved, Is.Empty);
            Assert.That(report.Recursive, Is.Empty);
            Assert.That(report.LocalBytes, Is.Zero);
            Assert.That(report.Text, Does.Not.Match(@"setp\.\w+u\.f(32|64)"), "NaN satisfies no comparison");
        }
    }

    private static long Bits(double value) => double.IsNaN(value) ? -1 : BitConverter.DoubleToInt64Bits(value);

    private static double Second(int i) => Arguments[(i * 7 + 3) % Arguments.Length];

    private static double Third(int i) => Arguments[(i * 11 + 5) % Arguments.Length];

    private static TrajectoryMachine Once(OpCode op)
    {
        var b = new MachineBuilder();
        Expr x = b.Register("x", 0.0);
        Expr y = b.Register("y", 0.0);
        Expr z = b.Register("z", 0.0);
        b.Register("result", 0.0);
        Expr value = op switch
        {
            OpCode.Negate => -x,
            OpCode.Add => x + y,
            OpCode.Subtract => x - y,
            OpCode.Multiply => x * y,
            OpCode.Divide => x / y,
            OpCode.Square => Expr.Power(x, 2.0),
            OpCode.Power => Expr.Power(x, y),
            OpCode.Sqrt => Expr.Sqrt(x),
            OpCode.Cbrt => Expr.Cbrt(x),
            OpCode.Exp => Expr.Exp(x),
            OpCode.Log => Expr.Log(x),
            OpCode.Sin => Expr.Sin(x),
            OpCode.Cos => Expr.Cos(x),
            OpCode.Tan => Expr.Tan(x),
            OpCode.Asin => Expr.Asin(x),
            OpCode.Acos => Expr.Acos(x),
            OpCode.Atan => Expr.Atan(x),
            OpCode.Sinh => Expr.Sinh(x),
            OpCode.Cosh => Expr.Cosh(x),
            OpCode.Tanh => Expr.Tanh(x),
            OpCode.Asinh => Expr.Asinh(x),
            OpCode.Acosh => Expr.Acosh(x),
            OpCode.Atanh => Expr.Atanh(x),
            OpCode.Atan2 => Expr.Atan2(x, y),
            OpCode.Hypot => Expr.Hypot(x, y),
            OpCode.Min => Expr.Min(x, y),
            OpCode.Max => Expr.Max(x, y),
            OpCode.Abs => Expr.Abs(x),
            OpCode.Sign => Expr.Sign(x),
            OpCode.Floor => Expr.Floor(x),
            _ => Expr.Select(x >= 0.0, y, z),
        };
        TrajectoryMachine machine = b.Program("once", [("result", value), ("pc", Expr.Constant(-1.0))]).Build(["x", "y", "z"], ["result"]);
        Assert.That(machine.Programs[0].Code.Instructions.ToArray().Any(node => node.Op == op), Is.True, "the machine has the operation");
        return machine;
    }

    private static double[] InKernel(OpCode op, GpuDevice device) => InKernel(
        Once(op), device, Arguments, [.. Arguments.Select((_, i) => Second(i))], [.. Arguments.Select((_, i) => Third(i))])[0];

    /// <summary>The results of a machine on the emulated device, by result, then trajectory.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="samples">For each varied register, a number for each trajectory.</param>
    internal static double[][] InKernel(TrajectoryMachine machine, params double[][] samples) => InKernel(machine, Device, samples);

    private static double[][] InKernel(TrajectoryMachine machine, GpuDevice device, params double[][] samples)
    {
        var rows = new MachineRows(machine, []);
        MachineLauncher<double> launcher =
            MachineLauncher<double>.Create(MachineKernelEmitter.Emit(machine, rows, KernelPrecision.Double), device.Accelerator);
        int count = samples[0].Length;
        using var memory = new ChunkMemory<double>(device.Accelerator, 1024, new(samples.Length, rows.RegisterRows, 0, 0));
        for (int i = 0; i < samples.Length; i++)
        {
            memory.WriteSamples(i, samples[i]);
        }

        memory.Run(launcher, rows, machine.Varied.AsSpan(), [.. Enumerable.Range(0, count)], 10, CancellationToken.None);
        return [.. machine.Results.Select(result =>
        {
            double[] found = new double[count];
            memory.ReadRow(memory.Registers, rows.RowOf(result), found);
            return found;
        })];
    }

    private static double OnLane(OpCode op, double a, double b, double c)
    {
        LanePlain x = new(a), y = new(b), z = new(c);
        LanePlain result = op switch
        {
            OpCode.Negate => -x,
            OpCode.Add => x + y,
            OpCode.Subtract => x - y,
            OpCode.Multiply => x * y,
            OpCode.Divide => x / y,
            OpCode.Square => x * x,
            OpCode.Sqrt => LanePlain.Sqrt(x),
            OpCode.Abs => LanePlain.Abs(x),
            OpCode.Floor => LanePlain.Floor(x),
            OpCode.Power => LaneMath.Power(x, y),
            OpCode.Cbrt => LaneMath.Cbrt(x),
            OpCode.Exp => LaneMath.Exp(x),
            OpCode.Log => LaneMath.Log(x),
            OpCode.Sin => LaneMath.Sin(x),
            OpCode.Cos => LaneMath.Cos(x),
            OpCode.Tan => LaneMath.Tan(x),
            OpCode.Asin => LaneMath.Asin(x),
            OpCode.Acos => LaneMath.Acos(x),
            OpCode.Atan => LaneMath.Atan(x),
            OpCode.Sinh => LaneMath.Sinh(x),
            OpCode.Cosh => LaneMath.Cosh(x),
            OpCode.Tanh => LaneMath.Tanh(x),
            OpCode.Asinh => LaneMath.Asinh(x),
            OpCode.Acosh => LaneMath.Acosh(x),
            OpCode.Atanh => LaneMath.Atanh(x),
            OpCode.Atan2 => LaneMath.Atan2(x, y),
            OpCode.Hypot => LaneMath.Hypot(x, y),
            OpCode.Min => LaneMath.Min(x, y),
            OpCode.Max => LaneMath.Max(x, y),
            OpCode.Sign => LaneMath.Sign(x),
            _ => LaneMath.Select(x, y, z),
        };
        return result.Value;
    }
}
