using HybridControl.Automata;
using HybridControl.Symbolics;

namespace HybridControl.Simulation;

/// <content>One instant: what is due, in which order, until nothing is (semantics 5).</content>
internal sealed partial class RunEngine
{
    private readonly List<Due> _due = [];
    private readonly LivelockDetector _livelock = new();
    private readonly double[] _statesBefore;
    private readonly double[] _discretesBefore;
    private bool _changed;
    private bool _keepSize;
    private bool _settling;

    /// <summary>Settles everything due at the present time.</summary>
    /// <param name="time">The time.</param>
    /// <param name="arrived">Whether the flow has just come here, so that a guard on its surface was brought there by it.</param>
    /// <param name="found">Whether the event search has found what is due.</param>
    private void SettleInstant(double time, bool arrived, bool found = false)
    {
        OpenInstant(time, arrived);
        CollectTimeEvents(time);
        if (found)
        {
            CollectFound();
        }
        else if (arrived)
        {
            CollectPending();
        }

        ExecuteDue();
        CloseInstant();
    }

    private void OpenInstant(double time, bool arrived)
    {
        ProjectLeftLimit();
        _record.EndPiece(time, _stepper.States);
        RefreshDelegateInputs(time);
        _arrived = arrived;
        _changed = false;
        _keepSize = true;
        _settling = true;
        _sensitivities?.Open(this);
        _livelock.Clear();
        _executedHere = 0;
        _executedAtThisInstant.Clear();
        NoteStepSize();
        NoteLeftLimit();
    }

    private void CloseInstant()
    {
        while (_status == RunStatus.Completed && ForceExits())
        {
            ExecuteDue();
        }

        _settling = false;
        if (_status != RunStatus.Completed)
        {
            return;
        }

        JudgeInvariants();
        if (_status != RunStatus.Completed)
        {
            return;
        }

        UpdateNextTimeEvent();
        if (_changed)
        {
            _record.BeginPiece(_time, _jumpIndex, _modeNumber, _stepper.States, Data);
        }

        RestartStepper();
    }

    private void CollectFound()
    {
        foreach (GuardRecord record in _search!.Due)
        {
            CollectFound(_mode.Watched[record.Guard], record.Guard, record.Direction);
        }
    }

    private void CollectFound(CompiledGuard guard, int number, EventDirections direction)
    {
        _sensitivities?.MoveWithGuard(this, guard);
        if (guard.Role == GuardRole.Branch)
        {
            _due.Add(new(DueKind.Branch, guard.Owner, direction) { Cause = _sensitivities?.Cause ?? 0 });
        }
        else if (guard.Role == GuardRole.Transition)
        {
            Trigger(guard, direction, enabled: direction != EventDirections.Down);
        }
        else
        {
            _warned[number] = false; // left anew
        }
    }

    // A guard whose value is inside the band at the end of a step waits for the next; where an instant comes first, a
    // guard that is enabled there and whose flow goes through belongs to it.
    private void CollectPending()
    {
        for (int i = 0; i < _mode.Watched.Length; i++)
        {
            if (!_guards[i].Pending || !IsCrossing(i))
            {
                continue;
            }

            bool up = _guards[i].Side < 0;
            EventDirections direction = up ? EventDirections.Up : EventDirections.Down;
            if ((_mode.Wanted[i] & direction) == 0)
            {
                continue;
            }

            _guards[i] = new GuardState { Side = up ? 1 : -1, Latched = true };
            CollectFound(_mode.Watched[i], i, direction);
        }
    }

    private bool HasPendingCrossing()
    {
        for (int i = 0; i < _mode.Watched.Length; i++)
        {
            if (_guards[i].Pending && (_mode.Wanted[i] & (_guards[i].Side < 0 ? EventDirections.Up : EventDirections.Down)) != 0)
            {
                BindPoint();
                return IsCrossing(i);
            }
        }

        return false;
    }

    private bool IsCrossing(int guard)
    {
        NoteSlopes();
        GuardProbe probe = _search!.Probe(guard, _time, _stepper.States, _slopes.AsSpan(0, _n));
        return _guards[guard].Side < 0
            ? probe.Value >= 0.0 && probe.Rate > probe.RateError
            : probe.Value < 0.0 && probe.Rate < -probe.RateError;
    }

    // A guard has changed: its transition becomes due, or its timer starts or stops.
    private void Trigger(CompiledGuard guard, EventDirections direction, bool enabled)
    {
        CompiledTransition transition = _compiled.Labels.At(guard.Owner);
        switch (transition.Source.Rule)
        {
            case AfterRule:
                if (enabled)
                {
                    StartTimer(transition);
                }
                else
                {
                    CancelTimer(transition);
                }

                break;
            case CommandRule or PermissiveRule or SampledRule:
                break;
            default:
                AddDue(new(
                    DueKind.Transition, transition.Number, direction,
                    Guard: transition.Source.Persistent ? double.NaN : GuardValue(transition)));
                break;
        }
    }

    private void AddDue(Due due, int? cause = null)
    {
        foreach (Due other in _due)
        {
            if (other.Kind == due.Kind && other.Index == due.Index && other.Instance == due.Instance)
            {
                return;
            }
        }

        due = due with { Cause = cause ?? _sensitivities?.Cause ?? 0 };
        bool early = due.IsTransition && _compiled.Labels.At(due.Index).Source.Values == ResetValues.AtTrigger;
        _due.Add(early ? TakeValues(due, _compiled.Labels.At(due.Index)) : due);
    }

    private void ExecuteDue()
    {
        while (_due.Count > 0 && _status == RunStatus.Completed)
        {
            int first = _due.Count == 1 ? 0 : FirstDue();
            Due due = _due[first];
            _due.RemoveAt(first);
            Execute(due);
        }

        _due.Clear();
    }

    private int FirstDue()
    {
        int best = 0;
        double bestPriority = PriorityOf(_due[0]);
        for (int i = 1; i < _due.Count; i++)
        {
            double priority = PriorityOf(_due[i]);
            int order = priority.CompareTo(bestPriority);
            if (order == 0)
            {
                order = _due[best].Class.CompareTo(_due[i].Class);
                order = order != 0 ? order : CompareDeclarations(_due[best], _due[i]);
            }

            if (order > 0)
            {
                (best, bestPriority) = (i, priority);
            }
        }

        return best;
    }

    private double PriorityOf(Due due)
    {
        if (!due.IsTransition)
        {
            return 0.0;
        }

        return PriorityOf(_compiled.Labels.At(due.Index));
    }

    // Within a class: breakpoints before timers, updates before blocks, branches before transitions; then as declared.
    private int CompareDeclarations(Due a, Due b) =>
        a.Kind != b.Kind || a.Index == b.Index || _regions is null || a.Kind is not (DueKind.Transition or DueKind.CommandedTransition)
            ? DeclarationOf(a).CompareTo(DeclarationOf(b))
            : _compiled.Labels.Compare(a.Index, b.Index);

    private static long DeclarationOf(Due due) => ((long)due.Kind << 32) + due.Index;

    private void Execute(in Due due)
    {
        _sensitivities?.MoveWith(this, due.Cause);
        switch (due.Kind)
        {
            case DueKind.Command:
                ExecuteCommand(_commands[due.Index]);
                break;
            case DueKind.Breakpoint:
                ExecuteBreakpoint(due.Index);
                break;
            case DueKind.Update:
                ExecuteUpdate(due.Index);
                break;
            case DueKind.Block:
                ExecuteBlock(due.Index);
                break;
            case DueKind.Look:
                LookAtGuards();
                break;
            case DueKind.Branch:
                SwitchBranch(due.Index, due.Direction);
                break;
            case DueKind.Zeno:
                ExecuteZeno(due);
                break;
            default:
                ExecuteTransition(_compiled.Labels.At(due.Index), due);
                break;
        }
    }

    private void ExecuteTransition(CompiledTransition transition, in Due due)
    {
        bool surviving = due.Kind == DueKind.Timer && transition.Timer!.Survives;
        if (!surviving && !IsActive(transition))
        {
            return;
        }

        double guardBefore = GuardValue(transition);
        if (!transition.Source.Persistent && !StillHolds(transition, due, guardBefore))
        {
            return;
        }

        _restUntil = double.PositiveInfinity;
        (int to, bool leaves) = TargetOf(transition);
        States.CopyTo(_statesBefore);
        Discretes().CopyTo(_discretesBefore);
        int from = _modeNumber;
        bool brings = _compiled.ModeStates is not null;
        ReadOnlySpan<double> values = brings ? BringIntoBeing(transition, to, due.Values ?? ResetValuesOf(transition)) : [];
        NoteBefore(to);
        values = brings ? values : due.Values ?? ResetValuesOf(transition); // a buffer that any evaluation overwrites
        if (!AreFinite(transition, values) || !FitTypes(transition.Targets, values, "transition", transition.Source.Name))
        {
            return;
        }

        _sensitivities?.WriteResets(this, transition, due.Rates);
        Write(transition.Targets, values);

        _jumpIndex++;
        _changed = true;
        _keepSize = false;
        _modeNumber = to;
        _mode = _modes[to];
        ClearAbsent();
        if (leaves)
        {
            LeaveMode(from);
        }

        _executedAtThisInstant.Add(transition.Number);
        EnterPoint(leaves, transition.Number);
        _sensitivities?.Settle(this);
        RecordJump(transition, from, to, guardBefore, surviving && transition.From != from ? double.NaN : GuardValueIn(from, transition));
        _record.BeginPiece(_time, _jumpIndex, _modeNumber, _stepper.States, Data);
        _changed = false;
        _executedHere++;
        CheckRecurrence(transition, due.Kind, HasMoved(_statesBefore));
    }

    private void RecordJump(CompiledTransition transition, int from, int to, double guardBefore, double guardAfter)
    {
        var head = new JumpHead(
            _jumpIndex, _time, new(LocationsOf(from, transition), LocationsOf(to, transition), transition.Source.Name), guardBefore, guardAfter);
        ReadOnlySpan<double> before = _statesBefore.AsSpan(0, _compiled.VisibleStates);
        ReadOnlySpan<double> moves = _sensitivities is null ? [] : _sensitivities.EventTimes(this);
        if (_compiled.ModeStates is { } own)
        {
            _record.Jumps.Add(
                head, own.Visible(from, [.. before]).AsSpan(), _discretesBefore, own.Visible(to, [.. VisibleStates]).AsSpan(), Discretes(), moves);
            return;
        }

        _record.Jumps.Add(head, before, _discretesBefore, VisibleStates, Discretes(), moves);
    }

    // What a transition that is not persistent asks just before it executes. The guards of one instant need not all have the
    // sign that fires: their brackets meet, and that is what made them due; so one that is as it was then still holds.
    private bool StillHolds(CompiledTransition transition, in Due due, double guard) => due.Kind switch
    {
        DueKind.Transition => guard == due.Guard || guard >= 0.0 != (due.Direction == EventDirections.Down),
        DueKind.SampledTransition => !transition.HasGuard || guard >= 0.0,
        DueKind.ForcedTransition => IsEnabledNearby(transition),
        _ => true,
    };

    private void CheckRecurrence(CompiledTransition transition, DueKind kind, bool moved)
    {
        if (_executedHere > _options.MaxJumpsPerInstant)
        {
            Fail(RunStatus.Livelock,
                $"more than {_options.MaxJumpsPerInstant} jumps at one instant; the last ones: {LastJumps(6)}; the values now: {Values()}",
                "Make the resets disable the guards that fired, use edge transitions, or raise MaxJumpsPerInstant.");
            return;
        }

        if (_executedHere > 2 && _livelock.Recurs(_modeNumber, MovingStates, Data[.._compiled.MovingData], _due))
        {
            Fail(RunStatus.Livelock, $"the same state recurs at one instant; the cycle: {LastJumps(_livelock.CycleLength)}; the values that recur: {Values()}",
                "Make the resets disable the guards that fired, or use edge transitions.");
            return;
        }

        if (kind is DueKind.Transition or DueKind.ForcedTransition)
        {
            WatchJump(transition, moved);
        }
    }

    private void LeaveMode(int from)
    {
        if (_regions is not null)
        {
            LeaveRegions();
            return;
        }

        _executedAtThisInstant.Clear(); // a mode that is entered anew owes nothing to what fired before
        if (_due.Count > 0)
        {
            ForgetDueOfMode();
        }

        if (_timers.Length == 0)
        {
            return;
        }

        foreach (CompiledTransition transition in _compiled.Transitions)
        {
            if (transition.From == from && transition.Timer is not null)
            {
                CancelTimer(transition);
            }
        }
    }

    private void ForgetDueOfMode() =>
        _due.RemoveAll(due => due.Kind is DueKind.Branch or DueKind.Zeno ||
            (due.IsTransition && !(due.Kind == DueKind.Timer && _compiled.Transitions[due.Index].Timer!.Survives)));

    private void Write(int[] targets, ReadOnlySpan<double> values)
    {
        for (int i = 0; i < targets.Length; i++)
        {
            if (targets[i] >= 0)
            {
                _stepper.States[targets[i]] = values[i];
            }
            else
            {
                _data[~targets[i]] = values[i];
            }
        }

        RoundTypes();
    }

    private bool AreFinite(CompiledTransition transition, ReadOnlySpan<double> values)
    {
        for (int i = 0; i < transition.Targets.Length; i++)
        {
            if (!double.IsFinite(values[i]))
            {
                Fail(RunStatus.NotFinite,
                    FormattableString.Invariant($"the reset of '{transition.Source.Resets[i].Target}' in transition '{transition.Source.Name}' gave {values[i]}"),
                    "Check the reset expression for divisions by zero and roots of negative numbers.");
                return false;
            }
        }

        return true;
    }

    private ReadOnlySpan<double> Discretes() =>
        _data.AsSpan(_compiled.FirstDiscrete, _compiled.Automaton.Discretes.Length);
}
