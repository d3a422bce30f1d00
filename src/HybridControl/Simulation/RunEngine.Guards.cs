using System.Runtime.InteropServices;
using HybridControl.Automata;
using HybridControl.Numerics;
using HybridControl.Symbolics;

namespace HybridControl.Simulation;

/// <content>What guards are right after something changed (semantics 3 and 6).</content>
internal sealed partial class RunEngine
{
    private readonly double[] _leftStates;
    private readonly double[] _leftSlopes;
    private readonly double[] _leftData;
    private readonly double[] _scratchData;
    private readonly double[] _slopes;
    private double[] _leftValues;
    private double[] _leftRates;
    private double[] _lastValues; // after the last jump of the instant
    private int[] _before;
    private int[] _staticSides;
    private bool[] _warned;
    private bool[] _staticWarned;
    private readonly Real64[] _registers;
    private readonly Real64[] _results;
    private readonly List<int> _executedAtThisInstant = [];
    private GuardProbe[] _probes; // of the present point, since the last jump of the instant
    private bool _arrived;
    private bool _leftProbed;
    private bool _flowsOn;
    private int _executedHere;

    private (Real64[] Registers, Real64[] Results) MakeRegisters()
    {
        int registers = _compiled.RegisterCount;
        int results = _compiled.ResultCount;
        foreach (BoundBlock block in _blocks)
        {
            registers = Math.Max(registers, block.Inputs.RegisterCount);
            results = Math.Max(results, block.Inputs.OutputCount);
        }

        if (_zenoJump is { } jump)
        {
            registers = Math.Max(registers, jump.Resets.RegisterCount);
            results = Math.Max(results, jump.Resets.OutputCount);
        }

        return (new Real64[registers], new Real64[results]);
    }

    private ReadOnlySpan<Real64> EvaluateProgram(ExprProgram program) =>
        EvaluateProgram(program, _stepper.States, _data);

    private ReadOnlySpan<Real64> EvaluateProgram(ExprProgram program, ReadOnlySpan<double> states, ReadOnlySpan<double> data)
    {
        program.Evaluate(
            new Real64(_time), MemoryMarshal.Cast<double, Real64>(states), data, _registers, _results.AsSpan());
        return _results.AsSpan(0, program.OutputCount);
    }

    private ReadOnlySpan<double> OwnResetValuesOf(CompiledTransition transition)
    {
        if (transition.Number < _compiled.Transitions.Length)
        {
            DrawFor(_compiled.Lowered.Resets[transition.Number], ref _drawCounts[2 * transition.Number]);
        }

        return MemoryMarshal.Cast<Real64, double>(EvaluateProgram(transition.Resets));
    }

    private void RefreshDelegateInputs(double time)
    {
        if (!_compiled.HasDelegateInputs)
        {
            return;
        }

        for (int i = 0; i < _compiled.Inputs.Length; i++)
        {
            if (_compiled.Inputs[i].IsDelegate && !_held[i])
            {
                _compiled.Inputs[i].Write(time, _data);
            }
        }
    }

    private void RefreshAtoms(CompiledMode mode, ReadOnlySpan<double> states, Span<double> data)
    {
        foreach (int atom in mode.Atoms)
        {
            StaticAtom source = _compiled.Atoms[atom];
            data[source.Slot] = EvaluateProgram(source.Value, states, data)[0].Value;
        }
    }

    // The left limit of the instant, for every later question about where a guard came from.
    private void NoteLeftLimit()
    {
        if (_search is null)
        {
            return;
        }

        _stepper.States.CopyTo(_leftStates);
        _data.AsSpan().CopyTo(_leftData);
        WriteSlopes(left: true, ref _leftStates[0], ref _leftData[0], ref _leftSlopes[0]);
        _leftProbed = false;
    }

    private void ProbeLeft(ModeRuntime mode, double[] data)
    {
        _leftProbed = true;
        if (mode.Watched.Length == 0)
        {
            return;
        }

        _search!.Bind(mode.Guards, data.AsSpan(0, _compiled.DataCount));
        for (int i = 0; i < mode.Watched.Length; i++)
        {
            GuardProbe probe = _search.Probe(i, _time, _leftStates.AsSpan(0, _n), _leftSlopes.AsSpan(0, _n));
            _leftValues[i] = probe.Value;
            _lastValues[i] = probe.Value;
            _leftRates[i] = double.IsFinite(probe.Rate) ? Math.Abs(probe.Rate) : 0.0;
        }
    }

    // Which guards of the mode to come are enabled just before the jump: an edge needs it.
    private void NoteBefore(int to)
    {
        ModeRuntime mode = _modes[to];
        if (!mode.HasEdges)
        {
            return;
        }

        if (to == _modeNumber)
        {
            for (int i = 0; i < mode.Watched.Length; i++)
            {
                _before[i] = _guards[i].Side;
            }

            return;
        }

        _data.CopyTo(_scratchData, 0);
        RefreshAtoms(mode.Mode, _stepper.States, _scratchData);
        RefreshBranches(mode.Mode, _stepper.States, _scratchData);
        for (int i = 0; i < mode.Watched.Length; i++)
        {
            _before[i] = mode.Watched[i].Value(_time, ref FirstState, ref _scratchData[0]) >= 0.0 ? 1 : -1;
        }

        for (int i = 0; i < mode.Static.Length; i++)
        {
            _staticSides[i] = mode.Static[i].Value(_time, ref FirstState, ref _scratchData[0]) >= 0.0 ? 1 : -1;
        }
    }

    /// <summary>After a jump or another change of values: classes every guard anew and notes what became due.</summary>
    /// <param name="entered">Whether a mode was entered.</param>
    /// <param name="executed">Number of the transition that has just executed, or -1.</param>
    private void EnterPoint(bool entered, int executed)
    {
        RefreshDelegateInputs(_time);
        RefreshAtoms(_mode.Mode, _stepper.States, _data);
        if (entered)
        {
            _warned.AsSpan().Clear();
            _staticWarned.AsSpan().Clear();
            _regions?.Restore(_mode, _guards, _warned, _staticSides, _staticWarned);
            RefreshBranches(_mode.Mode, _stepper.States, _data);
        }

        if (_algebraic is not null && !BecomeConsistent(entered))
        {
            return;
        }

        if (entered)
        {
            _stepper.Choice = _memories[_modeNumber].Choice;
            _stepper.Use(_mode.Code);
            _stepper.ErrorScale = ErrorScale;
            if (_search is not null)
            {
                ProbeLeft(_mode, _mode.Mode.Atoms.Length + _mode.Mode.Branches.Length == 0 ? _leftData : LeftDataOf(_mode.Mode));
                _regions?.RestoreLeft(_mode, _leftValues, _lastValues, _leftRates);
            }
        }
        else if (_search is not null && !_leftProbed)
        {
            ProbeLeft(_mode, _leftData);
        }

        ClassifyWatched(entered, executed);
        TriggerStatic(entered, executed);
        if (_monitors is not null)
        {
            ClassifyMonitors();
        }

        if (entered)
        {
            StartTimersOfMode();
        }
    }

    private void ClassifyWatched(bool entered, int executed)
    {
        if (_mode.Watched.Length == 0 && _mode.BranchGuards.Length == 0)
        {
            return;
        }

        BindPoint();
        if (!ClassifyBranches(entered) || !SettleChoices(entered))
        {
            return;
        }

        // What the search has seen of the rest of the step stays true: a guard that it saw cross has crossed.
        _flowsOn = (!entered || _regions is not null) && _arrived && MovingStates.SequenceEqual(_leftStates.AsSpan(0, MovingStates.Length)) &&
            _slopes.AsSpan(0, MovingStates.Length).SequenceEqual(_leftSlopes.AsSpan(0, MovingStates.Length));

        for (int i = 0; i < _mode.Watched.Length; i++)
        {
            CompiledGuard guard = _mode.Watched[i];
            if (guard.Role == GuardRole.Branch || !TryProbe(i, out GuardProbe probe))
            {
                if (_status != RunStatus.Completed)
                {
                    return;
                }

                continue;
            }

            bool fresh = entered && IsFresh(i);
            bool own = guard.Role == GuardRole.Transition && _executedAtThisInstant.Contains(guard.Owner);
            double band = (_leftRates[i] * _tau) + (4.0 * probe.Error);
            band += own ? _guards[i].RiseThreshold : 0.0; // a latched guard fires beyond its threshold, not at zero
            switch (guard.Role)
            {
                case GuardRole.Invariant:
                    GuardState.Classify(probe.Value, band, arrived: true, served: false, out _guards[i]);
                    break;
                default:
                    if (fresh || guard.Owner == executed || !IsUnchanged(i, probe))
                    {
                        ClassifyTransition(i, guard, probe, band, own, own && guard.Owner == executed, fresh);
                    }

                    break;
            }

            _probes[i] = probe;
            _lastValues[i] = probe.Value;
            _leftValues[i] = fresh || guard.Role != GuardRole.Transition ? _leftValues[i] : probe.Value;
        }
    }

    private bool IsUnchanged(int i, GuardProbe probe) =>
        probe.Value.Equals(_lastValues[i]) || Math.Abs(probe.Value - _lastValues[i]) <= probe.Error;

    private void BindPoint()
    {
        _search?.Bind(_mode.Guards, Data);
        NoteSlopes();
    }

    private bool TryProbe(int i, out GuardProbe probe)
    {
        probe = _search!.Probe(i, _time, _stepper.States, _slopes.AsSpan(0, _n));
        if (!double.IsNaN(probe.Value) && (!double.IsInfinity(probe.Value) || _mode.Watched[i].Role != GuardRole.Branch))
        {
            return true;
        }

        Fail(RunStatus.NotFinite, FormattableString.Invariant($"the function '{_mode.Watched[i].Name}' is {probe.Value}"),
            "Restrict its domain: guard the root or the division, or clamp the argument with max or min.");
        return false;
    }

    private void ClassifyTransition(
        int i, CompiledGuard guard, GuardProbe probe, double band, bool own, bool executed, bool entered)
    {
        int before = entered ? _before[i] : _guards[i].Side;
        bool arrived = _arrived && Math.Abs(_leftValues[i]) <= band;
        bool served = own && (probe.Rate > probe.RateError || (before > 0 && _flowsOn && !entered));
        GuardClass found = GuardState.Classify(probe.Value, band, arrived, served, out _guards[i]);
        CompiledTransition transition = _compiled.Labels.At(guard.Owner);
        switch (transition.Source.Rule)
        {
            case EdgeRule { Direction: not EdgeDirection.Up } when found == GuardClass.Latched && before > 0 && !own:
                // The mirror image: it waits on its surface for its down event.
                _guards[i] = new GuardState
                {
                    Side = 1,
                    Latched = true,
                    RiseThreshold = band,
                    FallThreshold = Math.Max(-probe.Value, 0.0) + band,
                };
                break;
            case EdgeRule edge:
                bool counts = !edge.FlowOnly && !executed && !(own && found == GuardClass.Served);
                if (counts && found == GuardClass.Enabled && before < 0 && edge.Direction != EdgeDirection.Down)
                {
                    Trigger(guard, EventDirections.Up, enabled: true);
                }
                else if (counts && found == GuardClass.Armed && before > 0 && edge.Direction != EdgeDirection.Up)
                {
                    Trigger(guard, EventDirections.Down, enabled: false);
                }

                break;
            case AfterRule:
                if (found == GuardClass.Armed || (found == GuardClass.Enabled && (entered || (before < 0 && !executed))))
                {
                    Trigger(guard, EventDirections.None, enabled: found != GuardClass.Armed);
                }

                break;
            default:
                // One that was enabled and is not due has fired: it must go below first.
                if (found == GuardClass.Enabled && (entered || executed || before < 0))
                {
                    Trigger(guard, EventDirections.Up, enabled: true);
                }

                break;
        }
    }

    // Guards that change at instants only are judged by their exact sign, and by what it was before.
    private void TriggerStatic(bool entered, int executed)
    {
        for (int i = 0; i < _mode.Static.Length; i++)
        {
            CompiledGuard guard = _mode.Static[i];
            if (guard.Role != GuardRole.Transition)
            {
                continue;
            }

            bool enabled = guard.Value(_time, ref FirstState, ref _data[0]) >= 0.0;
            int before = _staticSides[i];
            _staticSides[i] = enabled ? 1 : -1;
            bool up = enabled && before < 0;
            bool down = !enabled && before > 0;
            CompiledTransition transition = _compiled.Labels.At(guard.Owner);
            bool fresh = entered && (_regions is null || _regions.IsFreshStatic(i));
            bool own = guard.Owner == executed;
            switch (transition.Source.Rule)
            {
                case UrgentRule when enabled:
                    Trigger(guard, EventDirections.Up, enabled: true);
                    break;
                case AfterRule when transition.HasGuard && (fresh || (up && !own) || down):
                    Trigger(guard, EventDirections.None, enabled);
                    break;
                case EdgeRule { FlowOnly: false } edge when !own:
                    if ((up && edge.Direction != EdgeDirection.Down) || (down && edge.Direction != EdgeDirection.Up))
                    {
                        Trigger(guard, up ? EventDirections.Up : EventDirections.Down, up);
                    }

                    break;
                default:
                    break;
            }
        }
    }

    private bool IsEnabled(CompiledTransition transition) => GuardValue(transition) >= 0.0;

    private double GuardValue(CompiledTransition transition) =>
        IsActive(transition) ? GuardValueIn(_modeNumber, transition) : double.NaN;

    private double GuardValueIn(int mode, CompiledTransition transition)
    {
        if (!transition.HasGuard)
        {
            return double.NaN;
        }

        foreach (CompiledGuard guard in _modes[mode].Mode.Guards)
        {
            if (guard.Role == GuardRole.Transition && guard.Owner == transition.Number)
            {
                return guard.Value(_time, ref FirstState, ref _data[0]);
            }
        }

        return double.NaN;
    }
}
