using System.Reflection;
using System.Reflection.Emit;
using HybridControl.Numerics;

namespace HybridControl.Symbolics.Emission;

/// <summary>Emits calls of the functions of <see cref="LaneMath"/>.</summary>
/// <param name="il">Where the code goes.</param>
/// <param name="number">double or a vector of doubles.</param>
/// <param name="lane">The <see cref="ILane{T}"/> around it.</param>
internal sealed class LaneCalls(ILGenerator il, Type number, Type lane)
{
    private readonly LocalBuilder?[] _wrapped = new LocalBuilder?[2];

    /// <summary>Replaces the operands on the stack, three at most, by the result of the function of that name.</summary>
    public void Emit(OpCode op)
    {
        ConstructorInfo wrap = lane.GetConstructor([number])!;
        int others = new GraphNode(op).OperandCount - 1;
        for (int i = 0; i < others; i++)
        {
            il.Emit(OpCodes.Newobj, wrap);
            il.Emit(OpCodes.Stloc, Local(i));
        }

        il.Emit(OpCodes.Newobj, wrap);
        for (int i = others - 1; i >= 0; i--)
        {
            il.Emit(OpCodes.Ldloc, Local(i));
        }

        il.Emit(OpCodes.Call, typeof(LaneMath).GetMethod(op.ToString())!.MakeGenericMethod(lane));
        il.Emit(OpCodes.Stloc, Local(0));
        il.Emit(OpCodes.Ldloca, Local(0));
        il.Emit(OpCodes.Call, lane.GetProperty("Value")!.GetMethod!);
    }

    private LocalBuilder Local(int index) => _wrapped[index] ??= il.DeclareLocal(lane);
}
