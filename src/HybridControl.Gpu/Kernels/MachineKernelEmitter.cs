using System.Reflection;
using System.Reflection.Emit;
using HybridControl.Ensembles.Machine;
using HybridControl.Symbolics;
using HybridControl.Symbolics.Emission;
using OpCode = HybridControl.Symbolics.OpCode;

namespace HybridControl.Gpu.Kernels;

/// <summary>Emits the programs of a trajectory machine as a struct that <see cref="MachineKernels"/> are generic over.</summary>
/// <remarks>
/// A program loads the registers that it reads, computes in local variables, and writes the registers that it assigns; a
/// program that repeats keeps them in locals until it is left, so that a loop of steps touches no memory. The programs of
/// a small machine become one function; those of a large one are called, for the time of a compilation grows faster than
/// the function. The types live in an assembly that stays, because the kernel compiler reads their method bodies.
/// </remarks>
internal sealed class MachineKernelEmitter
{
    private const int MostInlined = 1000;
    private const int FewestFields = 16; // fewer are best left to the kernel compiler, which joins factors that it sees
    private const int MostFields = 256; // 2 KiB of the 4 that the parameters of a kernel may have

    private readonly TrajectoryMachine _machine;
    private readonly MachineRows _rows;
    private readonly Type _number;
    private readonly Type _memory;
    private readonly bool _separate;
    private readonly ExprProgram[] _codes;
    private readonly Dictionary<double, FieldBuilder> _fields = [];

    private MachineKernelEmitter(TrajectoryMachine machine, MachineRows rows, Type number)
    {
        (_machine, _rows, _number) = (machine, rows, number);
        _memory = typeof(TrajectoryMemory<>).MakeGenericType(number);
        _separate = machine.Programs.Sum(program => program.Code.RegisterCount) > MostInlined;
        _codes =
        [
            .. machine.Programs.Select(program => ConstantFolding.Of(
                program.Code, register => rows.RowOf(register) < 0 ? rows.InitialOf(register) : null, computes: number == typeof(double))),
        ];
    }

    /// <summary>The static method of an emitted struct that gives it with its constants.</summary>
    public const string FilledName = "Filled";

    /// <summary>Emits a machine.</summary>
    /// <returns>A struct that implements <see cref="IMachineModel{T}"/> for double or float.</returns>
    /// <exception cref="NotSupportedException">A program uses an operation that kernels do not have.</exception>
    public static Type Emit(TrajectoryMachine machine, MachineRows rows, KernelPrecision precision)
    {
        foreach (MachineProgram program in machine.Programs)
        {
            if (Unsupported(program) is { } op)
            {
                throw new NotSupportedException($"Program '{program.Name}' uses {op}, which kernels do not have. Run it on the CPU.");
            }
        }

        return new MachineKernelEmitter(machine, rows, precision == KernelPrecision.Double ? typeof(double) : typeof(float)).Define();
    }

    /// <summary>An operation of a program that kernels do not have; null if they have them all.</summary>
    public static OpCode? Unsupported(MachineProgram program)
    {
        foreach (GraphNode node in program.Code.Instructions)
        {
            if (!KernelTarget.Has(node.Op))
            {
                return node.Op;
            }
        }

        return null;
    }

    private Type Define()
    {
        // The code that hands a struct to a kernel finds it by name: two of one name would be taken for each other.
        AssemblyBuilder assembly = AssemblyBuilder.DefineDynamicAssembly(
            new AssemblyName($"HybridControl.MachineKernels.{Guid.NewGuid():N}"), AssemblyBuilderAccess.Run);
        Type contract = typeof(IMachineModel<>).MakeGenericType(_number);
        TypeBuilder type = assembly.DefineDynamicModule("main").DefineType(
            "Machine", TypeAttributes.Public | TypeAttributes.Sealed | TypeAttributes.SequentialLayout, typeof(ValueType), [contract]);
        type.DefineField("Unused", typeof(int), FieldAttributes.Public); // an empty struct has no layout on a device
        DefineConstants(type);
        DefineNext(type, contract);
        MethodBuilder[] programs = [.. _machine.Programs.Select((program, i) => DefineProgram(type, program, i))];
        DefineExecute(type, contract, programs);
        DefineFilled(type);
        return type.CreateType();
    }

    // A number whose low half is zero is an operand of an instruction. Any other would be put together in each pass of a loop, by
    // two instructions, unless it lies among the parameters of the kernel.
    private void DefineConstants(TypeBuilder type)
    {
        double[] constants =
        [
            .. _codes.SelectMany(code => code.Instructions.ToArray()).Where(node => node.Op == OpCode.Constant && (uint)node.Bits != 0)
                .Select(node => node.Value).Distinct(),
        ];
        if (_separate || _number == typeof(float) || constants.Length < FewestFields)
        {
            return;
        }

        foreach (double constant in constants.Take(MostFields))
        {
            _fields.Add(constant, type.DefineField($"Constant{_fields.Count}", typeof(double), FieldAttributes.Public));
        }
    }

    private void DefineFilled(TypeBuilder type)
    {
        ILGenerator il = type.DefineMethod(FilledName, MethodAttributes.Public | MethodAttributes.Static, type, []).GetILGenerator();
        LocalBuilder model = il.DeclareLocal(type);
        foreach ((double value, FieldBuilder field) in _fields)
        {
            il.Emit(OpCodes.Ldloca, model);
            il.Emit(OpCodes.Ldc_R8, value);
            il.Emit(OpCodes.Stfld, field);
        }

        il.Emit(OpCodes.Ldloc, model);
        il.Emit(OpCodes.Ret);
    }

    private void DefineNext(TypeBuilder type, Type contract)
    {
        ILGenerator il = Implement(type, contract.GetMethod(nameof(IMachineModel<>.Next))!);
        LoadRegister(il, TrajectoryMachine.ProgramCounter, memory: 1);
        il.Emit(OpCodes.Conv_I4);
        il.Emit(OpCodes.Ret);
    }

    private void DefineExecute(TypeBuilder type, Type contract, MethodBuilder[] programs)
    {
        ILGenerator il = Implement(type, contract.GetMethod(nameof(IMachineModel<>.Execute))!);
        Label[] labels = [.. programs.Select(_ => il.DefineLabel())];
        il.Emit(OpCodes.Ldarg_1);
        if (labels is [Label only])
        {
            il.Emit(OpCodes.Brfalse, only); // the kernel compiler takes the wrong way at a switch with one case
        }
        else
        {
            il.Emit(OpCodes.Switch, labels);
        }

        il.Emit(OpCodes.Ldarg_3); // no such program: spend the budget
        il.Emit(OpCodes.Ret);
        for (int i = 0; i < programs.Length; i++)
        {
            il.MarkLabel(labels[i]);
            il.Emit(OpCodes.Ldarg_2);
            il.Emit(OpCodes.Ldarg_3);
            if (!_separate)
            {
                il.Emit(OpCodes.Ldarg_0);
                il.Emit(OpCodes.Ldobj, type);
            }

            il.Emit(OpCodes.Call, programs[i]);
            il.Emit(OpCodes.Ret);
        }
    }

    private static ILGenerator Implement(TypeBuilder type, MethodInfo declared)
    {
        MethodBuilder method = type.DefineMethod(
            declared.Name,
            MethodAttributes.Public | MethodAttributes.Final | MethodAttributes.Virtual | MethodAttributes.HideBySig |
                MethodAttributes.NewSlot,
            CallingConventions.HasThis,
            declared.ReturnType,
            [.. declared.GetParameters().Select(parameter => parameter.ParameterType)]);
        type.DefineMethodOverride(method, declared);
        return method.GetILGenerator();
    }

    // int Program(memory, passes), with the model behind where the program becomes a part of the kernel
    private MethodBuilder DefineProgram(TypeBuilder type, MachineProgram program, int number)
    {
        MethodBuilder method = type.DefineMethod(
            $"Program{number}", MethodAttributes.Public | MethodAttributes.Static, typeof(int), _separate ? [_memory, typeof(int)] : [_memory, typeof(int), type]);
        if (_separate)
        {
            method.SetImplementationFlags(MethodImplAttributes.IL | MethodImplAttributes.NoInlining);
        }

        ILGenerator il = method.GetILGenerator();
        Dictionary<int, LocalBuilder> registers = DeclareRegisters(il, program);
        EmitLoads(il, program, registers);
        LocalBuilder passes = il.DeclareLocal(typeof(int));
        Label again = il.DefineLabel();
        il.Emit(OpCodes.Ldc_I4_0);
        il.Emit(OpCodes.Stloc, passes);
        il.MarkLabel(again);
        EmitPass(il, program, _codes[number], registers, out LocalBuilder? condition);
        il.Emit(OpCodes.Ldloc, passes);
        il.Emit(OpCodes.Ldc_I4_1);
        il.Emit(OpCodes.Add);
        il.Emit(OpCodes.Stloc, passes);
        if (condition is not null)
        {
            EmitRepeat(il, condition, passes, again);
        }

        foreach (int target in program.Targets.Distinct())
        {
            il.Emit(OpCodes.Ldarga_S, (byte)0);
            il.Emit(OpCodes.Ldc_I4, _rows.RowOf(target));
            il.Emit(OpCodes.Ldloc, registers[target]);
            il.Emit(OpCodes.Call, _memory.GetMethod(nameof(TrajectoryMemory<>.Store))!);
        }

        il.Emit(OpCodes.Ldloc, passes);
        il.Emit(OpCodes.Ret);
        return method;
    }

    private Dictionary<int, LocalBuilder> DeclareRegisters(ILGenerator il, MachineProgram program)
    {
        var registers = new Dictionary<int, LocalBuilder>();
        var drawn = program.Loads.Select(load => load.Target).ToHashSet();
        var read = program.Loads.Select(load => load.IndexRegister).ToHashSet();
        foreach (GraphNode node in program.Code.Instructions)
        {
            if (node.Op == OpCode.Data)
            {
                read.Add(node.A);
            }
        }

        foreach (int register in read.Concat(program.Targets).Concat(drawn).Distinct().Order())
        {
            if (_rows.RowOf(register) < 0)
            {
                continue;
            }

            LocalBuilder local = il.DeclareLocal(_number);
            registers.Add(register, local);
            if (read.Contains(register))
            {
                LoadRegister(il, register, memory: 0);
                il.Emit(OpCodes.Stloc, local);
            }
        }

        return registers;
    }

    private void LoadRegister(ILGenerator il, int register, byte memory)
    {
        il.Emit(OpCodes.Ldarga_S, memory);
        il.Emit(OpCodes.Ldc_I4, _rows.RowOf(register));
        il.Emit(OpCodes.Call, _memory.GetMethod(nameof(TrajectoryMemory<>.Load))!);
    }

    // A draw is kept in its register, for programs that come later.
    private void EmitLoads(ILGenerator il, MachineProgram program, Dictionary<int, LocalBuilder> registers)
    {
        var target = new KernelTarget(il, _number, register => registers.GetValueOrDefault(register), _rows.InitialOf);
        foreach (MachineLoad load in program.Loads)
        {
            LocalBuilder local = registers[load.Target];
            if (load.Noise < _rows.NoiseCount)
            {
                EmitDraw(il, target, _rows.FirstDraw[load.Noise], () =>
                {
                    target.LoadData(load.IndexRegister);
                    EmitIndex(il, _rows.Draws[load.Noise]);
                });
            }
            else
            {
                EmitOwnDraw(il, target, load);
            }

            il.Emit(OpCodes.Stloc, local);
            il.Emit(OpCodes.Ldarga_S, (byte)0);
            il.Emit(OpCodes.Ldc_I4, _rows.RowOf(load.Target));
            il.Emit(OpCodes.Ldloc, local);
            il.Emit(OpCodes.Call, _memory.GetMethod(nameof(TrajectoryMemory<>.Store))!);
        }
    }

    private void EmitDraw(ILGenerator il, KernelTarget target, int first, Action emitIndex)
    {
        il.Emit(OpCodes.Ldarga_S, (byte)0);
        il.Emit(OpCodes.Ldc_I4, first);
        emitIndex();
        target.LoadConstant(double.NaN);
        il.Emit(OpCodes.Call, _memory.GetMethod(nameof(TrajectoryMemory<>.Draw))!);
    }

    // A draw of the model has no end to be kept at hand: it is made where it is needed, from its key.
    private void EmitOwnDraw(ILGenerator il, KernelTarget target, MachineLoad load)
    {
        for (int part = 0; part < _rows.Draws[^1]; part++)
        {
            int place = part;
            EmitDraw(il, target, _rows.FirstDraw[^1], () => il.Emit(OpCodes.Ldc_I4, place));
        }

        target.LoadData(load.IndexRegister);
        il.Emit(OpCodes.Ldc_I4, load.Noise - _rows.NoiseCount);
        il.Emit(OpCodes.Call, typeof(KernelMath).GetMethod(nameof(KernelMath.Uniform))!);
    }

    private void EmitPass(
        ILGenerator il, MachineProgram program, ExprProgram code, Dictionary<int, LocalBuilder> registers, out LocalBuilder? condition)
    {
        var target = new KernelTarget(il, _number, register => registers.GetValueOrDefault(register), _rows.InitialOf, new NodeFacts(code), value => _fields.GetValueOrDefault(value));
        var writer = new GraphWriter(code, target);
        LocalBuilder[] assigned = new LocalBuilder[program.Targets.Length];
        for (int i = 0; i < assigned.Length; i++)
        {
            assigned[i] = il.DeclareLocal(_number);
            writer.Push(code.Outputs[i]);
            il.Emit(OpCodes.Stloc, assigned[i]);
        }

        foreach (MachineStore store in program.Stores)
        {
            il.Emit(OpCodes.Ldarga_S, (byte)0);
            il.Emit(OpCodes.Ldc_I4, _rows.FirstEntry[store.Array]);
            writer.Push(code.Outputs[store.IndexOutput]);
            EmitIndex(il, _machine.Arrays[store.Array].Length);
            writer.Push(code.Outputs[store.ValueOutput]);
            il.Emit(OpCodes.Call, _memory.GetMethod(nameof(TrajectoryMemory<>.Put))!);
        }

        condition = null;
        if (program.Repeats)
        {
            condition = il.DeclareLocal(_number);
            writer.Push(code.Outputs[^1]);
            il.Emit(OpCodes.Stloc, condition);
        }

        for (int i = 0; i < assigned.Length; i++)
        {
            il.Emit(OpCodes.Ldloc, assigned[i]);
            il.Emit(OpCodes.Stloc, registers[program.Targets[i]]);
        }
    }

    private void EmitIndex(ILGenerator il, int length)
    {
        il.Emit(OpCodes.Ldc_I4, length);
        il.Emit(OpCodes.Call, typeof(KernelMath).GetMethod(nameof(KernelMath.Index), [_number, typeof(int)])!);
    }

    private void EmitRepeat(ILGenerator il, LocalBuilder condition, LocalBuilder passes, Label again)
    {
        Label leave = il.DefineLabel();
        il.Emit(OpCodes.Ldloc, condition);
        if (_number == typeof(float))
        {
            il.Emit(OpCodes.Ldc_R4, 0.0f);
        }
        else
        {
            il.Emit(OpCodes.Ldc_R8, 0.0);
        }

        il.Emit(OpCodes.Ble_Un, leave);
        il.Emit(OpCodes.Ldloc, passes);
        il.Emit(OpCodes.Ldarg_1);
        il.Emit(OpCodes.Blt, again);
        il.MarkLabel(leave);
    }
}
