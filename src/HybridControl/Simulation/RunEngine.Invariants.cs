using HybridControl.Automata;

namespace HybridControl.Simulation;

/// <content>What must hold while a mode is active (semantics 9).</content>
internal sealed partial class RunEngine
{
    private void JudgeInvariants()
    {
        for (int i = 0; i < _mode.Watched.Length; i++)
        {
            CompiledGuard guard = _mode.Watched[i];
            if (guard.Role == GuardRole.Invariant)
            {
                JudgeInvariant(guard, _guards[i].Side > 0, ref _warned[i]);
            }
        }

        for (int i = 0; i < _mode.Static.Length; i++)
        {
            CompiledGuard guard = _mode.Static[i];
            if (guard.Role == GuardRole.Invariant)
            {
                bool violated = guard.Value(_time, ref FirstState, ref _data[0]) > 0.0;
                JudgeInvariant(guard, violated, ref _staticWarned[i]);
            }
        }
    }

    private void JudgeInvariant(CompiledGuard guard, bool violated, ref bool known)
    {
        if (violated && !known && _status == RunStatus.Completed)
        {
            ReportViolation(guard.Name, -guard.Value(_time, ref FirstState, ref _data[0]));
        }

        known = violated;
    }

    private void ReportViolation(string name, double value)
    {
        // A comparison of what rests in the mode is no number, only a side.
        string margin = Math.Abs(value) < StaticAtom.Magnitude ? FormattableString.Invariant($" (value {value:G6})") : "";
        string what = $"the invariant '{name}' is violated{margin} and no transition is enabled" + ClosestGuard();
        if (_options.Invariants == InvariantPolicy.Warn)
        {
            _record.Log.Add(new(_time, _jumpIndex, LogKind.Warning, name, what));
            return;
        }

        Fail(RunStatus.InvariantViolated, what, "Add a transition that leaves the mode there, or widen the invariant.",
            error: _options.Invariants == InvariantPolicy.Throw);
    }

    private string ClosestGuard()
    {
        string name = "";
        double closest = double.NegativeInfinity;
        foreach (CompiledGuard guard in _mode.Mode.Guards)
        {
            double value = guard.Role == GuardRole.Transition ? guard.Value(_time, ref FirstState, ref _data[0]) : double.NaN;
            if (value > closest)
            {
                (name, closest) = (guard.Name, value);
            }
        }

        return name.Length == 0 ? "" : FormattableString.Invariant($"; closest guard: '{name}' with {closest:G6}");
    }
}
