using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.Intrinsics;

namespace HybridControl.Symbolics.Emission;

/// <summary>Emits operations on vectors of eight or four doubles: operators and functions that the JIT compiler knows.</summary>
/// <param name="il">Where the code goes.</param>
/// <param name="wide">Eight doubles (AVX-512) rather than four (AVX2).</param>
internal sealed class VectorInstructions(ILGenerator il, bool wide)
{
    /// <summary>Doubles in a vector.</summary>
    public int Width => wide ? 8 : 4;

    private Type Number => NumberOf(wide);

    private Type Functions => wide ? typeof(Vector512) : typeof(Vector256);

    /// <summary>The type of a vector.</summary>
    public static Type NumberOf(bool wide) => wide ? typeof(Vector512<double>) : typeof(Vector256<double>);

    /// <summary>The <see cref="Numerics.ILane{T}"/> around a vector.</summary>
    public static Type LaneOf(bool wide) => wide ? typeof(Numerics.Lane512) : typeof(Numerics.Lane256);

    /// <summary>Replaces the double on the stack by a vector of it.</summary>
    public void Spread() => il.Emit(OpCodes.Call, Functions.GetMethod(nameof(Vector512.Create), [typeof(double)])!);

    /// <summary>Calls an operator of two vectors, such as <c>op_Addition</c>.</summary>
    public void CallOperator(string name) => il.Emit(OpCodes.Call, Number.GetMethod(name, [Number, Number])!);

    /// <summary>Calls a generic function of vectors, such as <see cref="Vector512.Sqrt"/>.</summary>
    public void CallGeneric(string name)
    {
        MethodInfo generic = Functions.GetMethods().Single(method => method.Name == name && method.IsGenericMethodDefinition);
        il.Emit(OpCodes.Call, generic.MakeGenericMethod(typeof(double)));
    }

    /// <summary>Calls a function of vectors that takes vectors of doubles only, such as <see cref="Vector512.Floor(Vector512{double})"/>.</summary>
    public void Call(string name, int operands) =>
        il.Emit(OpCodes.Call, Functions.GetMethod(name, [.. Enumerable.Repeat(Number, operands)])!);

    /// <summary>Replaces the operands on the stack by the result of an operation; false if vectors have no instruction for it.</summary>
    public bool TryApply(OpCode op)
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
                return true;
            case OpCode.Negate:
                il.Emit(OpCodes.Call, Number.GetMethod("op_UnaryNegation")!);
                return true;
            case OpCode.Square:
                il.Emit(OpCodes.Dup);
                CallOperator("op_Multiply");
                return true;
            case OpCode.Sqrt:
                CallGeneric(nameof(Vector512.Sqrt));
                return true;
            case OpCode.Abs:
                CallGeneric(nameof(Vector512.Abs));
                return true;
            case OpCode.Floor:
                Call(nameof(Vector512.Floor), 1);
                return true;
            default:
                return false;
        }
    }
}
