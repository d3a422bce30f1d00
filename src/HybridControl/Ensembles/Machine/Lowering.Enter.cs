using HybridControl.Automata;
using HybridControl.Symbolics;

namespace HybridControl.Ensembles.Machine;

/// <content>After a change of values: choices, slopes, and what every guard is now (semantics 3 and 6).</content>
internal sealed partial class Lowering
{
    private enum Arrival
    {
        /// <summary>The start of the trajectory.</summary>
        Start,

        /// <summary>A mode has been entered.</summary>
        Mode,

        /// <summary>Values have changed in a mode that goes on.</summary>
        Point,
    }

    /// <summary>What is known of a guard right after a change.</summary>
    private sealed record Point(
        Expr Value, Expr Rate, Expr Band, Expr RateError, Expr Inside, Expr Above, Expr Below, Expr LeftInside, Expr Before, Expr Kept);

    // Semantics 6. executed is the transition that has just been taken, or -1; before holds the values ahead of the change.
    private void Enter(MachineFrame f, ModePlan mode, Arrival arrival, int executed, MachineFrame before)
    {
        RefreshAtoms(f, mode);
        MachineFrame left = LeftLimit(f, mode, arrival, before);
        if (arrival == Arrival.Point)
        {
            ClassifyBranches(f, mode, before);
        }
        else
        {
            RefreshBranches(f, mode);
        }

        ComputeSlopes(f, mode);
        Substitution here = Here(f, mode);
        Expr[] leftSlopes = arrival == Arrival.Start ? SlopesOf(f, mode) : [.. _r.LeftK.Select(register => before[register])];
        Substitution there = new MachineScope(_model, left).At(StatesOf(left), f[_r.Time], leftSlopes);
        Substitution now = Here(before, mode);
        Substitution earlier = Earlier(f, mode, before);
        for (int i = 0; i < mode.Watches.Length; i++)
        {
            Classify(f, mode, i, arrival, executed, here, there, earlier, now, before);
        }

        for (int i = 0; i < mode.Static.Length; i++)
        {
            ClassifyStatic(f, mode, i, arrival, executed, here, earlier, before);
        }

        if (arrival != Arrival.Point)
        {
            StartTimersOfMode(f, mode);
        }
    }

    private void RefreshAtoms(MachineFrame f, ModePlan mode)
    {
        Substitution here = Here(f);
        foreach (StaticAtom atom in mode.Atoms)
        {
            f[_model.RegisterOf(atom)] = Expr.Select(
                here.Of(_model.Expand(atom.Condition)), StaticAtom.Magnitude, -StaticAtom.Magnitude);
        }
    }

    private void RefreshBranches(MachineFrame f, ModePlan mode)
    {
        foreach (Branch branch in mode.Branches)
        {
            f[_model.RegisterOf(branch)] = Here(f).Of(_model.Expand(branch.Value));
        }
    }

    // States, slopes and data as the flow left them at this instant, with the choices that the mode would have made there.
    private MachineFrame LeftLimit(MachineFrame f, ModePlan mode, Arrival arrival, MachineFrame before)
    {
        MachineFrame left = f.Snapshot();
        if (arrival == Arrival.Start)
        {
            return left;
        }

        for (int i = 0; i < _r.X.Length; i++)
        {
            left[_r.X[i]] = before[_r.LeftX[i]];
        }

        for (int i = 0; i < _r.LeftD.Length; i++)
        {
            if (_r.LeftD[i] >= 0)
            {
                left[_model.Discretes[i]] = before[_r.LeftD[i]];
            }
        }

        if (arrival == Arrival.Mode)
        {
            RefreshAtoms(left, mode);
            RefreshBranches(left, mode);
        }

        return left;
    }

    // The guards of the mode just ahead of the change, for edges.
    private Substitution Earlier(MachineFrame f, ModePlan mode, MachineFrame before)
    {
        MachineFrame earlier = before.Snapshot();
        RefreshAtoms(earlier, mode);
        RefreshBranches(earlier, mode);
        return new MachineScope(_model, earlier).At(StatesOf(earlier), f[_r.Time]);
    }

    // A choice inside the band keeps its side until the flow has decided; outside, its sign decides at once.
    private void ClassifyBranches(MachineFrame f, ModePlan mode, MachineFrame before)
    {
        Substitution now = Here(before, mode);
        for (int i = 0; i < mode.Watches.Length; i++)
        {
            if (mode.Watches[i].Kind == WatchKind.Branch)
            {
                Branch branch = _model.Compiled.Branches[mode.Watches[i].Owner];
                int slot = _model.RegisterOf(branch);
                Substitution here = Here(f);
                Expr surface = here.Of(mode.Watches[i].Value);
                Expr rate = GuardOf(before, mode, i, now).Rate;
                Expr inside = Flag.Of(Expr.Abs(surface) <= BandAt(f, mode, i, here, rate));
                Expr decided = branch.IsFloor
                    ? here.Of(_model.Expand(branch.Value))
                    : Flag.Of(surface > 0.0);
                f[slot] = Flag.Choose(inside, f[slot], decided);
            }
        }

        foreach (Watch watch in mode.Static)
        {
            if (watch.Kind == WatchKind.Branch)
            {
                Branch branch = _model.Compiled.Branches[watch.Owner];
                f[_model.RegisterOf(branch)] = Here(f).Of(_model.Expand(branch.Value));
            }
        }
    }

    private Expr BandAt(MachineFrame f, ModePlan mode, int i, Substitution here, Expr leftRate)
    {
        Expr rate = Flag.Choose(Flag.Of(Expr.Abs(leftRate) <= Never), Expr.Abs(leftRate), 0.0);
        return (rate * f[_r.Tau]) + (4.0 * here.Of(mode.Watches[i].Error));
    }

    private void Classify(
        MachineFrame f, ModePlan mode, int i, Arrival arrival, int executed,
        Substitution here, Substitution there, Substitution earlier, Substitution now, MachineFrame before)
    {
        Watch watch = mode.Watches[i];
        Expr value = here.Of(watch.Value);
        Expr rate = here.Of(watch.Rate);
        bool entered = arrival != Arrival.Point;
        (Expr leftValue, Expr leftRate) = entered
            ? (there.Of(watch.Value), there.Of(watch.Rate))
            : GuardOf(before, mode, i, now);
        Expr band = BandAt(f, mode, i, here, leftRate);
        Expr above = Flag.Of(value > band);
        Expr below = Flag.Of(value < -band);
        Expr kept = entered || watch.Kind is WatchKind.Invariant or WatchKind.Branch
            ? Flag.No
            : Flag.Of(Expr.Abs(value - leftValue) <= here.Of(watch.Error));
        Expr side = entered ? Flag.Of(earlier.Of(watch.Value) >= 0.0) : Flag.Not(before[_r.Sense[i]]);
        var point = new Point(
            value, rate, band, here.Of(watch.RateError), Flag.Not(Flag.Or(above, below)), above, below,
            Flag.And(f[_r.Arrived], Flag.Of(Expr.Abs(leftValue) <= band)), side, kept);
        if (watch.MayFail)
        {
            SetStatus(f, Flag.Not(Flag.Of(Expr.Abs(value) <= Largest)), TrajectoryStatus.NotFinite);
        }

        (Expr Sense, Expr Threshold) state = watch.Kind switch
        {
            WatchKind.Transition => ClassifyTransition(f, watch, arrival, executed, point),
            WatchKind.Branch => ClassifyBranch(f, watch, point),
            WatchKind.Invariant => (
                Flag.Not(above), Flag.Choose(point.Inside, Latch(value, band), Least)),
            WatchKind.Extremum => ClassifyExtremum(point),
            _ => (Flag.Yes, RecordAtPoint(f, watch, point)),
        };
        f[_r.Sense[i]] = Flag.Choose(kept, f[_r.Sense[i]], state.Sense);
        f[_r.Threshold[i]] = Flag.Choose(kept, f[_r.Threshold[i]], state.Threshold);
        KeepGuard(f, mode, i, value, rate);
    }

    private (Expr Sense, Expr Threshold) ClassifyTransition(
        MachineFrame f, Watch watch, Arrival arrival, int executed, Point p)
    {
        Transition transition = _plan.Model.Transitions[watch.Owner];
        bool entered = arrival != Arrival.Point;
        bool isExecuted = watch.Owner == executed;
        Expr own = isExecuted ? Flag.Yes : entered || transition.From != transition.To ? Flag.No : f[_r.Done[watch.Owner]];
        Expr through = Flag.Of(p.Rate > p.RateError);
        if (isExecuted && !entered && KeepsFlow(transition))
        {
            through = Flag.Or(through, Flag.And(p.Before, f[_r.Arrived])); // the flow goes on as the search saw it
        }

        Expr served = Flag.And(p.Inside, Flag.And(own, through));
        Expr latched = Flag.And(Flag.And(p.Inside, Flag.Not(served)), p.LeftInside);
        Expr bySign = Flag.And(p.Inside, Flag.Not(Flag.Or(served, latched)));
        Expr positive = Flag.Of(p.Value >= 0.0);
        Expr enabled = Flag.Or(p.Above, Flag.And(bySign, positive));
        Expr armed = Flag.Or(p.Below, Flag.And(bySign, Flag.Not(positive)));
        Expr fresh = Flag.Not(p.Kept);
        Expr sense = Flag.Not(Flag.Or(enabled, served));
        Expr threshold = Flag.Choose(
            served,
            p.Band + Least,
            Flag.Choose(latched, Latch(p.Value, p.Band), Flag.Choose(enabled, Least, 0.0)));
        switch (transition.Rule)
        {
            case EdgeRule edge:
                Expr before = arrival == Arrival.Start && edge.InitialValue is { } initial
                    ? (initial >= 0.0 ? Flag.Yes : Flag.No)
                    : arrival == Arrival.Start ? positive : p.Before;
                Expr counts = edge.FlowOnly || isExecuted ? Flag.No : Flag.And(fresh, Flag.Not(Flag.And(own, served)));
                if (edge.Direction != EdgeDirection.Down)
                {
                    BecomeDue(f, watch.Owner, Flag.And(counts, Flag.And(enabled, Flag.Not(before))));
                }

                if (edge.Direction != EdgeDirection.Up)
                {
                    BecomeDue(f, watch.Owner, Flag.And(counts, Flag.And(armed, before)), 2.0);
                    Expr mirrored = Flag.And(Flag.And(latched, before), Flag.Not(own));
                    sense = Flag.Choose(mirrored, Flag.No, sense);
                    threshold = Flag.Choose(mirrored, Latch(-p.Value, p.Band), threshold);
                }

                break;
            case AfterRule:
                CancelTimer(f, watch.Owner, Flag.And(fresh, armed));
                Expr starts = entered ? enabled : isExecuted ? Flag.No : Flag.And(enabled, Flag.Not(p.Before));
                StartTimer(f, watch.Owner, Flag.And(fresh, starts));
                break;
            default:
                // One that was enabled and is not due has fired: it must go below first.
                Expr fires = entered || isExecuted ? enabled : Flag.And(enabled, Flag.Not(p.Before));
                BecomeDue(f, watch.Owner, Flag.And(fresh, fires));
                break;
        }

        return (sense, threshold);
    }

    // What a guard that was left on its surface must exceed; never zero, so that it can rest there.
    private static Expr Latch(Expr value, Expr band) => Expr.Max(value, 0.0) + band + Least;

    // A self-loop that changes neither states nor what the flow reads: the flow goes on through the guard's surface.
    private bool KeepsFlow(Transition transition)
    {
        ModePlan mode = _modes[_model.Compiled.NumberOf(transition.From)];
        HashSet<string> written = [.. transition.Resets.Select(reset => reset.Target)];
        if (transition.Resets.Any(reset => StateNumber(reset.Target) >= 0))
        {
            return false;
        }

        return !mode.Derivatives.Any(derivative => ModePlan.Any(
            derivative, e => e.Operation == Operation.Variable && e.Kind == VariableKind.Discrete && written.Contains(e.Name!)));
    }

    private (Expr Sense, Expr Threshold) ClassifyBranch(MachineFrame f, Watch watch, Point p)
    {
        Branch branch = _model.Compiled.Branches[watch.Owner];
        Expr up = branch.IsFloor ? Flag.Yes : Flag.Of(f[_model.RegisterOf(branch)] >= 0.0);
        Expr rise = Latch(p.Value, p.Band);
        Expr fall = Latch(-p.Value, p.Band);
        Expr threshold = Flag.Choose(p.Inside, Flag.Choose(up, fall, rise), Flag.Choose(up, Least, 0.0));
        return (Flag.Not(up), threshold);
    }

    private static (Expr Sense, Expr Threshold) ClassifyExtremum(Point p)
    {
        Expr up = Flag.Or(p.Above, Flag.And(p.Inside, Flag.Of(p.Rate > 0.0)));
        return (Flag.Not(up), Flag.Choose(p.Inside, Latch(Expr.Abs(p.Value), p.Band), Flag.Choose(up, Least, 0.0)));
    }

    // Guards that change at instants only are judged by their exact sign, and by what it was before.
    private void ClassifyStatic(
        MachineFrame f, ModePlan mode, int i, Arrival arrival, int executed,
        Substitution here, Substitution earlier, MachineFrame before)
    {
        Watch watch = mode.Static[i];
        if (watch.Kind is WatchKind.Passage or WatchKind.Breach or WatchKind.Reach or WatchKind.Stop)
        {
            Expr g = here.Of(watch.Value);
            RecordCondition(f, watch, watch.Kind == WatchKind.Breach ? Flag.Of(g > 0.0) : Flag.Of(g >= 0.0));
            return;
        }

        if (watch.Kind != WatchKind.Transition)
        {
            return;
        }

        Transition transition = _plan.Model.Transitions[watch.Owner];
        Expr enabled = Flag.Of(here.Of(watch.Value) >= 0.0);
        Expr was = arrival == Arrival.Point ? before[_r.StaticSide[i]] : Flag.Of(earlier.Of(watch.Value) >= 0.0);
        if (arrival == Arrival.Start)
        {
            was = transition.Rule is EdgeRule { InitialValue: { } initial } ? (initial >= 0.0 ? Flag.Yes : Flag.No) : enabled;
        }

        f[_r.StaticSide[i]] = enabled;
        Expr up = Flag.And(enabled, Flag.Not(was));
        Expr down = Flag.And(Flag.Not(enabled), was);
        bool own = watch.Owner == executed;
        switch (transition.Rule)
        {
            case UrgentRule:
                BecomeDue(f, watch.Owner, enabled);
                break;
            case AfterRule:
                Expr starts = arrival != Arrival.Point ? enabled : own ? Flag.No : up;
                StartTimer(f, watch.Owner, starts);
                CancelTimer(f, watch.Owner, arrival != Arrival.Point ? Flag.Not(enabled) : down);
                break;
            case EdgeRule { FlowOnly: false } edge when !own:
                if (edge.Direction != EdgeDirection.Down)
                {
                    BecomeDue(f, watch.Owner, up);
                }

                if (edge.Direction != EdgeDirection.Up)
                {
                    BecomeDue(f, watch.Owner, down, 2.0);
                }

                break;
            default:
                break;
        }
    }
}
