using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.Intrinsics;
using HybridControl.Numerics;

namespace HybridControl.Symbolics.Emission;

/// <summary>The signature of <see cref="LaneVectorFunction"/>: leaves are vectors of neighbouring points.</summary>
/// <remarks>Rounds as plain doubles do but for the elementary functions, which are those of <see cref="LaneMath"/>.</remarks>
internal sealed class LaneSpanTarget : EmitTarget
{
    private readonly Type _lane;
    private readonly Type _functions;
    private readonly FieldBuilder? _tables;
    private readonly LocalBuilder _time;
    private LocalBuilder? _first;
    private LocalBuilder? _second;
    private LocalBuilder? _third;

    /// <summary>Creates a target and loads time.</summary>
    /// <param name="il">Where the code goes.</param>
    /// <param name="wide">Eight doubles (AVX-512) rather than four (AVX2).</param>
    /// <param name="tables">The field with the lookup tables.</param>
    public LaneSpanTarget(ILGenerator il, bool wide, FieldBuilder? tables)
        : base(il, wide ? typeof(Vector512<double>) : typeof(Vector256<double>))
    {
        _lane = wide ? typeof(Lane512) : typeof(Lane256);
        _functions = wide ? typeof(Vector512) : typeof(Vector256);
        Width = wide ? 8 : 4;
        _tables = tables;
        _time = il.DeclareLocal(Number);
        il.Emit(OpCodes.Ldarg_0);
        Spread();
        il.Emit(OpCodes.Stloc, _time);
    }

    /// <summary>Points in a vector.</summary>
    public int Width { get; }

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
        Spread();
    }

    /// <inheritdoc/>
    public override void LoadConstant(double value)
    {
        IL.Emit(OpCodes.Ldc_R8, value);
        Spread();
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
        string name = op == OpCode.Lookup ? nameof(LaneTables.Lookup) : nameof(LaneTables.LookupSlope);
        IL.Emit(OpCodes.Call, typeof(LaneTables).GetMethod(name)!.MakeGenericMethod(Number));
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
        switch (op)
        {
            case OpCode.Add:
                CallOperator("op_Addition");
                break;
            case OpCode.Subtract:
                CallOperator("op_Subtraction");
                break;
            case OpCode.Multiply:
                CallOperator("op_Multiply");
                break;
            case OpCode.Divide:
                CallOperator("op_Division");
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
                IL.Emit(OpCodes.Call, _functions.GetMethod(nameof(Vector512.Floor), [Number])!);
                break;
            default:
                CallMath(op, new GraphNode(op).OperandCount);
                break;
        }
    }

    private void Spread() => IL.Emit(OpCodes.Call, _functions.GetMethod(nameof(Vector512.Create), [typeof(double)])!);

    private void CallOperator(string name) => IL.Emit(OpCodes.Call, Number.GetMethod(name, [Number, Number])!);

    private void CallGeneric(string name)
    {
        MethodInfo generic = _functions.GetMethods().Single(method => method.Name == name && method.IsGenericMethodDefinition);
        IL.Emit(OpCodes.Call, generic.MakeGenericMethod(typeof(double)));
    }

    private void CallMath(OpCode op, int count)
    {
        ConstructorInfo wrap = _lane.GetConstructor([Number])!;
        _first ??= IL.DeclareLocal(_lane);
        _second ??= IL.DeclareLocal(_lane);
        _third ??= IL.DeclareLocal(_lane);
        ReadOnlySpan<LocalBuilder> operands = [_first, _second, _third];
        for (int i = count - 1; i >= 0; i--)
        {
            IL.Emit(OpCodes.Newobj, wrap);
            IL.Emit(OpCodes.Stloc, operands[i]);
        }

        for (int i = 0; i < count; i++)
        {
            IL.Emit(OpCodes.Ldloc, operands[i]);
        }

        IL.Emit(OpCodes.Call, typeof(LaneMath).GetMethod(op.ToString())!.MakeGenericMethod(_lane));
        IL.Emit(OpCodes.Stloc, _first);
        IL.Emit(OpCodes.Ldloca, _first);
        IL.Emit(OpCodes.Call, _lane.GetProperty("Value")!.GetMethod!);
    }
}
