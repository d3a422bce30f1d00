using HybridControl.Symbolics;

namespace HybridControl.Ensembles.Machine;

/// <content>Finding the first event of a step: peaks first, then the earliest crossing of all guards at once.</content>
internal sealed partial class Lowering
{
    private int S(SearchRegister register) => _r.Search[(int)register];

    // Computes the trial step once more and keeps its polynomial: the loop that flows has no room for it.
    private void WriteExpand(MachineFrame f, ModePlan mode)
    {
        (TrialStep step, Expr size, Expr end, _) = Try(f, mode);
        for (int i = 0; i < _r.X.Length; i++)
        {
            for (int j = 0; j < 4; j++)
            {
                if (step.Dense[i] is { } dense)
                {
                    f[_r.Dense[(4 * i) + j]] = dense[j];
                }
            }
        }

        f[_r.Trial[0]] = size;
        f[_r.Trial[1]] = end;
        f[_r.Tau] = TauAt(f[_r.Time], size);
        Expr land = Program(Part.Flow, mode.Number);
        f[_r.Found] = Flag.No;
        if (mode.Watches.Length == 0)
        {
            f[_r.GridLimit] = end;
            f[_r.Counter] = Program(Part.Sample, mode.Number);
            return;
        }

        Expr cleared = f[_r.Cleared];
        Rearm(f, mode);
        Substitution here = Here(f, mode);
        Substitution values = new MachineScope(_model, f).At(step.States, end, step.Slopes);
        Expr low = Expr.Constant(-Never);
        Expr high = Expr.Constant(-Never);
        Expr any = Flag.No;
        for (int i = 0; i < mode.Watches.Length; i++)
        {
            Watch watch = mode.Watches[i];
            (Expr start, Expr startSlope) = SignedStart(f, mode, i, size, here);
            Expr guard = values.Of(watch.Value);
            Expr signed = (f[_r.Sense[i]] * guard) - f[_r.Threshold[i]];
            if (watch.MayPeak)
            {
                Expr slope = f[_r.Sense[i]] * size * values.Of(watch.Rate);
                f[_r.EndGuard[i]] = signed;
                f[_r.EndSlope[i]] = slope;
                Expr peak = Flag.Of(HillOf(start, startSlope, signed, slope) > 0.0);
                f[_r.Peak[i]] = peak;
                any = Flag.Or(any, peak);
            }

            if (watch.MayFail)
            {
                SetStatus(f, Flag.Not(IsFinite(guard)), TrajectoryStatus.NotFinite);
            }

            low = Expr.Max(low, start);
            high = Expr.Max(high, signed);
        }

        f[S(SearchRegister.Low)] = Expr.Zero;
        f[S(SearchRegister.High)] = Expr.One;
        f[S(SearchRegister.ValueLow)] = low;
        f[S(SearchRegister.ValueHigh)] = high;
        f[S(SearchRegister.Third)] = -1.0;
        f[S(SearchRegister.Width)] = Expr.One;
        f[S(SearchRegister.Age)] = Expr.Zero;
        Expr crosses = Flag.And(Flag.Not(cleared), Flag.Of(high >= 0.0));
        Expr peaks = Flag.And(Flag.Not(cleared), any);
        f.SetIf(Flag.Not(Flag.Or(crosses, peaks)), _r.Cleared, Flag.Yes);
        Expr next = land;
        if (HasGrid)
        {
            f[_r.GridLimit] = end;
            next = Flag.Choose(Flag.Of(f[_r.GridTime] < end), Program(Part.Sample, mode.Number), next);
        }

        next = Flag.Choose(crosses, Program(Part.Search, mode.Number), next);
        if (!Flag.IsNo(any))
        {
            ChoosePeak(f, mode, -1.0, size, here);
            next = Flag.Choose(peaks, Program(Part.Peaks, mode.Number), next);
        }

        f[_r.Counter] = Flag.Choose(HasEnded(f), Program(Part.Finish), next);
    }

    // A guard that has left its surface backwards waits for zero again, not for the band that a jump left behind.
    private void Rearm(MachineFrame f, ModePlan mode)
    {
        Substitution here = Here(f, mode);
        for (int i = 0; i < mode.Watches.Length; i++)
        {
            if (mode.Watches[i].Kind is WatchKind.Transition or WatchKind.Invariant or WatchKind.Branch)
            {
                Expr left = Flag.Of(f[_r.Sense[i]] * GuardOf(f, mode, i, here).Value < -f[_r.Threshold[i]]);
                Expr zero = Expr.Min(f[_r.Threshold[i]], Flag.Choose(f[_r.Sense[i]], 0.0, Least));
                f.SetIf(left, _r.Threshold[i], zero);
            }
        }
    }

    private (Expr Value, Expr Slope) SignedStart(MachineFrame f, ModePlan mode, int i, Expr size, Substitution here)
    {
        (Expr value, Expr rate) = GuardOf(f, mode, i, here);
        return ((f[_r.Sense[i]] * value) - f[_r.Threshold[i]], f[_r.Sense[i]] * size * rate);
    }

    // The next guard with a peak, after one of them; -1 if there is none.
    private void ChoosePeak(MachineFrame f, ModePlan mode, Expr after, Expr size, Substitution here)
    {
        Expr chosen = Flag.No;
        Expr valueA = Expr.Zero;
        Expr slopeA = Expr.Zero;
        Expr valueB = Expr.Zero;
        Expr slopeB = Expr.Zero;
        for (int i = mode.Watches.Length - 1; i >= 0; i--)
        {
            if (mode.Watches[i].MayPeak)
            {
                Expr next = Flag.And(f[_r.Peak[i]], Flag.Of(after <= i - 0.5));
                (Expr start, Expr startSlope) = SignedStart(f, mode, i, size, here);
                chosen = Flag.Choose(next, i, chosen);
                valueA = Flag.Choose(next, start, valueA);
                slopeA = Flag.Choose(next, startSlope, slopeA);
                valueB = Flag.Choose(next, f[_r.EndGuard[i]], valueB);
                slopeB = Flag.Choose(next, f[_r.EndSlope[i]], slopeB);
            }
        }

        f[S(SearchRegister.Guard)] = chosen;
        f[S(SearchRegister.Bisect)] = Flag.No;
        f[S(SearchRegister.A)] = Expr.Zero;
        f[S(SearchRegister.B)] = Expr.One;
        f[S(SearchRegister.ValueA)] = valueA;
        f[S(SearchRegister.SlopeA)] = slopeA;
        f[S(SearchRegister.ValueB)] = valueB;
        f[S(SearchRegister.SlopeB)] = slopeB;
    }

    // Looks for the peaks of the guards that may have one, one after the other: one evaluation a pass.
    private Expr WritePeaks(MachineFrame f, ModePlan mode)
    {
        Expr size = f[_r.Trial[0]];
        Expr guard = f[S(SearchRegister.Guard)];
        Expr theta = PeakTrial(f);
        (Expr[] states, Expr[] rates) = DenseAt(f, mode, theta, size);
        Substitution values = new MachineScope(_model, f).At(states, f[_r.Time] + (theta * size), rates);
        Expr largest = Expr.Constant(-Never);
        Expr value = Expr.Zero;
        Expr slope = Expr.Zero;
        Expr error = Expr.Zero;
        for (int i = 0; i < mode.Watches.Length; i++)
        {
            Expr signed = (f[_r.Sense[i]] * values.Of(mode.Watches[i].Value)) - f[_r.Threshold[i]];
            largest = Expr.Max(largest, signed);
            if (mode.Watches[i].MayPeak)
            {
                Expr its = Flag.Of(Expr.Abs(guard - i) <= 0.5);
                error = Flag.Choose(its, values.Of(mode.Watches[i].Error), error);
                value = Flag.Choose(its, signed, value);
                slope = Flag.Choose(its, f[_r.Sense[i]] * size * values.Of(mode.Watches[i].Rate), slope);
            }
        }

        // A peak inside the band is a touch, not a crossing.
        Expr hit = Flag.And(Flag.Of(value >= (4.0 * error) + Least), Flag.Of(largest >= 0.0));
        ImprovePeak(f, mode, theta, hit, value, slope, largest, f[_r.Tau] / size, size);
        Expr loop = Flag.Of(f[S(SearchRegister.Guard)] >= -0.5);
        Expr crosses = Flag.Of(f[S(SearchRegister.ValueHigh)] >= 0.0);
        f[_r.Cleared] = Flag.And(Flag.Not(crosses), Flag.Not(loop));
        Expr next = Program(Part.Flow, mode.Number);
        if (HasGrid)
        {
            next = Flag.Choose(Flag.Of(f[_r.GridTime] < f[_r.Trial[1]]), Program(Part.Sample, mode.Number), next);
        }

        next = Flag.Choose(crosses, Program(Part.Search, mode.Number), next);
        f[_r.Counter] = Flag.Choose(loop, Program(Part.Peaks, mode.Number), next);
        return loop;
    }

    // Closes in on the first crossing of all guards at once, one evaluation a pass.
    private Expr WriteSearch(MachineFrame f, ModePlan mode)
    {
        Expr size = f[_r.Trial[0]];
        Expr width = f[_r.Tau] / size;
        Expr theta = CrossingTrial(f, width);
        (Expr[] states, _) = DenseAt(f, mode, theta, size);
        Substitution values = new MachineScope(_model, f).At(states, f[_r.Time] + (theta * size));
        Expr largest = Expr.Constant(-Never);
        for (int i = 0; i < mode.Watches.Length; i++)
        {
            Expr signed = (f[_r.Sense[i]] * values.Of(mode.Watches[i].Value)) - f[_r.Threshold[i]];
            largest = i == 0 ? signed : Expr.Max(largest, signed);
        }

        ImproveCrossing(f, theta, largest);
        Expr loop = Flag.Of(f[S(SearchRegister.High)] - f[S(SearchRegister.Low)] > width);
        Expr next = Program(Part.Land, mode.Number);
        if (HasGrid)
        {
            Expr limit = f[_r.Time] + (f[S(SearchRegister.High)] * size);
            f[_r.GridLimit] = limit;
            f[_r.Found] = Flag.Yes;
            next = Flag.Choose(Flag.Of(f[_r.GridTime] < limit), Program(Part.Sample, mode.Number), next);
        }

        f[_r.Counter] = Flag.Choose(loop, Program(Part.Search, mode.Number), next);
        return loop;
    }

    private Expr PeakTrial(MachineFrame f)
    {
        Expr a = f[S(SearchRegister.A)];
        Expr b = f[S(SearchRegister.B)];
        Expr slopeA = f[S(SearchRegister.SlopeA)];
        Expr secant = a + ((b - a) * slopeA / (slopeA - f[S(SearchRegister.SlopeB)]));
        Expr inside = Flag.And(Flag.Of(secant > a), Flag.Of(secant < b));
        return Flag.Choose(Flag.And(inside, Flag.Not(f[S(SearchRegister.Bisect)])), secant, 0.5 * (a + b));
    }

    // The zero of the parabola through both ends and the end that was given up last, kept half the asked width away from
    // both ends, so that the last two passes close the bracket. The first pass has no third point: it takes the secant, but
    // stays in the middle, because a flight that begins on its surface has a zero at its start.
    private Expr CrossingTrial(MachineFrame f, Expr width)
    {
        Expr low = f[S(SearchRegister.Low)];
        Expr high = f[S(SearchRegister.High)];
        Expr third = f[S(SearchRegister.Third)];
        Expr valueLow = f[S(SearchRegister.ValueLow)];
        Expr span = high - low;
        Expr slope = (f[S(SearchRegister.ValueHigh)] - valueLow) / span;
        Expr secant = low + Expr.Min(Expr.Max(-valueLow / slope, 0.25 * span), 0.75 * span);
        Expr outer = (f[S(SearchRegister.ValueThird)] - f[S(SearchRegister.ValueHigh)]) / (third - high);
        Expr bend = (outer - slope) / (third - low);
        Expr start = slope - (bend * span);
        var root = Expr.Sqrt(Expr.Max((start * start) - (4.0 * bend * valueLow), 0.0));
        Expr rises = Flag.Of(start >= 0.0);
        Expr parabola = low + (Flag.Choose(rises, -2.0 * valueLow, root - start) / Flag.Choose(rises, start + root, 2.0 * bend));
        Expr trial = Flag.Choose(Flag.Of(third >= 0.0), parabola, secant);
        Expr first = low + (0.5 * width);
        Expr last = high - (0.5 * width);
        Expr middle = 0.5 * (low + high);
        Expr kept = Flag.Choose(
            Flag.Of(trial >= first),
            Flag.Choose(Flag.Of(trial <= last), trial, last),
            Flag.Choose(Flag.Of(trial <= first), first, middle)); // the middle, if it is not a number
        return Flag.Choose(Flag.Of(f[S(SearchRegister.Age)] >= 2.5), middle, kept);
    }

    // A witness ends the search of a peak, and so do tangents that meet below zero, and the resolution of time.
    private void ImprovePeak(
        MachineFrame f, ModePlan mode, Expr theta, Expr hit, Expr value, Expr slope, Expr largest, Expr width, Expr size)
    {
        Expr earlier = Flag.And(hit, Flag.Of(theta < f[S(SearchRegister.High)]));
        Expr unset = Flag.And(hit, Flag.Of(f[S(SearchRegister.ValueHigh)] < 0.0));
        Expr take = Flag.Or(earlier, unset);
        f.SetIf(take, S(SearchRegister.High), theta);
        f.SetIf(take, S(SearchRegister.ValueHigh), largest);
        f.SetIf(take, S(SearchRegister.Width), theta);
        Expr rises = Flag.Of(slope > 0.0);
        Expr falls = Flag.Not(rises);
        f.SetIf(rises, S(SearchRegister.A), theta);
        f.SetIf(rises, S(SearchRegister.ValueA), value);
        f.SetIf(rises, S(SearchRegister.SlopeA), slope);
        f.SetIf(falls, S(SearchRegister.B), theta);
        f.SetIf(falls, S(SearchRegister.ValueB), value);
        f.SetIf(falls, S(SearchRegister.SlopeB), slope);
        f[S(SearchRegister.Bisect)] = -f[S(SearchRegister.Bisect)];
        Expr span = f[S(SearchRegister.B)] - f[S(SearchRegister.A)];
        Expr hill = HillOf(
            f[S(SearchRegister.ValueA)],
            span * f[S(SearchRegister.SlopeA)],
            f[S(SearchRegister.ValueB)],
            span * f[S(SearchRegister.SlopeB)]);
        Expr open = Flag.And(Flag.And(Flag.Not(hit), Flag.Of(hill > 0.0)), Flag.Of(span > width));
        MachineFrame next = f.Snapshot();
        ChoosePeak(next, mode, f[S(SearchRegister.Guard)], size, Here(f, mode));
        for (int k = (int)SearchRegister.Guard; k <= (int)SearchRegister.SlopeB; k++)
        {
            f[_r.Search[k]] = Flag.Choose(open, f[_r.Search[k]], next[_r.Search[k]]);
        }
    }

    // Where three passes have not made the bracket eight times smaller, the next ones bisect.
    private void ImproveCrossing(MachineFrame f, Expr theta, Expr largest)
    {
        Expr above = Flag.Of(largest >= 0.0);
        (Expr low, Expr high) = (f[S(SearchRegister.Low)], f[S(SearchRegister.High)]);
        (Expr valueLow, Expr valueHigh) = (f[S(SearchRegister.ValueLow)], f[S(SearchRegister.ValueHigh)]);
        f[S(SearchRegister.Low)] = Flag.Choose(above, low, theta);
        f[S(SearchRegister.High)] = Flag.Choose(above, theta, high);
        f[S(SearchRegister.Third)] = Flag.Choose(above, high, low);
        f[S(SearchRegister.ValueLow)] = Flag.Choose(above, valueLow, largest);
        f[S(SearchRegister.ValueHigh)] = Flag.Choose(above, largest, valueHigh);
        f[S(SearchRegister.ValueThird)] = Flag.Choose(above, valueHigh, valueLow);
        Expr span = f[S(SearchRegister.High)] - f[S(SearchRegister.Low)];
        Expr better = Flag.Of(span <= 0.125 * f[S(SearchRegister.Width)]);
        f[S(SearchRegister.Age)] = Flag.Choose(better, 0.0, f[S(SearchRegister.Age)] + 1.0);
        f.SetIf(better, S(SearchRegister.Width), span);
    }

    // States and their rates on the polynomial.
    private (Expr[] States, Expr[] Rates) DenseAt(MachineFrame f, ModePlan mode, Expr theta, Expr size)
    {
        Expr[] states = new Expr[_r.X.Length];
        Expr[] rates = new Expr[_r.X.Length];
        for (int i = 0; i < states.Length; i++)
        {
            (states[i], rates[i]) = (f[_r.X[i]], Expr.Zero);
            if (mode.Moves(i))
            {
                Expr C(int j) => f[_r.Dense[(4 * i) + j - 1]];
                states[i] += theta * (C(1) + (theta * (C(2) + (theta * (C(3) + (theta * C(4)))))));
                rates[i] = (C(1) + (theta * ((2.0 * C(2)) + (theta * ((3.0 * C(3)) + (4.0 * theta * C(4))))))) / size;
            }
        }

        return (states, rates);
    }

    // One sample on the polynomial; the right limit, because the sample of an instant waits for the step that leaves it.
    private void WriteSample(MachineFrame f, ModePlan mode)
    {
        Expr size = f[_r.Trial[0]];
        Expr at = f[_r.GridTime];
        Expr theta = (at - f[_r.Time]) / size;
        (Expr[] states, Expr[] rates) = DenseAt(f, mode, theta, size);
        StoreSample(f, new MachineScope(_model, f).At(states, at, rates), mode.Number);
        Expr flow = Program(Part.Flow, mode.Number);
        Expr next = mode.Watches.Length == 0 ? flow : Flag.Choose(f[_r.Found], Program(Part.Land, mode.Number), flow);
        f[_r.Counter] = Flag.Choose(Flag.Of(f[_r.GridTime] < f[_r.GridLimit]), Program(Part.Sample, mode.Number), next);
    }
}
