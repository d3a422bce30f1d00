using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using HybridControl.Numerics;
using HybridControl.Symbolics;
using OpCode = HybridControl.Symbolics.OpCode;

namespace HybridControl.Ensembles.Lanes;

/// <summary>Lane code on vectors of eight or four doubles: operators and hardware intrinsics, which the JIT compiler knows.</summary>
internal sealed class VectorTarget : LaneTarget
{
    private readonly bool _wide;
    private LocalBuilder? _first;
    private LocalBuilder? _second;

    /// <summary>Creates a target.</summary>
    /// <param name="il">Where the code goes.</param>
    /// <param name="wide">Eight doubles (AVX-512) rather than four (AVX2).</param>
    /// <param name="tables">The field with the lookup tables.</param>
    /// <param name="firstTable">Where in it the tables of this program begin.</param>
    public VectorTarget(ILGenerator il, bool wide, FieldBuilder? tables, int firstTable)
        : base(
            il,
            wide ? typeof(Vector512<double>) : typeof(Vector256<double>),
            wide ? typeof(Lane512) : typeof(Lane256),
            tables,
            firstTable) => _wide = wide;

    /// <inheritdoc/>
    public override int Parts => 2;

    /// <inheritdoc/>
    public override int Width => _wide ? 8 : 4;

    /// <inheritdoc/>
    public override Type Mask => Number;

    private Type Functions => _wide ? typeof(Vector512) : typeof(Vector256);

    /// <inheritdoc/>
    public override void LoadConstant(double value)
    {
        IL.Emit(OpCodes.Ldc_R8, value);
        IL.Emit(OpCodes.Call, Functions.GetMethod(nameof(Vector512.Create), [typeof(double)])!);
    }

    /// <inheritdoc/>
    public override void Apply(OpCode op)
    {
        switch (op)
        {
            case OpCode.Add or OpCode.Subtract or OpCode.Multiply or OpCode.Divide:
                CallOperator(op switch
                {
                    OpCode.Add => "op_Addition",
                    OpCode.Subtract => "op_Subtraction",
                    OpCode.Multiply => "op_Multiply",
                    _ => "op_Division",
                });
                break;
            case OpCode.Negate:
                IL.Emit(OpCodes.Call, Number.GetMethod("op_UnaryNegation")!);
                break;
            case OpCode.Square:
                IL.Emit(OpCodes.Dup);
                CallOperator("op_Multiply");
                break;
            case OpCode.Sqrt:
                CallGeneric(nameof(Vector512.Sqrt));
                break;
            case OpCode.Abs:
                CallGeneric(nameof(Vector512.Abs));
                break;
            case OpCode.Floor:
                IL.Emit(OpCodes.Call, Functions.GetMethod(nameof(Vector512.Floor), [Number])!);
                break;
            case OpCode.Min or OpCode.Max:
                ApplyExtreme(op == OpCode.Min ? nameof(Avx.Min) : nameof(Avx.Max));
                break;
            default:
                CallMath(op, new GraphNode(op).OperandCount);
                break;
        }
    }

    /// <inheritdoc/>
    public override void BeginSelect()
    {
        LoadConstant(0.0);
        CallGeneric(nameof(Vector512.GreaterThanOrEqual));
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
            IL.Emit(OpCodes.Call, Functions.GetMethod(nameof(Vector512.FusedMultiplyAdd), [Number, Number, Number])!);
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
    public override void Blend() => CallGeneric(nameof(Vector512.ConditionalSelect));

    /// <inheritdoc/>
    public override void PushPositive()
    {
        LoadConstant(0.0);
        CallGeneric(nameof(Vector512.GreaterThan));
    }

    /// <inheritdoc/>
    public override void And() => CallOperator("op_BitwiseAnd");

    /// <inheritdoc/>
    public override void PushBits()
    {
        CallGeneric(nameof(Vector512.ExtractMostSignificantBits));
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
        CallGeneric(nameof(Vector512.Equals));
        IL.Emit(OpCodes.Ldloc, _second);
        IL.Emit(OpCodes.Ldloc, first);
        IL.Emit(OpCodes.Call, (_wide ? typeof(Avx512F) : typeof(Avx)).GetMethod(name, [Number, Number])!);
        IL.Emit(OpCodes.Ldloc, _second);
        Blend();
    }

    private void CallOperator(string name) => IL.Emit(OpCodes.Call, Number.GetMethod(name, [Number, Number])!);

    private void CallGeneric(string name)
    {
        MethodInfo generic = Functions.GetMethods().Single(method => method.Name == name && method.IsGenericMethodDefinition);
        IL.Emit(OpCodes.Call, generic.MakeGenericMethod(typeof(double)));
    }
}
