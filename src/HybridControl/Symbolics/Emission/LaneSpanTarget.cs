using System.Reflection.Emit;
using HybridControl.Numerics;

namespace HybridControl.Symbolics.Emission;

/// <summary>The signature of <see cref="LaneVectorFunction"/>: leaves are vectors of neighbouring points.</summary>
/// <remarks>Rounds as plain doubles do but for the elementary functions, which are those of <see cref="LaneMath"/>.</remarks>
internal sealed class LaneSpanTarget : EmitTarget
{
    private readonly VectorInstructions _vectors;
    private readonly LaneCalls _calls;
    private readonly FieldBuilder? _tables;
    private readonly LocalBuilder _time;

    /// <summary>Creates a target and loads time.</summary>
    /// <param name="il">Where the code goes.</param>
    /// <param name="wide">Eight doubles (AVX-512) rather than four (AVX2).</param>
    /// <param name="tables">The field with the lookup tables.</param>
    public LaneSpanTarget(ILGenerator il, bool wide, FieldBuilder? tables)
        : base(il, VectorInstructions.NumberOf(wide))
    {
        _vectors = new VectorInstructions(il, wide);
        _calls = new LaneCalls(il, Number, VectorInstructions.LaneOf(wide));
        _tables = tables;
        _time = il.DeclareLocal(Number);
        il.Emit(OpCodes.Ldarg_0);
        _vectors.Spread();
        il.Emit(OpCodes.Stloc, _time);
    }

    /// <summary>Points in a vector.</summary>
    public int Width => _vectors.Width;

    /// <inheritdoc/>
    public override void LoadTime() => IL.Emit(OpCodes.Ldloc, _time);

    /// <inheritdoc/>
    public override void LoadState(int index)
    {
        LoadAddress(1, index);
        IL.Emit(OpCodes.Unaligned, (byte)1);
        IL.Emit(OpCodes.Ldobj, Number);
    }

    /// <inheritdoc/>
    public override void LoadData(int slot)
    {
        SpanTarget.LoadAddress(IL, 2, slot, typeof(double));
        IL.Emit(OpCodes.Ldind_R8);
        _vectors.Spread();
    }

    /// <inheritdoc/>
    public override void LoadConstant(double value)
    {
        IL.Emit(OpCodes.Ldc_R8, value);
        _vectors.Spread();
    }

    /// <inheritdoc/>
    public override void LoadTable(int number)
    {
        IL.Emit(OpCodes.Ldsfld, _tables!);
        IL.Emit(OpCodes.Ldc_I4, number);
        IL.Emit(OpCodes.Ldelem_Ref);
    }

    /// <inheritdoc/>
    public override void ApplyTable(OpCode op)
    {
        IL.Emit(OpCodes.Call, typeof(LaneTables).GetMethod(op.ToString())!.MakeGenericMethod(Number));
    }

    /// <summary>Pushes the address of a component of the points in turn.</summary>
    /// <param name="argument">States (1) or results (3).</param>
    /// <param name="component">Its number.</param>
    public void LoadAddress(short argument, int component)
    {
        IL.Emit(OpCodes.Ldarg, argument);
        if (component > 0)
        {
            IL.Emit(OpCodes.Ldarg, (short)4);
            IL.Emit(OpCodes.Conv_I);
            IL.Emit(OpCodes.Ldc_I4, component * sizeof(double));
            IL.Emit(OpCodes.Conv_I);
            IL.Emit(OpCodes.Mul);
            IL.Emit(OpCodes.Add);
        }
    }

    /// <inheritdoc/>
    public override void Apply(OpCode op)
    {
        if (!_vectors.TryApply(op))
        {
            _calls.Emit(op);
        }
    }
}
