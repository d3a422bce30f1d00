using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace HybridControl.Symbolics.Emission;

/// <summary>Compiles groups of expressions that share their variables, each group to one function of many points.</summary>
internal static class LaneVectorFunctions
{
    /// <summary>Room for points comes in multiples of this.</summary>
    public const int PointsAtOnce = 8;

    private static bool IsWide => Vector512.IsHardwareAccelerated && Avx512F.IsSupported;

    private static bool HasLanes =>
        RuntimeFeature.IsDynamicCodeSupported && (IsWide || (Vector256.IsHardwareAccelerated && Avx2.IsSupported && Fma.IsSupported));

    /// <summary>Emits the groups for vector lanes; where there are none, each point is a call of emitted or interpreted code.</summary>
    /// <param name="name">Name for the emitted type.</param>
    /// <param name="slots">Where variables live.</param>
    /// <param name="groups">The expressions of each function, in the order of its results.</param>
    public static LaneVectorFunction[] Compile(string name, SlotMap slots, params ReadOnlySpan<Expr[]> groups)
    {
        if (!HasLanes)
        {
            VectorFunction[] functions = VectorFunctions.Compile(name, slots, groups);
            var loops = new LaneVectorFunction[groups.Length];
            for (int i = 0; i < loops.Length; i++)
            {
                loops[i] = PointByPoint(functions[i], slots.StateCount, groups[i].Length);
            }

            return loops;
        }

        var graph = new ExprGraph(slots);
        var programs = new ExprProgram[groups.Length];
        for (int i = 0; i < groups.Length; i++)
        {
            programs[i] = new ExprProgram(graph, [.. groups[i].Select(e => graph.Add(Simplifier.Simplify(e)))]);
        }

        var emitter = new FunctionEmitter(name, graph);
        string[] methods = [.. programs.Select(program => Emit(emitter, program))];
        emitter.Bake();
        return [.. methods.Select(emitter.Bind<LaneVectorFunction>)];
    }

    private static string Emit(FunctionEmitter emitter, ExprProgram program)
    {
        Type reference = typeof(double).MakeByRefType();
        ILGenerator il = emitter.AddMethod(
            "Lanes", typeof(void), [typeof(double), reference, reference, reference, typeof(int), typeof(int)],
            out string method, out FieldBuilder? tables);
        var target = new LaneSpanTarget(il, IsWide, tables);
        var writer = new GraphWriter(program, target);
        writer.PushInvariants();
        Label next = il.DefineLabel();
        il.MarkLabel(next);
        for (int i = 0; i < program.OutputCount; i++)
        {
            target.LoadAddress(3, i);
            writer.Push(program.Outputs[i]);
            il.Emit(OpCodes.Unaligned, (byte)1);
            il.Emit(OpCodes.Stobj, target.Number);
        }

        Advance(il, 1, target.Width);
        Advance(il, 3, target.Width);
        il.Emit(OpCodes.Ldarg, (short)5);
        il.Emit(OpCodes.Ldc_I4, target.Width);
        il.Emit(OpCodes.Sub);
        il.Emit(OpCodes.Starg, (short)5);
        il.Emit(OpCodes.Ldarg, (short)5);
        il.Emit(OpCodes.Ldc_I4_0);
        il.Emit(OpCodes.Bgt, next);
        il.Emit(OpCodes.Ret);
        return method;
    }

    private static void Advance(ILGenerator il, short argument, int points)
    {
        il.Emit(OpCodes.Ldarg, argument);
        il.Emit(OpCodes.Ldc_I4, points * sizeof(double));
        il.Emit(OpCodes.Add);
        il.Emit(OpCodes.Starg, argument);
    }

    private static LaneVectorFunction PointByPoint(VectorFunction function, int states, int results)
    {
        var work = new ThreadLocal<double[]>(() => new double[states + results + 1]);
        return (double time, ref double x, ref double data, ref double y, int stride, int count) =>
        {
            double[] point = work.Value!;
            ref double result = ref point[states];
            for (int j = 0; j < count; j++)
            {
                for (int i = 0; i < states; i++)
                {
                    point[i] = Unsafe.Add(ref x, (i * stride) + j);
                }

                function(time, ref MemoryMarshal.GetArrayDataReference(point), ref data, ref result);
                for (int i = 0; i < results; i++)
                {
                    Unsafe.Add(ref y, (i * stride) + j) = Unsafe.Add(ref result, i);
                }
            }
        };
    }
}
