using HybridControl.Automata;

namespace HybridControl.Simulation;

/// <content>Timers of delayed transitions: one for each that may run at once.</content>
internal sealed partial class RunEngine
{
    private readonly double[] _timers; // as TimerOwners says whose; infinite while it rests

    private void CollectTimers(double time)
    {
        int instance = 0;
        for (int i = 0; i < _timers.Length; i++)
        {
            int owner = _compiled.TimerOwners[i];
            instance = i > 0 && _compiled.TimerOwners[i - 1] == owner ? instance + 1 : 0;
            if (IsNear(_timers[i], time))
            {
                _timers[i] = double.PositiveInfinity;
                _sensitivities?.MoveWith(this, _sensitivities.AddTimer(i));
                AddDue(new(DueKind.Timer, owner, EventDirections.None, Instance: instance));
            }
        }

        if (_sensitivities is not null)
        {
            _sensitivities.Cause = 0;
        }
    }

    private void StartTimersOfMode()
    {
        if (_timers.Length == 0)
        {
            return;
        }

        foreach (CompiledTransition transition in _compiled.Transitions)
        {
            if (transition.Timer is not null && !transition.HasGuard && IsActive(transition) &&
                (_regions is null || _regions.Enters(transition.From)))
            {
                StartTimer(transition);
            }
        }
    }

    private void StartTimer(CompiledTransition transition)
    {
        int first = Array.IndexOf(_compiled.TimerOwners, transition.Number);
        int free = first;
        while (free < first + transition.Timer!.Instances && double.IsFinite(_timers[free]))
        {
            free++;
        }

        if (free == first + transition.Timer.Instances)
        {
            return;
        }

        DrawFor(_compiled.Lowered.Delays[transition.Number], ref _drawCounts[(2 * transition.Number) + 1]);
        double delay = EvaluateProgram(transition.Delay!)[0].Value;
        if (!(delay >= 0.0))
        {
            Fail(RunStatus.NotFinite,
                FormattableString.Invariant($"the delay of transition '{transition.Source.Name}' is {delay} s"),
                "Give a delay that is not negative.");
            return;
        }

        _sensitivities?.StartTimer(this, transition, free);
        double at = _time + delay;
        _record.Log.Add(LogEntry.Timer(_time, _jumpIndex, transition.Source.Name, at));
        if (IsNear(at, _time) && _settling)
        {
            AddDue(new(DueKind.Timer, transition.Number, EventDirections.None, Instance: free - first), _sensitivities?.AddTimer(free));
        }
        else
        {
            _timers[free] = at;
        }
    }

    // One that survives runs on.
    private void CancelTimer(CompiledTransition transition)
    {
        int only = Array.IndexOf(_compiled.TimerOwners, transition.Number);
        if (transition.Timer!.Survives || !double.IsFinite(_timers[only]))
        {
            return;
        }

        _timers[only] = double.PositiveInfinity;
        _record.Log.Add(new(_time, _jumpIndex, LogKind.TimerCancelled, transition.Source.Name));
    }
}
