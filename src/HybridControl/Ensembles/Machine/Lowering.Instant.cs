using HybridControl.Automata;
using HybridControl.Symbolics;

namespace HybridControl.Ensembles.Machine;

/// <content>One instant: landing on an event, jumping, and what comes next (semantics 5).</content>
internal sealed partial class Lowering
{
    private void WriteStart(MachineFrame f, ModePlan mode)
    {
        SetInitialValues(f);
        f[_r.Mode] = mode.Number;
        f[_r.Tau] = TauAt(_plan.StartTime, 0.0);
        f[_r.Instant] = Expr.Zero;
        f[_r.Size] = Expr.Min(_settings.FirstStep, Finite(_settings.MaximumStep));
        MachineFrame before = f.Snapshot();
        Enter(f, mode, Arrival.Start, -1, before);
        KeepLeftLimit(f, mode, Flag.Yes);
        ObserveExtrema(f, Here(f));
        Leave(f, mode);
    }

    // Semantics 5: what is due is taken from the state as it stands, one transition at a time.
    private void WriteJump(MachineFrame f, ModePlan from, int number)
    {
        Transition transition = _plan.Model.Transitions[number];
        ModePlan to = transition.From == transition.To ? from : _modes[_model.Compiled.NumberOf(transition.To)];
        bool leaves = to != from || transition.External;
        MachineFrame before = f.Snapshot();
        ObserveExtrema(f, Here(f));
        Expr[] reset = ResetsOf(f, number);
        Expr finite = Flag.Yes;
        foreach (Expr value in reset)
        {
            finite = Flag.And(finite, value.IsConstant && double.IsFinite(value.Value) ? Flag.Yes : IsFinite(value));
        }

        for (int i = 0; i < reset.Length; i++)
        {
            f.SetIf(finite, TargetOf(transition.Resets[i]), reset[i]); // the left limit stays where a reset fails
        }

        if (_eventArray >= 0)
        {
            Expr place = Flag.Choose(finite, f[_r.Jumps], -1.0);
            f.Store(_eventArray, place, f[_r.Time]);
            f.Store(_eventArray + 1, place, number);
        }

        SetStatus(f, Flag.Not(finite), TrajectoryStatus.NotFinite);
        f.SetIf(finite, _r.Jumps, f[_r.Jumps] + 1.0);
        f[_r.Instant] += 1.0;
        f[_r.Due[number]] = _r.Timers[number].Length > 1
            ? Flag.Choose(Flag.Of(f[_r.Due[number]] >= 1.5), f[_r.Due[number]] - 1.0, Flag.No)
            : Flag.No;
        if (_forced[number])
        {
            f[_r.Forced[number]] = Flag.No;
        }

        if (leaves)
        {
            DropDue(f);
        }

        if (transition.From == transition.To)
        {
            f[_r.Done[number]] = Flag.Yes;
        }

        f.SetIf(finite, _r.Mode, to.Number);
        Enter(f, to, leaves ? Arrival.Mode : Arrival.Point, number, before);
        ObserveExtrema(f, Here(f));
        SetStatus(f, Flag.Of(f[_r.Instant] > _plan.MaxJumpsPerInstant), TrajectoryStatus.Livelock);
        if (transition.Rule is not (AfterRule or CommandRule or SampledRule))
        {
            Expr accumulates = Accumulates(f, number);
            if (transition.From != transition.To && transition.Resets.IsEmpty)
            {
                // Accumulation is seen long before its intervals come down to the resolution of time; chattering has no longer ones.
                Expr chatters = Flag.And(accumulates, Flag.Of(f[_r.Zeno[(4 * number) + 1]] < 100.0 * f[_r.Tau]));
                SetStatus(f, chatters, TrajectoryStatus.Chattering);
            }

            SetStatus(f, accumulates, TrajectoryStatus.Zeno);
        }

        ForgetSize(f, to, Flag.Yes);
        Leave(f, to);
    }

    // The end of a step that was found to hold an event: everything that is across there has happened.
    private void WriteLand(MachineFrame f, ModePlan mode)
    {
        Expr size = f[_r.Trial[0]];
        Expr end = f[_r.Trial[1]];
        Expr theta = f[S(SearchRegister.High)];
        Expr time = f[_r.Time] + (theta * size);
        Expr last = Flag.Or(Flag.Of(theta >= 1.0), Flag.Of(time >= end));
        if (_timed)
        {
            last = Flag.Or(last, Flag.And(Flag.Of(end >= StopTime(f)), Flag.Of(end - time <= f[_r.Tau])));
        }

        theta = Flag.Choose(last, 1.0, theta);
        (Expr[] states, _) = DenseAt(f, mode, theta, size);
        f[_r.Time] = Flag.Choose(last, end, time);
        for (int i = 0; i < _r.X.Length; i++)
        {
            f[_r.X[i]] = states[i];
        }

        f[_r.Steps] += 1.0;
        f[_r.Rejected] = Expr.Zero;
        f[_r.Cleared] = Flag.No;
        ComputeSlopes(f, mode);
        OpenInstant(f, mode, Flag.Yes);
        Substitution here = Here(f, mode);
        ObserveExtrema(f, here);
        Expr violated = Flag.No;
        for (int i = 0; i < mode.Watches.Length; i++)
        {
            Cross(f, mode, i, here, ref violated);
        }

        LimitSteps(f);
        Leave(f, mode, violated);
    }

    private void Cross(MachineFrame f, ModePlan mode, int i, Substitution here, ref Expr violated)
    {
        Watch watch = mode.Watches[i];
        Expr value = here.Of(watch.Value);
        Expr sense = f[_r.Sense[i]];
        Expr rate = here.Of(watch.Rate);
        Expr signed = (sense * value) - f[_r.Threshold[i]];
        Expr across = Flag.Of(signed >= 0.0);
        if (watch.Kind is WatchKind.Transition or WatchKind.Branch)
        {
            // What gets across within tau belongs to this instant: rounding does not order simultaneous events.
            Expr soon = signed + (Expr.Max(sense * rate, 0.0) * f[_r.Tau]);
            across = Flag.Or(across, Flag.And(Flag.Of(soon >= 0.0), Flag.Of(soon <= Largest)));
        }

        Expr up = Flag.And(across, Flag.Of(sense >= 0.0));
        Expr down = Flag.And(across, Flag.Of(sense < 0.0));
        KeepGuard(f, mode, i, value, rate);
        Expr flipped = Flag.Choose(across, -sense, sense);
        Expr left = Expr.Max(-sense * value, 0.0) + Flag.Choose(up, Least, 0.0);
        Expr threshold = Flag.Choose(across, left, f[_r.Threshold[i]]);
        switch (watch.Kind)
        {
            case WatchKind.Transition:
                TriggerByFlow(f, watch.Owner, up, down);
                break;
            case WatchKind.Invariant:
                violated = Flag.Or(violated, up);
                break;
            case WatchKind.Branch:
                f[_r.Switch[PlaceOf(mode, watch)]] = across;
                break;
            case WatchKind.Extremum:
                break;
            default:
                // A condition that is watched for the record keeps its sense.
                Expr band = BandAt(f, mode, i, here, rate);
                Expr counts = watch.Kind == WatchKind.Breach ? Flag.And(across, Flag.Of(value > band)) : across;
                RecordCondition(f, watch, counts);
                flipped = sense;
                threshold = Flag.Choose(
                    across,
                    Flag.Choose(counts, Never, Latch(value, band)),
                    f[_r.Threshold[i]]);
                break;
        }

        f[_r.Sense[i]] = flipped;
        f[_r.Threshold[i]] = threshold;
    }

    private void TriggerByFlow(MachineFrame f, int number, Expr up, Expr down)
    {
        switch (_plan.Model.Transitions[number].Rule)
        {
            case EdgeRule edge:
                if (edge.Direction != EdgeDirection.Down)
                {
                    BecomeDue(f, number, up);
                }

                if (edge.Direction != EdgeDirection.Up)
                {
                    BecomeDue(f, number, down, 2.0);
                }

                break;
            case AfterRule:
                StartTimer(f, number, up);
                CancelTimer(f, number, down);
                break;
            default:
                BecomeDue(f, number, up);
                break;
        }
    }

    private static int PlaceOf(ModePlan mode, Watch watch) =>
        mode.Watches.TakeWhile(other => !ReferenceEquals(other, watch)).Count(other => other.Kind == WatchKind.Branch);

    // Choices that the flow has decided otherwise: an internal event, no jump.
    private void WriteSwitch(MachineFrame f, ModePlan mode)
    {
        MachineFrame before = f.Snapshot();
        int place = 0;
        foreach (Watch watch in mode.Watches)
        {
            if (watch.Kind == WatchKind.Branch)
            {
                Branch branch = _model.Compiled.Branches[watch.Owner];
                int slot = _model.RegisterOf(branch);
                Expr other = branch.IsFloor ? Here(f).Of(_model.Expand(branch.Value)) : -f[slot];
                f[slot] = Flag.Choose(before[_r.Switch[place]], other, f[slot]);
                f[_r.Switch[place]] = Flag.No;
                place++;
            }
        }

        Enter(f, mode, Arrival.Point, -1, before);
        if (place > 0)
        {
            SetStatus(f, Bursts(f), TrajectoryStatus.Chattering); // jumps count for themselves
        }

        Leave(f, mode);
    }

    // Opens an instant that the flow has come to: remembers its left limit.
    private void OpenInstant(MachineFrame f, ModePlan mode, Expr flag)
    {
        KeepLeftLimit(f, mode, flag);
        f.SetIf(flag, _r.Arrived, Flag.Yes);
        f.SetIf(flag, _r.Instant, Expr.Zero);
        foreach (Transition transition in _plan.Model.Transitions)
        {
            if (transition.From == transition.To)
            {
                f.SetIf(flag, _r.Done[_plan.Model.Transitions.IndexOf(transition)], Flag.No);
            }
        }

        if (!_fixed)
        {
            Expr smooth = Flag.And(flag, Flag.Of(f[_r.Time] > f[_r.Since]));
            f.SetIf(smooth, _r.Learned[mode.Number], Expr.Min(f[_r.Size], LongestOverStay * (f[_r.Time] - f[_r.Since])));
        }
    }

    private void KeepLeftLimit(MachineFrame f, ModePlan mode, Expr flag)
    {
        Expr[] slopes = SlopesOf(f, mode);
        for (int i = 0; i < _r.X.Length; i++)
        {
            f.SetIf(flag, _r.LeftX[i], f[_r.X[i]]);
            f.SetIf(flag, _r.LeftK[i], slopes[i]);
        }

        for (int i = 0; i < _r.LeftD.Length; i++)
        {
            if (_r.LeftD[i] >= 0)
            {
                f.SetIf(flag, _r.LeftD[i], f[_model.Discretes[i]]);
            }
        }
    }

    // What the mode has learned about its step size counts from here.
    private void ForgetSize(MachineFrame f, ModePlan mode, Expr flag)
    {
        if (!_fixed)
        {
            Expr size = _settings.FirstStep > 0.0 ? _settings.FirstStep : f[_r.Learned[mode.Number]];
            f.SetIf(flag, _r.Size, Expr.Min(size, Finite(_settings.MaximumStep)));
            f.SetIf(flag, _r.Since, f[_r.Time]);
        }
    }

    // Leaving a mode drops what was due in it and stops its timers; those that survive run on.
    private void DropDue(MachineFrame f)
    {
        for (int i = 0; i < _r.Due.Length; i++)
        {
            if (_plan.Model.Transitions[i].Rule is not AfterRule { Survives: true })
            {
                f[_r.Due[i]] = Flag.No;
                foreach (int timer in _r.Timers[i])
                {
                    f[timer] = double.PositiveInfinity;
                }
            }

            if (_forced[i])
            {
                f[_r.Forced[i]] = Flag.No;
            }

            if (_plan.Model.Transitions[i].From == _plan.Model.Transitions[i].To)
            {
                f[_r.Done[i]] = Flag.No;
            }
        }

        for (int i = 0; i < _r.Switch.Length; i++)
        {
            f[_r.Switch[i]] = Flag.No;
        }
    }

    private int TargetOf(Assignment assignment)
    {
        int state = StateNumber(assignment.Target);
        return state >= 0 ? _r.X[state] : _model.RegisterOf(VariableKind.Discrete, assignment.Target);
    }

    private void LimitSteps(MachineFrame f) =>
        SetStatus(f, Flag.And(Flag.Of(f[_r.Steps] >= _plan.MaxSteps), Flag.Of(f[_r.Time] < _plan.Until)), TrajectoryStatus.StepLimit);

    // Semantics 8: intervals of constant ratio below one, or too many events at once.
    private Expr Accumulates(MachineFrame f, int number)
    {
        Expr time = f[_r.Time];
        (int last, int interval, int ratio, int run) =
            (_r.Zeno[4 * number], _r.Zeno[(4 * number) + 1], _r.Zeno[(4 * number) + 2], _r.Zeno[(4 * number) + 3]);
        Expr next = time - f[last];
        Expr quotient = next / f[interval];
        Expr moved = Flag.Of(next > 0.0);
        Expr steady = Flag.And(
            Flag.Of(quotient < 1.0), Flag.Of(Expr.Abs(quotient - f[ratio]) <= 0.01 * f[ratio]));
        f[run] = Flag.Choose(moved, Flag.Choose(steady, f[run] + 1.0, 0.0), f[run]);
        f[ratio] = Flag.Choose(moved, quotient, f[ratio]);
        f[interval] = Flag.Choose(moved, next, f[interval]);
        f[last] = time;
        Expr remainder = f[interval] * f[ratio] / (1.0 - f[ratio]);
        Expr nearby = Expr.Max(10.0 * f[_r.Tau], Math.Sqrt(Epsilon) * Expr.Max(1.0, Expr.Abs(time)));

        // Where intervals shrink fast there are not ten of them above the resolution of time: four must do close to it.
        return Flag.Or(
            Flag.Or(
                Flag.And(Flag.Of(f[run] >= 8.5), Flag.Of(remainder < nearby)),
                Flag.And(Flag.Of(f[run] >= 2.5), Flag.Of(remainder < 1000.0 * f[_r.Tau]))),
            Bursts(f));
    }

    private Expr Bursts(MachineFrame f)
    {
        Expr inside = Flag.Of(f[_r.Time] - f[_r.Burst[1]] < 1000.0 * f[_r.Tau]);
        f[_r.Burst[0]] = Flag.Choose(inside, f[_r.Burst[0]] + 1.0, 1.0);
        f[_r.Burst[1]] = Flag.Choose(inside, f[_r.Burst[1]], f[_r.Time]);
        return Flag.Of(f[_r.Burst[0]] > 100.5);
    }
}
