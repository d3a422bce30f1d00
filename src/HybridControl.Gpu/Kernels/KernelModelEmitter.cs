using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.InteropServices;
using HybridControl.Symbolics;
using HybridControl.Symbolics.Emission;
using OpCode = HybridControl.Symbolics.OpCode;

namespace HybridControl.Gpu.Kernels;

/// <summary>Emits a right-hand side as a struct that kernels are generic over.</summary>
/// <remarks>
/// The walk is that of the CPU code; only the leaves differ: a state is a field of a struct. The types live in an
/// assembly that stays, because ILGPU reads their method bodies. Functions that ILGPU has no double-precision code for
/// are refused here, before anything is compiled.
/// </remarks>
public static class KernelModelEmitter
{
    private static readonly HashSet<OpCode> Native =
    [
        OpCode.Constant, OpCode.Time, OpCode.State, OpCode.Data, OpCode.Negate, OpCode.Add, OpCode.Subtract,
        OpCode.Multiply, OpCode.Divide, OpCode.Square, OpCode.Sqrt, OpCode.Abs, OpCode.Min, OpCode.Max, OpCode.Floor,
        OpCode.Select,
    ];

    /// <summary>Emits the types for a right-hand side.</summary>
    /// <param name="name">Name of the model.</param>
    /// <param name="flow">The right-hand side, one output for each state.</param>
    /// <param name="dataCount">Length of the data block.</param>
    /// <exception cref="NotSupportedException">The right-hand side uses a function that kernels do not have.</exception>
    public static KernelModelTypes Emit(string name, ExprProgram flow, int dataCount)
    {
        ArgumentNullException.ThrowIfNull(flow);
        foreach (GraphNode node in flow.Instructions)
        {
            if (!Native.Contains(node.Op))
            {
                throw new NotSupportedException(
                    $"Model '{name}' uses {node.Op}, which kernels do not have. Run it on the CPU.");
            }
        }

        AssemblyBuilder assembly = AssemblyBuilder.DefineDynamicAssembly(
            new AssemblyName($"HybridControl.Kernels.{name}"), AssemblyBuilderAccess.Run);
        ModuleBuilder module = assembly.DefineDynamicModule("main");
        Type state = DefineStruct(module, "State", "X", flow.OutputCount);
        Type data = DefineStruct(module, "Data", "D", dataCount);
        return new(DefineModel(module, flow, state, data), state, data);
    }

    private static Type DefineStruct(ModuleBuilder module, string name, string prefix, int count)
    {
        TypeBuilder type = module.DefineType(
            name, TypeAttributes.Public | TypeAttributes.Sealed | TypeAttributes.SequentialLayout, typeof(ValueType));
        for (int i = 0; i < Math.Max(1, count); i++)
        {
            type.DefineField($"{prefix}{i}", typeof(double), FieldAttributes.Public);
        }

        return type.CreateType();
    }

    private static Type DefineModel(ModuleBuilder module, ExprProgram flow, Type state, Type data)
    {
        Type contract = typeof(IKernelModel<,>).MakeGenericType(state, data);
        TypeBuilder type = module.DefineType(
            "Model", TypeAttributes.Public | TypeAttributes.Sealed | TypeAttributes.SequentialLayout, typeof(ValueType), [contract]);
        type.DefineField("Unused", typeof(double), FieldAttributes.Public); // ILGPU takes no empty struct
        MethodInfo declared = contract.GetMethod(nameof(IKernelModel<,>.Derivatives))!;
        Type[] readOnly = [typeof(InAttribute)];
        MethodBuilder method = type.DefineMethod(
            declared.Name,
            MethodAttributes.Public | MethodAttributes.Final | MethodAttributes.Virtual | MethodAttributes.HideBySig |
                MethodAttributes.NewSlot,
            CallingConventions.HasThis,
            typeof(void),
            null,
            null,
            [typeof(double), state.MakeByRefType(), data.MakeByRefType(), state.MakeByRefType()],
            [[], readOnly, readOnly, []],
            null);
        ILGenerator il = method.GetILGenerator();
        var writer = new GraphWriter(flow, new StructTarget(il, state, data));
        for (int i = 0; i < flow.OutputCount; i++)
        {
            il.Emit(OpCodes.Ldarg, 4);
            writer.Push(flow.Outputs[i]);
            il.Emit(OpCodes.Stfld, state.GetField($"X{i}")!);
        }

        il.Emit(OpCodes.Ret);
        type.DefineMethodOverride(method, declared);
        return type.CreateType();
    }

    /// <summary>Leaves read from the fields of structs passed by reference.</summary>
    private sealed class StructTarget : EmitTarget
    {
        private readonly Type _state;
        private readonly Type _data;

        public StructTarget(ILGenerator il, Type state, Type data)
            : base(il, typeof(double)) => (_state, _data) = (state, data);

        public override void LoadTime() => IL.Emit(OpCodes.Ldarg_1);

        public override void LoadState(int index)
        {
            IL.Emit(OpCodes.Ldarg_2);
            IL.Emit(OpCodes.Ldfld, _state.GetField($"X{index}")!);
        }

        public override void LoadData(int slot)
        {
            IL.Emit(OpCodes.Ldarg_3);
            IL.Emit(OpCodes.Ldfld, _data.GetField($"D{slot}")!);
        }
    }
}
