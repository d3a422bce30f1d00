using System.Numerics;
using System.Reflection.Emit;
using HybridControl.Ensembles.Machine;

namespace HybridControl.Ensembles.Lanes;

/// <summary>Writes the body of a <see cref="LaneFunction"/>: registers to local variables, the program, and back.</summary>
/// <remarks>
/// A loop runs at full speed while every lane takes part, and blends new values with old ones from the pass in which the
/// first lane leaves. Long programs have the blending loop only: two copies would cost more to compile than they save.
/// </remarks>
internal sealed class LaneEmitter
{
    private const short Registers = 0;
    private const short MaskArgument = 1;
    private const short LeaveAt = 2;
    private const int LongestTwice = 400;

    private readonly ILGenerator _il;
    private readonly LaneTarget _target;
    private readonly MachineProgram _program;
    private readonly LaneGraph _graph;
    private readonly LaneWriter _writer;
    private readonly Dictionary<int, LocalBuilder[]> _registers = [];
    private readonly LocalBuilder[] _masks;
    private readonly int _lanes;
    private readonly int _registerCount;
    private LocalBuilder[]? _conditions;

    private LaneEmitter(LaneTarget target, MachineProgram program, LaneGraph graph, int registerCount)
    {
        (_il, _target, _program, _graph, _registerCount) = (target.IL, target, program, graph, registerCount);
        _lanes = target.Parts * target.Width;
        _masks = new LocalBuilder[target.Parts];
        _writer = new LaneWriter(target, graph, _registers);
    }

    private bool IsScalar => _lanes == 1;

    private int Condition => _graph.Outputs[^1];

    /// <summary>Writes the body.</summary>
    public static void Write(LaneTarget target, MachineProgram program, LaneGraph graph, int registerCount) =>
        new LaneEmitter(target, program, graph, registerCount).Write();

    private void Write()
    {
        LoadMasks();
        if (IsScalar)
        {
            Label runs = _il.DefineLabel();
            _il.Emit(OpCodes.Ldloc, _masks[0]);
            _il.Emit(OpCodes.Brtrue, runs);
            _il.Emit(OpCodes.Ldc_I4_0);
            _il.Emit(OpCodes.Ret);
            _il.MarkLabel(runs);
        }

        var needed = new SortedSet<int>(_graph.Reads());
        if (_program.Repeats)
        {
            needed.UnionWith(_program.Targets);
        }

        foreach (int register in needed)
        {
            LoadRegister(register);
        }

        if (_program.Repeats)
        {
            WriteLoop();
        }
        else
        {
            WriteOnce();
        }
    }

    private void WriteOnce()
    {
        _writer.WritePass();
        for (int k = _program.Targets.Length; k < _graph.Outputs.Length; k++)
        {
            for (int part = 0; part < _target.Parts; part++)
            {
                PushAddress(_registerCount + k - _program.Targets.Length, part);
                _writer.Push(_graph.Outputs[k], part);
                _il.Emit(OpCodes.Stobj, _target.Number);
            }
        }

        for (int k = 0; k < _program.Targets.Length; k++)
        {
            int register = _program.Targets[k];
            for (int part = 0; part < _target.Parts; part++)
            {
                PushAddress(register, part);
                PushBlended(_graph.Outputs[k], register, part);
                _il.Emit(OpCodes.Stobj, _target.Number);
            }
        }

        _il.Emit(OpCodes.Ldc_I4_0);
        _il.Emit(OpCodes.Ret);
    }

    private void WriteLoop()
    {
        Label fast = _il.DefineLabel();
        Label blending = _il.DefineLabel();
        Label count = _il.DefineLabel();
        LocalBuilder looping = _il.DeclareLocal(typeof(int));

        _writer.WriteInvariants();
        if (IsScalar || _graph.OperationCount() <= LongestTwice)
        {
            if (!IsScalar)
            {
                BranchUnlessAll(blending);
            }

            _il.MarkLabel(fast);
            Label leaves = _il.DefineLabel();
            _writer.Forget();
            _writer.WritePass(withLate: false);
            AssignTargets(blend: false, late: false);
            BranchUnlessAllGoOn(leaves);
            _il.Emit(OpCodes.Ldarg, LeaveAt);
            _il.Emit(OpCodes.Ldc_I4, _lanes);
            _il.Emit(OpCodes.Blt, fast);
            _il.MarkLabel(leaves);
            _writer.WriteLate();
            AssignLateTargets();
            WriteMasks(blend: false);
            _il.Emit(OpCodes.Br, count);
        }

        if (!IsScalar)
        {
            _il.MarkLabel(blending);
            _writer.Forget();
            _writer.WritePass();
            AssignTargets(blend: true, late: true);
            WriteMasks(blend: true);
        }

        _il.MarkLabel(count);
        PushCount();
        _il.Emit(OpCodes.Stloc, looping);
        if (!IsScalar)
        {
            _il.Emit(OpCodes.Ldloc, looping);
            _il.Emit(OpCodes.Ldarg, LeaveAt);
            _il.Emit(OpCodes.Bgt, blending);
        }

        StoreLoopState();
        _il.Emit(OpCodes.Ldloc, looping);
        _il.Emit(OpCodes.Ret);
    }

    // All targets of a pass at once, but for those whose values count only when the loop is left.
    private void AssignTargets(bool blend, bool late)
    {
        LocalBuilder[] sources = CopyExchangedRegisters();
        for (int k = 0; k < _program.Targets.Length; k++)
        {
            if (!late && _graph.IsLate(_graph.Outputs[k]))
            {
                continue;
            }

            LocalBuilder[] target = _registers[_program.Targets[k]];
            for (int part = 0; part < _target.Parts; part++)
            {
                if (blend)
                {
                    _il.Emit(OpCodes.Ldloc, _masks[part]);
                }

                if (sources[(k * _target.Parts) + part] is { } copy)
                {
                    _il.Emit(OpCodes.Ldloc, copy);
                }
                else
                {
                    _writer.Push(_graph.Outputs[k], part);
                }

                if (blend)
                {
                    _il.Emit(OpCodes.Ldloc, target[part]);
                    _target.Blend();
                }

                _il.Emit(OpCodes.Stloc, target[part]);
            }
        }
    }

    private void AssignLateTargets()
    {
        for (int k = 0; k < _program.Targets.Length; k++)
        {
            for (int part = 0; part < _target.Parts && _graph.IsLate(_graph.Outputs[k]); part++)
            {
                _writer.Push(_graph.Outputs[k], part);
                _il.Emit(OpCodes.Stloc, _registers[_program.Targets[k]][part]);
            }
        }
    }

    private void WriteMasks(bool blend)
    {
        for (int part = 0; part < _target.Parts; part++)
        {
            PushGoesOn(part);
            if (blend)
            {
                _il.Emit(OpCodes.Ldloc, _masks[part]);
                _target.And();
            }

            _il.Emit(OpCodes.Stloc, _masks[part]);
        }
    }

    private void PushGoesOn(int part)
    {
        _il.Emit(OpCodes.Ldloc, _conditions![part]);
        _target.PushPositive();
    }

    // The masks themselves are not made in the loop while every lane goes on.
    private void BranchUnlessAllGoOn(Label label)
    {
        for (int part = 0; part < _target.Parts; part++)
        {
            PushGoesOn(part);
            _target.PushBits();
            _il.Emit(OpCodes.Ldc_I8, (long)_target.AllBits);
            _il.Emit(OpCodes.Bne_Un, label);
        }
    }

    // A target that takes over another target must not see its new value; nor must the condition.
    private LocalBuilder[] CopyExchangedRegisters()
    {
        var copies = new LocalBuilder[_program.Targets.Length * _target.Parts];
        for (int k = 0; k < _program.Targets.Length; k++)
        {
            LaneNode node = _graph.Nodes[_graph.Outputs[k]];
            bool exchanged = node.Op == Symbolics.OpCode.Data && _program.Targets.Contains(node.A);
            for (int part = 0; part < _target.Parts && exchanged; part++)
            {
                LocalBuilder copy = _il.DeclareLocal(_target.Number);
                _il.Emit(OpCodes.Ldloc, _registers[node.A][part]);
                _il.Emit(OpCodes.Stloc, copy);
                copies[(k * _target.Parts) + part] = copy;
            }
        }

        _conditions ??= [.. _masks.Select(_ => _il.DeclareLocal(_target.Number))];
        for (int part = 0; part < _target.Parts; part++)
        {
            _writer.Push(Condition, part);
            _il.Emit(OpCodes.Stloc, _conditions[part]);
        }

        return copies;
    }

    private void StoreLoopState()
    {
        foreach (int register in _program.Targets)
        {
            for (int part = 0; part < _target.Parts; part++)
            {
                PushAddress(register, part);
                _il.Emit(OpCodes.Ldloc, _registers[register][part]);
                _il.Emit(OpCodes.Stobj, _target.Number);
            }
        }

        for (int part = 0; part < _target.Parts; part++)
        {
            PushMaskAddress(part);
            _il.Emit(OpCodes.Ldloc, _masks[part]);
            _il.Emit(OpCodes.Stobj, _target.Mask);
        }
    }

    private void BranchUnlessAll(Label label)
    {
        foreach (LocalBuilder mask in _masks)
        {
            _il.Emit(OpCodes.Ldloc, mask);
            _target.PushBits();
            _il.Emit(OpCodes.Ldc_I8, (long)_target.AllBits);
            _il.Emit(OpCodes.Bne_Un, label);
        }
    }

    private void PushCount()
    {
        for (int part = 0; part < _target.Parts; part++)
        {
            _il.Emit(OpCodes.Ldloc, _masks[part]);
            _target.PushBits();
            _il.Emit(OpCodes.Call, typeof(BitOperations).GetMethod(nameof(BitOperations.PopCount), [typeof(ulong)])!);
            if (part > 0)
            {
                _il.Emit(OpCodes.Add);
            }
        }
    }

    private void LoadMasks()
    {
        for (int part = 0; part < _target.Parts; part++)
        {
            _masks[part] = _il.DeclareLocal(_target.Mask);
            PushMaskAddress(part);
            _il.Emit(OpCodes.Ldobj, _target.Mask);
            _il.Emit(OpCodes.Stloc, _masks[part]);
        }
    }

    private void LoadRegister(int register)
    {
        var locals = new LocalBuilder[_target.Parts];
        for (int part = 0; part < _target.Parts; part++)
        {
            locals[part] = _il.DeclareLocal(_target.Number);
            PushAddress(register, part);
            _il.Emit(OpCodes.Ldobj, _target.Number);
            _il.Emit(OpCodes.Stloc, locals[part]);
        }

        _registers.Add(register, locals);
    }

    private void PushBlended(int node, int register, int part)
    {
        if (IsScalar)
        {
            _writer.Push(node, part);
            return;
        }

        _il.Emit(OpCodes.Ldloc, _masks[part]);
        _writer.Push(node, part);
        if (_registers.TryGetValue(register, out LocalBuilder[]? locals))
        {
            _il.Emit(OpCodes.Ldloc, locals[part]);
        }
        else
        {
            PushAddress(register, part);
            _il.Emit(OpCodes.Ldobj, _target.Number);
        }

        _target.Blend();
    }

    private void PushAddress(int register, int part) =>
        PushEntry(Registers, (register * _lanes) + (part * _target.Width));

    private void PushMaskAddress(int part) => PushEntry(MaskArgument, part * _target.Width);

    private void PushEntry(short argument, int entry)
    {
        _il.Emit(OpCodes.Ldarg, argument);
        if (entry > 0)
        {
            _il.Emit(OpCodes.Ldc_I4, entry * sizeof(double));
            _il.Emit(OpCodes.Conv_I);
            _il.Emit(OpCodes.Add);
        }
    }
}
