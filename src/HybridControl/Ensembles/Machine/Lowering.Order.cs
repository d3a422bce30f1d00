using HybridControl.Automata;
using HybridControl.Symbolics;

namespace HybridControl.Ensembles.Machine;

/// <content>What comes next at an instant: the first of what is due, the flow, or the end (semantics 5 and 9).</content>
internal sealed partial class Lowering
{
    // Ends a program of an instant: the next thing due, or the flow, or the end.
    private void Leave(MachineFrame f, ModePlan mode, Expr? violated = null)
    {
        if (_timed)
        {
            f[_r.Stop] = NextStop(f);
        }

        (Expr any, Expr next) = First(Candidates(f, mode));
        Expr left = Flag.And(Flag.Not(any), Flag.Or(violated ?? Flag.No, Violated(f, mode)));
        (Expr forced, Expr exit) = ForceExits(f, mode, Flag.And(left, Flag.Not(HasEnded(f))));
        next = Flag.Choose(any, next, exit);
        any = Flag.Or(any, forced);
        Expr idle = Flag.Not(any);
        SetStatus(f, Flag.And(idle, left), TrajectoryStatus.InvariantViolated);
        Expr ended = Flag.Or(HasEnded(f), Flag.And(idle, Flag.Of(f[_r.Time] >= _plan.Until)));
        Expr flow = EnterFlow(f, mode, Flag.And(idle, Flag.Not(ended)));
        f[_r.Counter] = Flag.Choose(ended, Program(Part.Finish), Flag.Choose(any, next, flow));
    }

    // In the order of semantics 5 for equal priorities.
    private List<(Expr Flag, Expr Priority, Expr Program)> Candidates(MachineFrame f, ModePlan mode)
    {
        var all = new List<(Expr, Expr, Expr)>();
        Substitution here = Here(f);
        void Add(Func<FiringRule, bool> rule)
        {
            for (int i = 0; i < _r.Due.Length; i++)
            {
                Transition transition = _plan.Model.Transitions[i];
                bool isHere = _model.Compiled.NumberOf(transition.From) == mode.Number;
                if (rule(transition.Rule) && (isHere || transition.Rule is AfterRule { Survives: true }))
                {
                    Expr due = Flag.Of(f[_r.Due[i]] >= 0.0);
                    if (!transition.Persistent && transition.Rule is UrgentRule or EdgeRule or SampledRule)
                    {
                        due = Flag.And(due, StillDue(f, mode, i));
                    }

                    all.Add((due, PriorityOf(here, i), Program(Part.Jump, mode.Number, i)));
                }
            }
        }

        Add(rule => rule is CommandRule);
        if (_timed)
        {
            (Expr commands, Expr times, Expr ticks, Expr looks) = Pending(f);
            Expr tick = Program(Part.Tick, mode.Number);
            all.Add((Flag.Or(commands, times), Expr.Zero, tick));
            Add(rule => rule is AfterRule);
            all.Add((ticks, Expr.Zero, tick));
            all.Add((looks, Expr.Zero, tick));
            Add(rule => rule is SampledRule);
        }

        if (mode.Watches.Any(watch => watch.Kind == WatchKind.Branch))
        {
            Expr switches = Flag.No;
            for (int i = 0; i < mode.Watches.Count(watch => watch.Kind == WatchKind.Branch); i++)
            {
                switches = Flag.Or(switches, f[_r.Switch[i]]);
            }

            all.Add((switches, Expr.Zero, Program(Part.Switch, mode.Number)));
        }

        Add(rule => rule is UrgentRule or EdgeRule);
        foreach (Watch watch in mode.Forced)
        {
            Expr due = f[_r.Forced[watch.Owner]];
            bool asks = !_plan.Model.Transitions[watch.Owner].Persistent;
            all.Add((
                asks ? Flag.And(due, IsEnabledNearby(f, watch, Here(f, mode))) : due, PriorityOf(here, watch.Owner),
                Program(Part.Jump, mode.Number, watch.Owner)));
        }

        all.RemoveAll(candidate => Flag.IsNo(candidate.Item1));
        return all;
    }

    // A transition that is not persistent is tested again just before it executes.
    private Expr StillDue(MachineFrame f, ModePlan mode, int number)
    {
        Expr enabled = Flag.Of(GuardFunctionOf(f, mode, number) >= 0.0);
        Expr falling = Flag.Of(f[_r.Due[number]] >= 1.5);
        return Flag.Choose(falling, Flag.Not(enabled), enabled);
    }

    private Expr GuardFunctionOf(MachineFrame f, ModePlan mode, int number)
    {
        foreach (WatchSource watch in _model.Compiled.Source(mode.Number).Watches)
        {
            if (watch.Role == GuardRole.Transition && watch.Owner == number)
            {
                return Here(f).Of(_model.Expand(watch.Function));
            }
        }

        return double.NegativeInfinity;
    }

    // Semantics 9: what stands above its band when nothing is due any more.
    private Expr Violated(MachineFrame f, ModePlan mode)
    {
        Expr violated = Flag.No;
        for (int i = 0; i < mode.Watches.Length; i++)
        {
            if (mode.Watches[i].Kind == WatchKind.Invariant)
            {
                violated = Flag.Or(violated, Flag.Of(f[_r.Sense[i]] < 0.0));
            }
        }

        foreach (Watch watch in mode.Static)
        {
            if (watch.Kind == WatchKind.Invariant)
            {
                violated = Flag.Or(violated, Flag.Of(Here(f).Of(watch.Value) > 0.0));
            }
        }

        return violated;
    }
}
