using System.Globalization;
using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Dynamics;
using HybridControl.Numerics;

namespace HybridControl.Simulation;

/// <content>What happens by the clock: commands, breakpoints, timers, ticks (semantics 5, 7 and 12).</content>
internal sealed partial class RunEngine
{
    private readonly List<TimedCommand> _commands;
    private readonly BoundBlock[] _blocks;
    private readonly double[][] _blockStates;
    private readonly SampleClock[] _updateClocks;
    private readonly SampleClock[] _blockClocks;
    private readonly int[] _breakpointIndex;
    private readonly bool[] _held;
    private int _nextCommand;
    private double _nextTimeEvent = double.PositiveInfinity;

    private void UpdateNextTimeEvent()
    {
        double next = _nextCommand < _commands.Count ? _commands[_nextCommand].At : double.PositiveInfinity;
        foreach (double timer in _timers)
        {
            next = Math.Min(next, timer);
        }

        foreach (SampleClock clock in _updateClocks)
        {
            next = Math.Min(next, clock.Next);
        }

        foreach (SampleClock clock in _blockClocks)
        {
            next = Math.Min(next, clock.Next);
        }

        foreach (SampleClock clock in _guardClocks)
        {
            next = Math.Min(next, clock.Next);
        }

        for (int i = 0; i < _compiled.Inputs.Length; i++)
        {
            next = Math.Min(next, NextBreakpoint(i));
        }

        _nextTimeEvent = Math.Min(next, _restUntil);
    }

    private double NextBreakpoint(int input)
    {
        int index = _breakpointIndex[input];
        return _held[input] || index >= _compiled.Inputs[input].Breakpoints.Length
            ? double.PositiveInfinity
            : _compiled.Inputs[input].Breakpoints[index];
    }

    private void CollectTimeEvents(double time)
    {
        while (_nextCommand < _commands.Count && IsNear(_commands[_nextCommand].At, time))
        {
            _due.Add(new(DueKind.Command, _nextCommand++, EventDirections.None));
        }

        for (int i = 0; i < _compiled.Inputs.Length; i++)
        {
            if (IsNear(NextBreakpoint(i), time))
            {
                _due.Add(new(DueKind.Breakpoint, i, EventDirections.None));
            }
        }

        CollectTimers(time);

        if (IsNear(_restUntil, time))
        {
            _restUntil = double.PositiveInfinity;
            AddDue(new(DueKind.Zeno, 0, EventDirections.None));
        }

        for (int i = 0; i < _updateClocks.Length; i++)
        {
            if (IsNear(_updateClocks[i].Next, time))
            {
                _due.Add(new(DueKind.Update, i, EventDirections.None) { Cause = _sensitivities?.AddTick(i, _updateClocks[i].Ticks) ?? 0 });
            }
        }

        for (int i = 0; i < _blockClocks.Length; i++)
        {
            if (IsNear(_blockClocks[i].Next, time))
            {
                _due.Add(new(DueKind.Block, i, EventDirections.None));
            }
        }

        foreach (SampleClock clock in _guardClocks)
        {
            if (IsNear(clock.Next, time))
            {
                AddDue(new(DueKind.Look, 0, EventDirections.None)); // one look for all that tick
            }
        }
    }

    private void ExecuteBreakpoint(int input)
    {
        InputSlots slots = _compiled.Inputs[input];
        double at = NextBreakpoint(input);
        _breakpointIndex[input]++;
        slots.Write(at, _data);
        _record.Log.Add(new(_time, _jumpIndex, LogKind.Breakpoint, slots.Name));
        NoteChange();
    }

    private void ExecuteUpdate(int index)
    {
        CompiledUpdate update = _compiled.SampledUpdates[index];
        _updateClocks[index] = _updateClocks[index].Advance();
        ReadOnlySpan<Real64> values = EvaluateProgram(update.Values);
        for (int i = 0; i < update.Targets.Length; i++)
        {
            if (!double.IsFinite(values[i].Value))
            {
                Fail(RunStatus.NotFinite,
                    FormattableString.Invariant($"the sampled update '{update.Source.Name}' gave {values[i].Value} for '{update.Source.Assignments[i].Target}'"),
                    "Check its expressions for divisions by zero and roots of negative numbers.");
                return;
            }
        }

        if (!FitTypes(update.Targets, System.Runtime.InteropServices.MemoryMarshal.Cast<Real64, double>(values), "sampled update", update.Source.Name))
        {
            return;
        }

        _sensitivities?.WriteUpdate(this, update);
        for (int i = 0; i < update.Targets.Length; i++)
        {
            _data[~update.Targets[i]] = values[i].Value;
        }

        RoundTypes();

        _record.Log.Add(new(_time, _jumpIndex, LogKind.Tick, update.Source.Name));
        NoteChange();
    }

    private void ExecuteBlock(int index)
    {
        BoundBlock bound = _blocks[index];
        _blockClocks[index] = _blockClocks[index].Advance();
        Span<double> inputs = stackalloc double[bound.Block.InputCount];
        ReadOnlySpan<Real64> read = EvaluateProgram(bound.Inputs);
        for (int i = 0; i < inputs.Length; i++)
        {
            inputs[i] = read[i].Value;
        }

        Span<double> outputs = stackalloc double[bound.OutputSlots.Length];
        try
        {
            bound.Block.Update(_time, inputs, _blockStates[index], outputs);
        }
        catch (ModelException refusal)
        {
            Finding first = refusal.Findings[0];
            Fail(RunStatus.BlockRefused, $"the sampled block '{bound.Name}' cannot go on: {first.Where}: {first.What}", first.Mend);
            return;
        }

        for (int i = 0; i < outputs.Length; i++)
        {
            if (!double.IsFinite(outputs[i]))
            {
                Fail(RunStatus.NotFinite, FormattableString.Invariant($"the sampled block '{bound.Name}' gave {outputs[i]}"),
                    "Check its gains and its inputs.");
                return;
            }
        }

        for (int i = 0; i < outputs.Length; i++)
        {
            if (!FitsType(bound.OutputSlots[i], outputs[i], "sampled block", bound.Name))
            {
                return;
            }
        }

        for (int i = 0; i < outputs.Length; i++)
        {
            _data[bound.OutputSlots[i]] = outputs[i];
        }

        RoundTypes();

        _record.Log.Add(new(_time, _jumpIndex, LogKind.Tick, bound.Name));
        NoteChange();
    }

    private void ExecuteCommand(TimedCommand command)
    {
        if (command.Set is not null)
        {
            Assign(command.Set, command.Value);
            return;
        }

        bool taken = false;
        foreach (CompiledGuard guard in _mode.Mode.Guards)
        {
            CompiledTransition? transition = guard.Role == GuardRole.Transition ? _compiled.Labels.At(guard.Owner) : null;
            if (transition?.Source.Rule is CommandRule rule && rule.Label == command.Label &&
                (!transition.HasGuard || IsEnabled(transition)))
            {
                AddDue(new(DueKind.CommandedTransition, transition.Number, EventDirections.None));
                taken = true;
            }
        }

        _record.Log.Add(new(_time, _jumpIndex, LogKind.Command, command.Label!, taken ? "taken" : "ignored"));
    }

    private void Assign(string name, double value)
    {
        if (_compiled.Slots.TryGetSlot(Symbolics.VariableKind.State, name, out int state))
        {
            if (RefusesAbsent(name, state))
            {
                return;
            }

            _stepper.States[state] = value;
            _keepSize = false;
        }
        else if (_compiled.Slots.TryGetSlot(Symbolics.VariableKind.Parameter, name, out int slot) ||
            _compiled.Slots.TryGetSlot(Symbolics.VariableKind.Discrete, name, out slot))
        {
            _data[slot] = value;
            RoundTypes();
        }
        else
        {
            int input = Array.FindIndex(_compiled.Inputs, candidate => candidate.Name == name);
            _held[input] = true;
            _compiled.Inputs[input].Hold(value, _data);
        }

        _sensitivities?.Forget(this, name);
        _record.Log.Add(new(_time, _jumpIndex, LogKind.Setting, name, value.ToString("R", CultureInfo.InvariantCulture)));
        NoteChange();
    }

    private void NoteChange()
    {
        _changed = true;
        EnterPoint(entered: false, executed: -1);
        _sensitivities?.Settle(this);
    }
}
