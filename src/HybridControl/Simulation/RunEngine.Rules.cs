using HybridControl.Automata;
using HybridControl.Numerics;

namespace HybridControl.Simulation;

/// <content>Guards that are looked at at ticks, exits that the invariant forces, and random draws (semantics 2).</content>
internal sealed partial class RunEngine
{
    private readonly SampleClock[] _guardClocks;
    private readonly long[] _drawCounts; // for each transition: draws of its resets, draws of its delay

    private void StartGuardClocks()
    {
        for (int i = 0; i < _guardClocks.Length; i++)
        {
            _guardClocks[i] = ClockOf(_compiled.GuardClocks[i].Clock, $"transitions.{_compiled.GuardClocks[i].Name}.every");
        }
    }

    // All clocks that tick here at once: what is enabled at this look becomes due together.
    private void LookAtGuards()
    {
        for (int i = 0; i < _guardClocks.Length; i++)
        {
            if (!IsNear(_guardClocks[i].Next, _time))
            {
                continue;
            }

            _sensitivities?.MoveWith(this, _sensitivities.AddTick(_updateClocks.Length + i, _guardClocks[i].Ticks));
            _guardClocks[i] = _guardClocks[i].Advance();
            foreach (CompiledTransition transition in _compiled.GuardClocks[i].Transitions)
            {
                if (IsActive(transition) && _status == RunStatus.Completed)
                {
                    LookAt(transition);
                }
            }
        }
    }

    private void LookAt(CompiledTransition transition)
    {
        double value = transition.HasGuard ? GuardValue(transition) : 0.0;
        if (double.IsNaN(value))
        {
            Fail(RunStatus.NotFinite, $"the function '{transition.Source.Name}' is NaN",
                "Restrict its domain: guard the root or the division, or clamp the argument with max or min.");
            return;
        }

        _record.Log.Add(new(_time, _jumpIndex, LogKind.Tick, transition.Source.Name, value >= 0.0 ? "enabled" : "disabled"));
        if (value >= 0.0)
        {
            AddDue(new(DueKind.SampledTransition, transition.Number, EventDirections.None));
        }
    }

    // As late as possible is where the invariant is left: that of the transition's own mode, where several are active.
    private bool ForceExits()
    {
        _sensitivities?.MoveWithInvariant(this);
        foreach (CompiledTransition transition in _mode.Forced)
        {
            if (IsInvariantLeft(transition.From) && (!transition.HasGuard || IsEnabledNearby(transition)))
            {
                AddDue(new(DueKind.ForcedTransition, transition.Number, EventDirections.None));
                if (transition.Timer is not null)
                {
                    CancelTimer(transition); // it has waited long enough
                }
            }
        }

        return _due.Count > 0;
    }

    private bool IsInvariantLeft(int location)
    {
        for (int i = 0; i < _mode.Watched.Length; i++)
        {
            if (_guards[i].Side > 0 && IsInvariantOf(_mode.Watched[i], location))
            {
                return true;
            }
        }

        foreach (CompiledGuard guard in _mode.Static)
        {
            if (IsInvariantOf(guard, location) && guard.Value(_time, ref FirstState, ref _data[0]) > 0.0)
            {
                return true;
            }
        }

        return false;
    }

    private bool IsInvariantOf(CompiledGuard guard, int location) => guard.Role == GuardRole.Invariant &&
        (_regions is null || _compiled.Modes.LocationOfInvariant(guard.Owner) == location);

    // Where the surface of an invariant is also that of a guard, location may leave either side of it behind.
    private bool IsEnabledNearby(CompiledTransition transition)
    {
        int place = Array.FindIndex(
            _mode.Watched, guard => guard.Role == GuardRole.Transition && guard.Owner == transition.Number);
        if (place < 0)
        {
            return !transition.HasGuard || IsEnabled(transition);
        }

        BindPoint();
        GuardProbe probe = _search!.Probe(place, _time, _stepper.States, _slopes.AsSpan(0, _n));
        return probe.Value >= -((Math.Abs(probe.Rate) * _tau) + (4.0 * probe.Error));
    }

    // Fills the hidden variables of one place with the numbers that belong to its next draw.
    private void DrawFor(DrawRange draws, ref long count)
    {
        if (draws.Count == 0)
        {
            return;
        }

        for (int i = draws.First; i < draws.First + draws.Count; i++)
        {
            _data[_compiled.FirstDraw + i] =
                Philox4x32.Uniform(_options.Seed, _options.Trajectory, LoweredModel.FirstStream + (uint)i, count);
        }

        count++;
    }
}
