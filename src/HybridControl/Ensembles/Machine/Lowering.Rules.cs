using HybridControl.Automata;
using HybridControl.Symbolics;

namespace HybridControl.Ensembles.Machine;

/// <content>What becomes due and with which values; guards that are looked at; exits that are forced; draws (semantics 2 and 5).</content>
internal sealed partial class Lowering
{
    // A transition becomes due, and takes its values where it says so.
    private void BecomeDue(MachineFrame f, int number, Expr flag, Expr? how = null)
    {
        if (Flag.IsNo(flag))
        {
            return;
        }

        TakeValues(f, number, Flag.And(flag, Flag.Not(Flag.Of(f[_r.Due[number]] >= 0.0))));
        f.SetIf(flag, _r.Due[number], how ?? Expr.One);
    }

    private void TakeValues(MachineFrame f, int number, Expr fresh)
    {
        Transition transition = _plan.Model.Transitions[number];
        if (transition.Values != ResetValues.AtTrigger)
        {
            return;
        }

        Draw(f, _lowered.Resets[number], _r.ResetDraws[number]);
        Substitution values = Here(f);
        for (int i = 0; i < transition.Resets.Length; i++)
        {
            f.SetIf(fresh, _r.Taken[number][i], values.Of(_model.Expand(transition.Resets[i].Value)));
        }

        CountDraw(f, _r.ResetDraws[number], fresh);
    }

    private Expr[] ResetsOf(MachineFrame f, int number)
    {
        Transition transition = _plan.Model.Transitions[number];
        if (transition.Values == ResetValues.AtTrigger)
        {
            return [.. _r.Taken[number].Select(register => f[register])];
        }

        Draw(f, _lowered.Resets[number], _r.ResetDraws[number]);
        Substitution values = Here(f);
        Expr[] resets = [.. transition.Resets.Select(assignment => values.Of(_model.Expand(assignment.Value)))];
        CountDraw(f, _r.ResetDraws[number], Flag.Yes);
        return resets;
    }

    // Fetches the numbers that belong to the next draw of one place.
    private void Draw(MachineFrame f, DrawRange draws, int counter)
    {
        for (int k = draws.First; k < draws.First + draws.Count; k++)
        {
            f.Load(new(_model.RegisterOf(VariableKind.Discrete, LoweredModel.DrawName(k)), _plan.Noise.Length + k, counter));
        }
    }

    private static void CountDraw(MachineFrame f, int counter, Expr flag)
    {
        if (counter >= 0)
        {
            f.SetIf(flag, counter, f[counter] + 1.0);
        }
    }

    private Expr LookTime(MachineFrame f, int clock) =>
        f[_r.Looks[clock].First] + (f[_r.Looks[clock].Ticks] * f[_r.Looks[clock].Period]);

    private void StartLooks(MachineFrame f, Substitution parameters)
    {
        for (int i = 0; i < _r.Looks.Length; i++)
        {
            SampledRule rule = _model.GuardClocks[i].Transitions[0].Sampled!;
            f[_r.Looks[i].Period] = parameters.Of(_model.Expand(rule.Period));
            f[_r.Looks[i].First] = _plan.StartTime + parameters.Of(_model.Expand(rule.Offset));
            SetStatus(f, Flag.Not(Flag.Of(f[_r.Looks[i].Period] > 0.0)), TrajectoryStatus.NotFinite);
        }
    }

    // All clocks that tick here at once: what is enabled at this look becomes due together.
    private void LookAtGuards(MachineFrame f, ModePlan mode, MachineFrame before, Expr allowed)
    {
        for (int i = 0; i < _r.Looks.Length; i++)
        {
            Expr now = Flag.And(allowed, IsNear(LookTime(before, i), before[_r.Time]));
            foreach (CompiledTransition transition in _model.GuardClocks[i].Transitions.Where(its => its.From == mode.Number))
            {
                Expr guard = transition.HasGuard ? GuardFunctionOf(before, mode, transition.Number) : Expr.Zero;
                Expr enabled = Flag.Of(guard >= 0.0);
                SetStatus(f, Flag.And(now, Flag.Not(Flag.Or(enabled, Flag.Of(guard < 0.0)))), TrajectoryStatus.NotFinite);
                BecomeDue(f, transition.Number, Flag.And(now, enabled));
            }

            f.SetIf(now, _r.Looks[i].Ticks, before[_r.Looks[i].Ticks] + 1.0);
        }
    }

    // As late as possible is where the invariant is left and nothing else is due: what is enabled then becomes due together.
    private (Expr Any, Expr Next) ForceExits(MachineFrame f, ModePlan mode, Expr left)
    {
        if (mode.Forced.Length == 0)
        {
            return (Flag.No, Expr.Zero);
        }

        var forced = new List<(Expr Flag, Expr Priority, Expr Program)>();
        Substitution here = Here(f, mode);
        foreach (Watch watch in mode.Forced)
        {
            Expr now = Flag.And(left, IsEnabledNearby(f, watch, here));
            forced.Add((now, PriorityOf(here, watch.Owner), Program(Part.Jump, mode.Number, watch.Owner)));
        }

        for (int i = 0; i < forced.Count; i++)
        {
            int number = mode.Forced[i].Owner;
            TakeValues(f, number, forced[i].Flag);
            f.SetIf(forced[i].Flag, _r.Forced[number], Flag.Yes);
            foreach (int timer in _r.Timers[number])
            {
                f.SetIf(forced[i].Flag, timer, double.PositiveInfinity); // it has waited long enough
            }
        }

        return First(forced);
    }

    // Where the surface of an invariant is also that of a guard, location may leave either side of it behind.
    private Expr IsEnabledNearby(MachineFrame f, Watch watch, Substitution here)
    {
        if (_plan.Model.Transitions[watch.Owner].Guard.Equals(Condition.True))
        {
            return Flag.Yes;
        }

        Expr band = (Expr.Abs(here.Of(watch.Rate)) * f[_r.Tau]) + (4.0 * here.Of(watch.Error));
        return Flag.Of(here.Of(watch.Value) + band >= 0.0);
    }

    private Expr PriorityOf(Substitution here, int number) => here.Of(_model.Expand(_plan.Model.Transitions[number].Priority));

    // The first of some candidates, by priority, then by place.
    private static (Expr Any, Expr Next) First(List<(Expr Flag, Expr Priority, Expr Program)> candidates)
    {
        Expr next = Expr.Zero;
        Expr priority = Expr.Zero;
        Expr any = Flag.No;
        bool plain = candidates.All(candidate => candidate.Priority.IsConstant && candidate.Priority.Value == 0.0);
        for (int i = candidates.Count - 1; i >= 0 && plain; i--)
        {
            next = Flag.Choose(candidates[i].Flag, candidates[i].Program, next);
            any = Flag.Or(any, candidates[i].Flag);
        }

        foreach ((Expr flag, Expr its, Expr program) in plain ? [] : candidates)
        {
            Expr first = Flag.And(flag, Flag.Or(Flag.Not(any), Flag.Of(its > priority)));
            next = Flag.Choose(first, program, next);
            priority = Flag.Choose(first, its, priority);
            any = Flag.Or(any, flag);
        }

        return (any, next);
    }
}
