using System.Runtime.InteropServices;
using HybridControl.Numerics;

namespace HybridControl.Symbolics.Emission;

/// <summary>The signatures of emitted code over the interpreter, for where no code can be emitted (native ahead-of-time builds).</summary>
/// <remarks>Thread-safe: each thread has its own registers. Some tens of times slower than emitted code, and equal bit for bit.</remarks>
internal static class InterpretedFunctions
{
    /// <summary>The one output of <paramref name="program"/>, on doubles.</summary>
    public static PointFunction<double> Point(ExprProgram program, int states, int data)
    {
        PointFunction<Real64> function = Point<Real64>(program, states, data);
        return (double time, ref double x, ref double block) =>
            function(new Real64(time), ref System.Runtime.CompilerServices.Unsafe.As<double, Real64>(ref x), ref block).Value;
    }

    /// <summary>The one output of <paramref name="program"/>, on any number type.</summary>
    public static PointFunction<T> Point<T>(ExprProgram program, int states, int data) where T : struct, IReal<T>
    {
        var registers = new ThreadLocal<T[]>(() => new T[program.RegisterCount + 1]);
        return (T time, ref T x, ref double block) =>
        {
            T[] work = registers.Value!;
            program.Evaluate(
                time,
                MemoryMarshal.CreateReadOnlySpan(ref x, states),
                MemoryMarshal.CreateReadOnlySpan(ref block, data),
                work,
                work.AsSpan(program.RegisterCount, 1));
            return work[program.RegisterCount];
        };
    }

    /// <summary>Every output of <paramref name="program"/>.</summary>
    public static VectorFunction Vector(ExprProgram program, int states, int data)
    {
        var registers = new ThreadLocal<Real64[]>(() => new Real64[program.RegisterCount]);
        return (double time, ref double x, ref double block, ref double results) => program.Evaluate(
            new Real64(time),
            MemoryMarshal.Cast<double, Real64>(MemoryMarshal.CreateReadOnlySpan(ref x, states)),
            MemoryMarshal.CreateReadOnlySpan(ref block, data),
            registers.Value!,
            MemoryMarshal.Cast<double, Real64>(MemoryMarshal.CreateSpan(ref results, program.OutputCount)));
    }
}
