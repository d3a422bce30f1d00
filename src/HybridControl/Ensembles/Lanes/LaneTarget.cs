using System.Reflection.Emit;
using HybridControl.Numerics;
using HybridControl.Symbolics.Emission;
using OpCode = HybridControl.Symbolics.OpCode;

namespace HybridControl.Ensembles.Lanes;

/// <summary>How operations on one vector (or on one double) are spelled in lane code.</summary>
internal abstract class LaneTarget : EmitTarget
{
    private readonly FieldBuilder? _tables;
    private readonly LaneCalls _calls;
    private readonly int _firstTable;

    /// <summary>Creates a target.</summary>
    /// <param name="il">Where the code goes.</param>
    /// <param name="number">double or a vector of doubles.</param>
    /// <param name="lane">The <see cref="ILane{T}"/> around it.</param>
    /// <param name="tables">The field with the lookup tables.</param>
    /// <param name="firstTable">Where in it the tables of this program begin.</param>
    protected LaneTarget(ILGenerator il, Type number, Type lane, FieldBuilder? tables, int firstTable)
        : base(il, number) => (_calls, _tables, _firstTable) = (new LaneCalls(il, number, lane), tables, firstTable);

    /// <summary>Vectors in flight.</summary>
    public abstract int Parts { get; }

    /// <summary>Doubles in a vector.</summary>
    public abstract int Width { get; }

    /// <summary>What <see cref="PushBits"/> leaves of a mask that is set in every lane.</summary>
    public ulong AllBits => (1UL << Width) - 1;

    /// <summary>Time is a register of the machine.</summary>
    public override void LoadTime() => throw new NotSupportedException("Lane code has no time but a register.");

    /// <summary>States are registers of the machine.</summary>
    public override void LoadState(int index) => throw new NotSupportedException("Lane code has no states but registers.");

    /// <summary>Registers are local variables, which the emitter knows.</summary>
    public override void LoadData(int slot) => throw new NotSupportedException("Lane code reads registers from local variables.");

    /// <inheritdoc/>
    public override void LoadTable(int number)
    {
        IL.Emit(OpCodes.Ldsfld, _tables!);
        IL.Emit(OpCodes.Ldc_I4, _firstTable + number);
        IL.Emit(OpCodes.Ldelem_Ref);
    }

    /// <inheritdoc/>
    public override void ApplyTable(OpCode op)
    {
        IL.Emit(OpCodes.Call, typeof(LaneTables).GetMethod(op.ToString())!.MakeGenericMethod(Number));
    }

    /// <summary>The type of a mask in a local variable.</summary>
    public abstract Type Mask { get; }

    /// <summary>With the guard of a selection on the stack, leaves what <see cref="EndSelect"/> wants below both values.</summary>
    public abstract void BeginSelect();

    /// <summary>Pushes the first value where the guard is at least zero, else the second.</summary>
    public abstract void EndSelect();

    /// <summary>With the first factor on the stack, leaves what <see cref="EndContracted"/> wants below the other operands.</summary>
    public abstract void BeginContracted(Contraction contraction);

    /// <summary>With two factors and a summand on the stack, pushes the fused result.</summary>
    public abstract void EndContracted(Contraction contraction);

    /// <summary>With a mask and two values on the stack, pushes the first value where the mask is set, else the second.</summary>
    public abstract void Blend();

    /// <summary>With a condition on the stack, pushes the mask of the lanes in which it is positive.</summary>
    public abstract void PushPositive();

    /// <summary>With two masks on the stack, pushes the lanes that are in both.</summary>
    public abstract void And();

    /// <summary>With a mask on the stack, pushes one bit for each lane as an unsigned long.</summary>
    public abstract void PushBits();

    /// <summary>Calls a function of <see cref="LaneMath"/> on the operands on the stack.</summary>
    protected void CallMath(OpCode op) => _calls.Emit(op);
}
