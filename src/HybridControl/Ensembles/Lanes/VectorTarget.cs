using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using HybridControl.Symbolics.Emission;
using OpCode = HybridControl.Symbolics.OpCode;

namespace HybridControl.Ensembles.Lanes;

/// <summary>Lane code on vectors of eight or four doubles: operators and hardware intrinsics, which the JIT compiler knows.</summary>
internal sealed class VectorTarget : LaneTarget
{
    private readonly bool _wide;
    private readonly VectorInstructions _vectors;
    private LocalBuilder? _first;
    private LocalBuilder? _second;

    /// <summary>Creates a target.</summary>
    /// <param name="il">Where the code goes.</param>
    /// <param name="wide">Eight doubles (AVX-512) rather than four (AVX2).</param>
    /// <param name="tables">The field with the lookup tables.</param>
    /// <param name="firstTable">Where in it the tables of this program begin.</param>
    public VectorTarget(ILGenerator il, bool wide, FieldBuilder? tables, int firstTable)
        : base(il, VectorInstructions.NumberOf(wide), VectorInstructions.LaneOf(wide), tables, firstTable) =>
        (_wide, _vectors) = (wide, new VectorInstructions(il, wide));

    /// <inheritdoc/>
    public override int Parts => 2;

    /// <inheritdoc/>
    public override int Width => _vectors.Width;

    /// <inheritdoc/>
    public override Type Mask => Number;

    /// <inheritdoc/>
    public override void LoadConstant(double value)
    {
        IL.Emit(OpCodes.Ldc_R8, value);
        _vectors.Spread();
    }

    /// <inheritdoc/>
    public override void Apply(OpCode op)
    {
        if (op is OpCode.Min or OpCode.Max)
        {
            ApplyExtreme(op == OpCode.Min ? nameof(Avx.Min) : nameof(Avx.Max));
        }
        else if (!_vectors.TryApply(op))
        {
            CallMath(op);
        }
    }

    /// <inheritdoc/>
    public override void BeginSelect()
    {
        LoadConstant(0.0);
        _vectors.CallGeneric(nameof(Vector512.GreaterThanOrEqual));
    }

    /// <inheritdoc/>
    public override void EndSelect() => Blend();

    /// <inheritdoc/>
    public override void BeginContracted(Contraction contraction)
    {
        // The instruction takes the factors as they are.
    }

    /// <inheritdoc/>
    public override void EndContracted(Contraction contraction)
    {
        if (contraction == Contraction.Sum)
        {
            _vectors.Call(nameof(Vector512.FusedMultiplyAdd), 3);
            return;
        }

        bool difference = contraction == Contraction.Difference;
        MethodInfo method = _wide
            ? typeof(Avx512F).GetMethod(
                difference ? nameof(Avx512F.FusedMultiplySubtract) : nameof(Avx512F.FusedMultiplyAddNegated),
                [Number, Number, Number])!
            : typeof(Fma).GetMethod(
                difference ? nameof(Fma.MultiplySubtract) : nameof(Fma.MultiplyAddNegated), [Number, Number, Number])!;
        IL.Emit(OpCodes.Call, method);
    }

    /// <inheritdoc/>
    public override void Blend() => _vectors.CallGeneric(nameof(Vector512.ConditionalSelect));

    /// <inheritdoc/>
    public override void PushPositive()
    {
        LoadConstant(0.0);
        _vectors.CallGeneric(nameof(Vector512.GreaterThan));
    }

    /// <inheritdoc/>
    public override void And() => _vectors.CallOperator("op_BitwiseAnd");

    /// <inheritdoc/>
    public override void PushBits()
    {
        _vectors.CallGeneric(nameof(Vector512.ExtractMostSignificantBits));
        IL.Emit(OpCodes.Conv_U8);
    }

    // LaneMath.Min and Max in three instructions, and without calls: the JIT compiler inlines only so many into one method. The
    // instruction gives its second operand if the two are equal or either is NaN, so NaN in its first is put back.
    private void ApplyExtreme(string name)
    {
        _second ??= IL.DeclareLocal(Number);
        LocalBuilder first = _first ??= IL.DeclareLocal(Number);
        IL.Emit(OpCodes.Stloc, _second);
        IL.Emit(OpCodes.Stloc, first);
        IL.Emit(OpCodes.Ldloc, _second);
        IL.Emit(OpCodes.Ldloc, _second);
        _vectors.CallGeneric(nameof(Vector512.Equals));
        IL.Emit(OpCodes.Ldloc, _second);
        IL.Emit(OpCodes.Ldloc, first);
        IL.Emit(OpCodes.Call, (_wide ? typeof(Avx512F) : typeof(Avx)).GetMethod(name, [Number, Number])!);
        IL.Emit(OpCodes.Ldloc, _second);
        Blend();
    }
}
