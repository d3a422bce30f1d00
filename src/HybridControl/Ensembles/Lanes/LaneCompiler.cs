using System.Collections.Immutable;
using System.Reflection.Emit;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using HybridControl.Ensembles.Machine;
using HybridControl.Numerics;
using HybridControl.Symbolics.Emission;

namespace HybridControl.Ensembles.Lanes;

/// <summary>Compiles machine programs to code for vector lanes.</summary>
/// <remarks>
/// The code neither allocates nor branches on data, but for the end of a loop. All widths agree bit for bit (but for the
/// payload of a NaN): they contract the same products and sums, and share <see cref="LaneMath"/>. Thread-safe.
/// </remarks>
internal static class LaneCompiler
{
    /// <summary>The widest lanes that this processor runs well.</summary>
    public static LaneWidth Best =>
        Supports(LaneWidth.Vector512) ? LaneWidth.Vector512
        : Supports(LaneWidth.Vector256) ? LaneWidth.Vector256
        : LaneWidth.Scalar;

    /// <summary>The trajectories in a group.</summary>
    public static int LanesOf(LaneWidth width) => width switch
    {
        LaneWidth.Vector512 => 16,
        LaneWidth.Vector256 => 8,
        _ => 1,
    };

    /// <summary>Whether this processor has the instructions of a width.</summary>
    public static bool Supports(LaneWidth width) => width switch
    {
        LaneWidth.Vector512 => Vector512.IsHardwareAccelerated && Avx512F.IsSupported,
        LaneWidth.Vector256 => Vector256.IsHardwareAccelerated && Avx2.IsSupported && Fma.IsSupported,
        _ => true,
    };

    /// <summary>Compiles one program.</summary>
    /// <param name="machine">The machine that the program belongs to.</param>
    /// <param name="program">Number of the program.</param>
    /// <param name="width">The instructions to use.</param>
    /// <param name="contract">Whether products and sums join in fused multiply-adds. Without them, on the scalar width only, the
    /// code gives what a kernel gives whose compiler does not fuse.</param>
    /// <exception cref="NotSupportedException">The processor lacks the instructions, or unfused code is asked for on vectors.</exception>
    public static LaneFunction Compile(TrajectoryMachine machine, int program, LaneWidth width, bool contract = true) =>
        Compile(machine, [program], width, contract)[0];

    /// <summary>Compiles every program of a machine into one type, faster than one by one.</summary>
    /// <inheritdoc cref="Compile(TrajectoryMachine, int, LaneWidth, bool)"/>
    public static ImmutableArray<LaneFunction> CompileAll(TrajectoryMachine machine, LaneWidth width, bool contract = true) =>
        Compile(machine, [.. Enumerable.Range(0, machine.Programs.Length)], width, contract);

    private static ImmutableArray<LaneFunction> Compile(TrajectoryMachine machine, int[] programs, LaneWidth width, bool contract)
    {
        if (!Supports(width))
        {
            throw new NotSupportedException(
                $"This processor does not run lanes of width {width}. Use LaneCompiler.Best, here {Best}.");
        }

        if (!contract && width != LaneWidth.Scalar)
        {
            throw new NotSupportedException(
                $"Lanes of width {width} always fuse multiply-adds. Use LaneWidth.Scalar to compute without.");
        }

        // Each program numbers its own tables; side by side they are one list.
        var tables = new List<LookupTable>();
        int[] firstTable = new int[programs.Length];
        for (int i = 0; i < programs.Length; i++)
        {
            firstTable[i] = tables.Count;
            tables.AddRange(machine.Programs[programs[i]].Code.Tables);
        }

        var emitter = new FunctionEmitter("Lanes", [.. tables]);
        string[] names = new string[programs.Length];
        for (int i = 0; i < programs.Length; i++)
        {
            MachineProgram program = machine.Programs[programs[i]];
            ILGenerator il = emitter.AddMethod(
                "Program",
                typeof(int),
                [typeof(double).MakePointerType(), typeof(long).MakePointerType(), typeof(int)],
                out names[i],
                out FieldBuilder? field);
            LaneTarget target = width == LaneWidth.Scalar
                ? new ScalarTarget(il, contract, field, firstTable[i])
                : new VectorTarget(il, width == LaneWidth.Vector512, field, firstTable[i]);
            LaneEmitter.Write(target, program, new LaneGraph(program, contract), machine.RegisterCount);
        }

        emitter.Bake();
        return [.. names.Select(emitter.Bind<LaneFunction>)];
    }
}
