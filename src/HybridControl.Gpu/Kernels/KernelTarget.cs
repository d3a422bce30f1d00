using System.Reflection;
using System.Reflection.Emit;
using HybridControl.Symbolics.Emission;
using OpCode = HybridControl.Symbolics.OpCode;

namespace HybridControl.Gpu.Kernels;

/// <summary>Leaves are local variables or constants; functions are those of <see cref="KernelMath"/>.</summary>
internal sealed class KernelTarget : EmitTarget
{
    private static readonly Dictionary<OpCode, System.Reflection.Emit.OpCode> Instructions = new()
    {
        [OpCode.Add] = OpCodes.Add,
        [OpCode.Subtract] = OpCodes.Sub,
        [OpCode.Multiply] = OpCodes.Mul,
        [OpCode.Divide] = OpCodes.Div,
        [OpCode.Negate] = OpCodes.Neg,
    };

    private const double WideUnit = 2.220446049250313e-16;
    private const double NarrowUnit = 1.1920928955078125e-07;
    private const double MostUnits = 4096.0;
    private const double SmallestNormal = 1.17549435e-38;

    private readonly Func<int, LocalBuilder?> _localOf;
    private readonly Func<int, double> _constantOf;
    private readonly NodeFacts? _facts;
    private readonly Func<double, FieldInfo?>? _fieldOf;

    /// <summary>Creates a target.</summary>
    /// <param name="il">Where the code goes.</param>
    /// <param name="number">double or float.</param>
    /// <param name="localOf">The local that holds a register; null if the register is a constant.</param>
    /// <param name="constantOf">What a register holds that is a constant.</param>
    /// <param name="facts">What is known of the nodes of the program; null if no node is written.</param>
    /// <param name="fieldOf">The field of the model, the third argument, that holds a constant; null for one that is an operand of an instruction.</param>
    public KernelTarget(
        ILGenerator il,
        Type number,
        Func<int, LocalBuilder?> localOf,
        Func<int, double> constantOf,
        NodeFacts? facts = null,
        Func<double, FieldInfo?>? fieldOf = null)
        : base(il, number) => (_localOf, _constantOf, _facts, _fieldOf) = (localOf, constantOf, facts, fieldOf);

    /// <summary>Whether kernels have an operation.</summary>
    public static bool Has(OpCode op) =>
        op is OpCode.Constant or OpCode.Data || Instructions.ContainsKey(op) || Function(op, typeof(double)) is not null;

    /// <inheritdoc/>
    public override void LoadTime() => throw new NotSupportedException("A machine keeps time in a register.");

    /// <inheritdoc/>
    public override void LoadState(int index) => throw new NotSupportedException("A machine keeps states in registers.");

    /// <inheritdoc/>
    public override void LoadData(int slot)
    {
        if (_localOf(slot) is { } local)
        {
            IL.Emit(OpCodes.Ldloc, local);
        }
        else
        {
            LoadConstant(_constantOf(slot));
        }
    }

    /// <inheritdoc/>
    public override void LoadConstant(double value)
    {
        if (Number == typeof(float))
        {
            IL.Emit(OpCodes.Ldc_R4, Narrow(value));
        }
        else if (_fieldOf?.Invoke(value) is { } field)
        {
            IL.Emit(OpCodes.Ldarg_2);
            IL.Emit(OpCodes.Ldfld, field);
        }
        else
        {
            IL.Emit(OpCodes.Ldc_R8, value);
        }
    }

    /// <inheritdoc/>
    public override void Apply(OpCode op)
    {
        if (Instructions.TryGetValue(op, out System.Reflection.Emit.OpCode instruction))
        {
            IL.Emit(instruction);
        }
        else
        {
            IL.Emit(OpCodes.Call, Function(op, Number)!);
        }
    }

    /// <inheritdoc/>
    public override void Apply(OpCode op, int node)
    {
        if (_facts?.Shorter(node) is { } name)
        {
            IL.Emit(OpCodes.Call, Function(name, new Symbolics.GraphNode(op).OperandCount, Number)!);
        }
        else
        {
            Apply(op);
        }
    }

    /// <summary>A constant in single precision.</summary>
    /// <remarks>
    /// Constants that speak of the numbers themselves keep their meaning: what is finite stays finite (a comparison with
    /// the largest double asks whether a number is), what is not zero does not become zero (one with the smallest asks
    /// whether it is positive), and a small whole multiple of the unit of rounding, 2^-52, becomes that multiple of 2^-23,
    /// so that an event is bracketed and a step is bounded to what time can resolve.
    /// </remarks>
    public static float Narrow(double value)
    {
        if (!double.IsFinite(value) || value == 0.0)
        {
            return (float)value;
        }

        double units = Math.Abs(value) / WideUnit;
        double size = units <= MostUnits && units == Math.Floor(units) ? units * NarrowUnit : Math.Abs(value);
        float narrow = (float)Math.Clamp(size, SmallestNormal, float.MaxValue);
        return value < 0.0 ? -narrow : narrow;
    }

    private static MethodInfo? Function(OpCode op, Type number) => Function(op.ToString(), new Symbolics.GraphNode(op).OperandCount, number);

    private static MethodInfo? Function(string name, int count, Type number) =>
        typeof(KernelMath).GetMethod(name, [.. Enumerable.Repeat(number, count)]);
}
