using System.Reflection.Emit;
using HybridControl.Numerics;
using HybridControl.Symbolics;
using OpCode = HybridControl.Symbolics.OpCode;

namespace HybridControl.Ensembles.Lanes;

/// <summary>Lane code on one double, with the functions of the vectors; a mask is one long.</summary>
internal sealed class ScalarTarget : LaneTarget
{
    /// <summary>Creates a target.</summary>
    /// <param name="il">Where the code goes.</param>
    /// <param name="fused">Whether multiply-adds are fused, in the functions too.</param>
    /// <param name="tables">The field with the lookup tables.</param>
    /// <param name="firstTable">Where in it the tables of this program begin.</param>
    public ScalarTarget(ILGenerator il, bool fused, FieldBuilder? tables, int firstTable)
        : base(il, typeof(double), fused ? typeof(LaneFused) : typeof(LanePlain), tables, firstTable)
    {
    }

    /// <inheritdoc/>
    public override int Parts => 1;

    /// <inheritdoc/>
    public override int Width => 1;

    /// <inheritdoc/>
    public override Type Mask => typeof(long);

    /// <inheritdoc/>
    public override void Apply(OpCode op)
    {
        switch (op)
        {
            case OpCode.Add or OpCode.Subtract or OpCode.Multiply or OpCode.Divide or OpCode.Negate or OpCode.Square
                or OpCode.Sqrt or OpCode.Abs or OpCode.Floor:
                base.Apply(op);
                break;
            default:
                CallMath(op);
                break;
        }
    }

    /// <inheritdoc/>
    public override void BeginSelect()
    {
        // The guard stays as it is: a scalar selection is a call with three numbers.
    }

    /// <inheritdoc/>
    public override void EndSelect() => IL.Emit(OpCodes.Call, typeof(ScalarMath).GetMethod(nameof(ScalarMath.Select))!);

    /// <inheritdoc/>
    public override void BeginContracted(Contraction contraction)
    {
        if (contraction == Contraction.Negated)
        {
            IL.Emit(OpCodes.Neg);
        }
    }

    /// <inheritdoc/>
    public override void EndContracted(Contraction contraction)
    {
        if (contraction == Contraction.Difference)
        {
            IL.Emit(OpCodes.Neg);
        }

        IL.Emit(OpCodes.Call, typeof(Math).GetMethod(nameof(Math.FusedMultiplyAdd))!);
    }

    /// <inheritdoc/>
    public override void Blend() =>
        throw new NotSupportedException("A single lane is not blended: it takes part, or its code is not run.");

    /// <inheritdoc/>
    public override void PushPositive()
    {
        IL.Emit(OpCodes.Ldc_R8, 0.0);
        IL.Emit(OpCodes.Cgt);
        IL.Emit(OpCodes.Conv_I8);
        IL.Emit(OpCodes.Neg);
    }

    /// <inheritdoc/>
    public override void And() => IL.Emit(OpCodes.And);

    /// <inheritdoc/>
    public override void PushBits()
    {
        IL.Emit(OpCodes.Ldc_I4_1);
        IL.Emit(OpCodes.Conv_I8);
        IL.Emit(OpCodes.And);
    }
}
