using System.Reflection;
using System.Reflection.Emit;
using HybridControl.Numerics;

namespace HybridControl.Symbolics.Emission;

/// <summary>What differs between the code emitted for different number types and method signatures.</summary>
/// <remarks>
/// <see cref="GraphWriter"/> owns the walk over the graph; a target says how a leaf is loaded and how an operation on
/// the evaluation stack is spelled. On doubles these are instructions and calls to <see cref="Math"/>; on any other
/// <see cref="IReal{T}"/> they are calls to the static members of that type.
/// </remarks>
public abstract class EmitTarget
{
    private static readonly Dictionary<OpCode, (Type Owner, string Name)> ScalarCalls = new()
    {
        [OpCode.Power] = (typeof(Math), nameof(Math.Pow)),
        [OpCode.Sqrt] = (typeof(Math), nameof(Math.Sqrt)),
        [OpCode.Cbrt] = (typeof(Math), nameof(Math.Cbrt)),
        [OpCode.Exp] = (typeof(Math), nameof(Math.Exp)),
        [OpCode.Log] = (typeof(Math), nameof(Math.Log)),
        [OpCode.Sin] = (typeof(Math), nameof(Math.Sin)),
        [OpCode.Cos] = (typeof(Math), nameof(Math.Cos)),
        [OpCode.Tan] = (typeof(Math), nameof(Math.Tan)),
        [OpCode.Asin] = (typeof(Math), nameof(Math.Asin)),
        [OpCode.Acos] = (typeof(Math), nameof(Math.Acos)),
        [OpCode.Atan] = (typeof(Math), nameof(Math.Atan)),
        [OpCode.Sinh] = (typeof(Math), nameof(Math.Sinh)),
        [OpCode.Cosh] = (typeof(Math), nameof(Math.Cosh)),
        [OpCode.Tanh] = (typeof(Math), nameof(Math.Tanh)),
        [OpCode.Asinh] = (typeof(Math), nameof(Math.Asinh)),
        [OpCode.Acosh] = (typeof(Math), nameof(Math.Acosh)),
        [OpCode.Atanh] = (typeof(Math), nameof(Math.Atanh)),
        [OpCode.Atan2] = (typeof(Math), nameof(Math.Atan2)),
        [OpCode.Abs] = (typeof(Math), nameof(Math.Abs)),
        [OpCode.Floor] = (typeof(Math), nameof(Math.Floor)),
        [OpCode.Hypot] = (typeof(ScalarMath), nameof(ScalarMath.Hypot)),
        [OpCode.Min] = (typeof(ScalarMath), nameof(ScalarMath.Min)),
        [OpCode.Max] = (typeof(ScalarMath), nameof(ScalarMath.Max)),
        [OpCode.Sign] = (typeof(ScalarMath), nameof(ScalarMath.Sign)),
        [OpCode.Select] = (typeof(ScalarMath), nameof(ScalarMath.Select)),
    };

    /// <summary>Creates a target that writes to <paramref name="il"/>.</summary>
    /// <param name="il">Where the code goes.</param>
    /// <param name="number">The number type: double, or a type that implements <see cref="IReal{T}"/>.</param>
    protected EmitTarget(ILGenerator il, Type number)
    {
        IL = il;
        Number = number;
    }

    /// <summary>Where the code goes.</summary>
    public ILGenerator IL { get; }

    /// <summary>The number type.</summary>
    public Type Number { get; }

    /// <summary>Pushes time.</summary>
    public abstract void LoadTime();

    /// <summary>Pushes state <paramref name="index"/>.</summary>
    public abstract void LoadState(int index);

    /// <summary>Pushes entry <paramref name="slot"/> of the data block.</summary>
    public abstract void LoadData(int slot);

    /// <summary>Pushes lookup table <paramref name="number"/> as an object.</summary>
    /// <exception cref="NotSupportedException">This back-end has no lookup tables.</exception>
    public virtual void LoadTable(int number) =>
        throw new NotSupportedException("This back-end has no lookup tables. Run the model on the CPU.");

    /// <summary>Pushes a constant.</summary>
    public virtual void LoadConstant(double value)
    {
        IL.Emit(OpCodes.Ldc_R8, value);
        Lift();
    }

    /// <summary>Turns the double on the stack into the number type.</summary>
    protected void Lift()
    {
        if (Number != typeof(double))
        {
            IL.Emit(OpCodes.Call, Number.GetMethod("Constant", [typeof(double)])!);
        }
    }

    /// <summary>Emits the operation of a node of the program; for a target that knows more of the node than its operation.</summary>
    /// <param name="op">The operation.</param>
    /// <param name="node">Number of the node.</param>
    public virtual void Apply(OpCode op, int node) => Apply(op);

    /// <summary>Replaces the operands on the stack by the result of an operation.</summary>
    public virtual void Apply(OpCode op)
    {
        if (Number != typeof(double))
        {
            IL.Emit(OpCodes.Call, MemberOf(op));
            return;
        }

        switch (op)
        {
            case OpCode.Add:
                IL.Emit(OpCodes.Add);
                break;
            case OpCode.Subtract:
                IL.Emit(OpCodes.Sub);
                break;
            case OpCode.Multiply:
                IL.Emit(OpCodes.Mul);
                break;
            case OpCode.Divide:
                IL.Emit(OpCodes.Div);
                break;
            case OpCode.Negate:
                IL.Emit(OpCodes.Neg);
                break;
            case OpCode.Square:
                IL.Emit(OpCodes.Dup);
                IL.Emit(OpCodes.Mul);
                break;
            default:
                (Type owner, string name) = ScalarCalls[op];
                IL.Emit(OpCodes.Call, owner.GetMethod(name, Arguments(op))!);
                break;
        }
    }

    /// <summary>With a table and its arguments on the stack, pushes the value (or slope) of the table.</summary>
    public virtual void ApplyTable(OpCode op)
    {
        if (Number == typeof(double))
        {
            IL.Emit(OpCodes.Call, op switch
            {
                OpCode.Lookup => typeof(LookupCurve).GetMethod(nameof(LookupCurve.Evaluate))!,
                OpCode.LookupSlope => typeof(LookupCurve).GetMethod(nameof(LookupCurve.Derivative))!,
                _ => typeof(LookupSurface).GetMethod(nameof(LookupSurface.Evaluate))!,
            });
        }
        else
        {
            Type table = op == OpCode.Surface ? typeof(LookupSurface) : typeof(LookupCurve);
            IL.Emit(OpCodes.Call, Number.GetMethod(op.ToString(), [table, .. Arguments(op)])!);
        }
    }

    private Type[] Arguments(OpCode op)
    {
        int count = new GraphNode(op).OperandCount;
        return [.. Enumerable.Repeat(Number, count)];
    }

    private MethodInfo MemberOf(OpCode op)
    {
        string name = op switch
        {
            OpCode.Add => "op_Addition",
            OpCode.Subtract => "op_Subtraction",
            OpCode.Multiply => "op_Multiply",
            OpCode.Divide => "op_Division",
            OpCode.Negate => "op_UnaryNegation",
            _ => op.ToString(),
        };
        return Number.GetMethod(name, Arguments(op))!;
    }
}
