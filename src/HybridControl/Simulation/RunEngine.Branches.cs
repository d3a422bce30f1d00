using HybridControl.Automata;

namespace HybridControl.Simulation;

/// <content>Choices of flows and guards: frozen during a step, located like guards, renewed at instants (semantics 4).</content>
internal sealed partial class RunEngine
{
    private double _passedSurfaceAt = double.NaN;

    private void RefreshBranches(CompiledMode mode, ReadOnlySpan<double> states, Span<double> data)
    {
        for (int k = 0; k < mode.Branches.Length; k++)
        {
            if (_regions is not null && _regions.KeepsBranch(k))
            {
                continue; // a jump of other regions decides no choice
            }

            int branch = mode.Branches[k];
            data[_compiled.Branches[branch].Slot] = EvaluateProgram(_compiled.BranchValues[branch], states, data)[0].Value;
        }
    }

    // Choices first, inner before outer: the flow and every other function read them.
    private bool ClassifyBranches(bool entered)
    {
        for (int k = 0; k < _mode.BranchGuards.Length; k++)
        {
            int branch = _mode.Mode.Branches[k];
            int i = _mode.BranchGuards[k];
            int slot = _compiled.Branches[branch].Slot;
            double before = _data[slot];
            if (i < 0)
            {
                _data[slot] = EvaluateProgram(_compiled.BranchValues[branch])[0].Value;
            }
            else if (TryProbe(i, out GuardProbe probe))
            {
                bool fresh = entered && IsFresh(i);
                if (!entered || fresh || !IsUnchanged(i, probe))
                {
                    ClassifyBranch(i, _mode.Watched[i], probe, (_leftRates[i] * _tau) + (4.0 * probe.Error), fresh);
                }
            }
            else
            {
                return false;
            }

            if (_data[slot] != before)
            {
                LogSwitch(branch, before);
                BindPoint();
            }
        }

        return true;
    }

    // A choice inside the band keeps its side until the flow has decided; outside, its sign decides at once.
    private void ClassifyBranch(int i, CompiledGuard guard, GuardProbe probe, double band, bool entered)
    {
        Branch branch = _compiled.Branches[guard.Owner];
        bool inside = Math.Abs(probe.Value) <= band;
        if (!inside && !entered && !branch.IsFloor)
        {
            _data[branch.Slot] = probe.Value > 0.0 ? 1.0 : -1.0;
        }
        else if (!inside && !entered)
        {
            _data[branch.Slot] = EvaluateProgram(_compiled.BranchValues[guard.Owner])[0].Value;
        }

        int side = branch.IsFloor ? 1 : Math.Sign(_data[branch.Slot]);
        _guards[i] = new GuardState
        {
            Side = side,
            Latched = inside,
            RiseThreshold = inside ? Math.Max(band, side < 0 ? probe.Value + band : band) : 0.0,
            FallThreshold = inside ? Math.Max(band, side > 0 ? band - probe.Value : band) : 0.0,
        };
    }

    // What clamps an argument at the end of its domain does not help a step that reaches beyond it.
    private string FrozenChoices() => _mode.Mode.Branches.Length == 0
        ? ""
        : $" Choices such as '{_compiled.Branches[_mode.Mode.Branches[0]].Name}' stand still during a step: clamp inside the domain, as sqrt(max(x, 1e-9)).";

    // The data of the left limit, as the mode to come would have had them.
    private double[] LeftDataOf(CompiledMode mode)
    {
        _leftData.CopyTo(_scratchData, 0);
        RefreshAtoms(mode, _leftStates.AsSpan(0, _n), _scratchData);
        RefreshBranches(mode, _leftStates.AsSpan(0, _n), _scratchData);
        return _scratchData;
    }

    private void LogSwitch(int branch, double before)
    {
        Branch source = _compiled.Branches[branch];
        _record.Log.Add(new(
            _time, _jumpIndex, LogKind.Branch, source.Name, FormattableString.Invariant($"{before} -> {_data[source.Slot]}")));
    }

    private void SwitchBranch(int number, EventDirections direction)
    {
        Branch branch = _compiled.Branches[number];
        double old = _data[branch.Slot];
        _data[branch.Slot] = branch.IsFloor
            ? EvaluateProgram(_compiled.BranchValues[number])[0].Value
            : direction == EventDirections.Up ? 1.0 : -1.0;
        _changed = true;
        LogSwitch(number, old);
        EnterPoint(entered: false, executed: -1);
        _sensitivities?.Settle(this);
        WatchSwitch(number, branch);
    }

    // A flow may come to the surface of a choice without crossing it, as the level of a tank that runs dry does, and not be
    // defined beyond: then no step gets there, however short. What is within tau of its surface, at the rate of
    // the flow, has arrived; the other side goes on from there.
    private bool TryPassSurface()
    {
        if (_time == _passedSurfaceAt || _mode.Mode.Branches.Length == 0)
        {
            return false;
        }

        _passedSurfaceAt = _time;
        _tau = Math.Max(100.0 * Epsilon * Math.Abs(_time), _options.EventTolerance);
        OpenInstant(_time, arrived: true);
        bool passed = false;
        for (int k = 0; k < _mode.BranchGuards.Length && _status == RunStatus.Completed; k++)
        {
            int number = _mode.Mode.Branches[k];
            BindPoint();
            if (IsWithinReach(_mode.BranchGuards[k], _compiled.Branches[number]))
            {
                _sensitivities?.MoveWithGuard(this, _mode.Watched[_mode.BranchGuards[k]]);
                SwitchBranch(number, _data[_compiled.Branches[number].Slot] > 0.0 ? EventDirections.Down : EventDirections.Up);
                passed = true;
            }
        }

        ExecuteDue();
        CloseInstant();
        return passed;
    }

    private bool IsWithinReach(int guard, Branch branch)
    {
        if (guard < 0 || branch.IsFloor)
        {
            return false;
        }

        GuardProbe probe = _search!.Probe(guard, _time, _stepper.States, _slopes.AsSpan(0, _n));
        double distance = Math.Sign(_data[branch.Slot]) * probe.Value;
        double approach = -Math.Sign(_data[branch.Slot]) * probe.Rate;
        return distance >= 0.0 && approach > 0.0 && distance <= (approach * _tau) + (4.0 * probe.Error);
    }
}
