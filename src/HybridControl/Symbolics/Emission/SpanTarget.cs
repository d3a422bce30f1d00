using System.Reflection.Emit;

namespace HybridControl.Symbolics.Emission;

/// <summary>Leaves read through references: the signature of <see cref="PointFunction{T}"/> and <see cref="VectorFunction"/>.</summary>
internal class SpanTarget : EmitTarget
{
    private readonly short _time;
    private readonly short _states;
    private readonly short _data;
    private readonly FieldBuilder? _tables;

    public SpanTarget(ILGenerator il, Type number, FieldBuilder? tables, short time, short states, short data)
        : base(il, number) => (_tables, _time, _states, _data) = (tables, time, states, data);

    /// <inheritdoc/>
    public override void LoadTime() => IL.Emit(OpCodes.Ldarg, _time);

    /// <inheritdoc/>
    public override void LoadState(int index)
    {
        LoadElement(IL, _states, index, Number);
    }

    /// <inheritdoc/>
    public override void LoadData(int slot)
    {
        LoadElement(IL, _data, slot, typeof(double));
        Lift();
    }

    /// <inheritdoc/>
    public override void LoadTable(int number)
    {
        IL.Emit(OpCodes.Ldsfld, _tables!);
        IL.Emit(OpCodes.Ldc_I4, number);
        IL.Emit(OpCodes.Ldelem_Ref);
    }

    /// <summary>Pushes the address of element <paramref name="index"/> behind a reference argument.</summary>
    public static void LoadAddress(ILGenerator il, short argument, int index, Type element)
    {
        il.Emit(OpCodes.Ldarg, argument);
        if (index == 0)
        {
            return;
        }

        if (element == typeof(double))
        {
            il.Emit(OpCodes.Ldc_I4, index * sizeof(double));
        }
        else
        {
            il.Emit(OpCodes.Ldc_I4, index);
            il.Emit(OpCodes.Sizeof, element);
            il.Emit(OpCodes.Mul);
        }

        il.Emit(OpCodes.Add);
    }

    private static void LoadElement(ILGenerator il, short argument, int index, Type element)
    {
        LoadAddress(il, argument, index, element);
        il.Emit(OpCodes.Ldobj, element);
    }
}
