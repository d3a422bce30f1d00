using HybridControl.Automata;
using HybridControl.Symbolics;

namespace HybridControl.Ensembles.Machine;

/// <content>Timers of delayed transitions: one for each that may run at once.</content>
internal sealed partial class Lowering
{
    private void ExpireTimers(MachineFrame f, MachineFrame before, Expr allowed)
    {
        for (int i = 0; i < _r.Timers.Length; i++)
        {
            foreach (int timer in _r.Timers[i])
            {
                Expr expired = Flag.And(allowed, IsNear(before[timer], before[_r.Time]));
                BecomeDue(f, i, expired, OneMoreDue(f, i));
                f.SetIf(expired, timer, double.PositiveInfinity);
            }
        }
    }

    private void StartTimersOfMode(MachineFrame f, ModePlan mode)
    {
        for (int i = 0; i < _r.Timers.Length; i++)
        {
            Transition transition = _plan.Model.Transitions[i];
            if (_r.Timers[i].Length > 0 && _model.Compiled.NumberOf(transition.From) == mode.Number &&
                transition.Guard.Equals(Condition.True))
            {
                StartTimer(f, i, Flag.Yes);
            }
        }
    }

    // The first timer that rests takes the time.
    private void StartTimer(MachineFrame f, int number, Expr flag)
    {
        if (Flag.IsNo(flag))
        {
            return;
        }

        Expr rests = Flag.No;
        foreach (int timer in _r.Timers[number])
        {
            rests = Flag.Or(rests, Flag.Of(f[timer] > Largest));
        }

        Expr starts = Flag.And(flag, rests);
        Draw(f, _lowered.Delays[number], _r.DelayDraws[number]);
        Expr delay = Here(f).Of(_model.Expand(((AfterRule)_plan.Model.Transitions[number].Rule).Delay));
        CountDraw(f, _r.DelayDraws[number], starts);
        SetStatus(f, Flag.And(starts, Flag.Not(Flag.Of(delay >= 0.0))), TrajectoryStatus.NotFinite);
        Expr at = f[_r.Time] + delay;
        Expr now = Flag.And(starts, IsNear(at, f[_r.Time]));
        BecomeDue(f, number, now, OneMoreDue(f, number));
        Expr waits = Flag.And(starts, Flag.Not(now));
        foreach (int timer in _r.Timers[number])
        {
            Expr takes = Flag.And(waits, Flag.Of(f[timer] > Largest));
            f.SetIf(takes, timer, at);
            waits = Flag.And(waits, Flag.Not(takes));
        }
    }

    // One that survives runs on.
    private void CancelTimer(MachineFrame f, int number, Expr flag)
    {
        if (_plan.Model.Transitions[number].Rule is AfterRule { Survives: false })
        {
            f.SetIf(flag, _r.Timers[number][0], double.PositiveInfinity);
        }
    }

    // Several timers of one transition may run out together: the register of what is due counts them.
    private Expr OneMoreDue(MachineFrame f, int number) => _r.Timers[number].Length == 1
        ? Expr.One
        : Expr.Max(f[_r.Due[number]], 0.0) + 1.0;
}
