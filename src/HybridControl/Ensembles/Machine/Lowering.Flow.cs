using HybridControl.Solvers;
using HybridControl.Symbolics;

namespace HybridControl.Ensembles.Machine;

/// <content>Flowing: trial steps and their control, the hot loop.</content>
internal sealed partial class Lowering
{
    private const double Stretch = 1.01;
    private const double LargestGrowth = 10.0;
    private const double LargestCut = 0.2;
    private const double LongestOverStay = 2.0;

    private double FixedSize => Math.Min(_settings.FirstStep, _settings.MaximumStep);

    private bool HasGrid => _r.GridTime >= 0;

    private bool Runs(ModePlan mode) => _fixed && mode.Watches.Length == 0;

    // One trial step. What needs more than that - an event, a sample, an instant - leaves the loop and the step undone.
    private Expr WriteFlow(MachineFrame f, ModePlan mode)
    {
        (TrialStep step, Expr size, Expr end, Expr clipped) = Try(f, mode);
        Expr stop = StopTime(f);
        Expr finite = Flag.Yes;
        Expr quiet = Flag.Yes;
        if (mode.Watches.Length > 0)
        {
            Expr[] states = step.States;
            Substitution values = new MachineScope(_model, f).At(states, end, step.Slopes);
            (quiet, finite) = Judge(f, mode, values, size);
        }

        if (_fixed)
        {
            quiet = Flag.And(quiet, finite);
        }

        Expr accepted = _fixed ? Flag.Yes : Flag.And(Flag.Of(step.SquaredError! <= 1.0), finite);
        Expr unsampled = HasGrid ? Flag.Of(f[_r.GridTime] >= end) : Flag.Yes;
        Expr silent = Flag.IsYes(quiet) ? quiet : Flag.Or(f[_r.Cleared], quiet);
        Expr commit = Flag.And(Flag.And(accepted, silent), unsampled);
        Expr steps = f[_r.Steps] + 1.0;
        Expr goesOn = Flag.And(Flag.Not(Flag.Of(end >= stop)), Flag.Of(steps <= _plan.MaxSteps - 0.5));
        Expr again = Flag.No;
        if (!_fixed)
        {
            again = WriteControl(f, step.SquaredError!, size, clipped, accepted, finite, commit);
        }

        Commit(f, mode, step, commit);
        if (mode.Watches.Any(watch => watch.IsKept))
        {
            Substitution values = new MachineScope(_model, f).At(step.States, end, step.Slopes);
            foreach ((Watch watch, int i) in mode.Watches.Select((watch, i) => (watch, i)).Where(entry => entry.watch.IsKept))
            {
                f.SetIf(commit, _r.Guard[i], values.Of(watch.Value));
                f.SetIf(commit, _r.Rate[i], values.Of(watch.Rate));
            }
        }

        Expr small = Program(Part.Finish);
        Expr ahead = _timed ? Program(Part.Tick, mode.Number) : small;
        Expr self = Program(Part.Flow, mode.Number);
        Expr busy = Flag.IsYes(Flag.And(silent, unsampled)) ? small : Program(Part.Expand, mode.Number);
        if (Runs(mode))
        {
            Expr run = Flag.And(goesOn, Flag.Not(Flag.Of(end >= f[_r.Bound])));
            ahead = Flag.Choose(run, Program(Part.Run, mode.Number), ahead);
            goesOn = Flag.And(goesOn, Flag.Not(run));
        }

        f.SetIf(commit, _r.Time, end);
        f.SetIf(commit, _r.Steps, steps);
        if (mode.Watches.Length > 0)
        {
            f.SetIf(commit, _r.Cleared, Flag.No);
        }

        Expr loop = Flag.Choose(commit, goesOn, Flag.Choose(accepted, Flag.No, again));
        f[_r.Counter] = Flag.Choose(loop, self, Flag.Choose(commit, ahead, Flag.Choose(accepted, busy, small)));
        return loop;
    }

    // Nothing but steps of the full size: a mode without guards under a method of fixed step.
    // It finds the slopes of a step itself: fewer values live from pass to pass, and none of them waits in memory.
    private Expr WriteRun(MachineFrame f, ModePlan mode)
    {
        Expr time = f[_r.Time];
        Expr end = time + FixedSize;
        Expr[] states = StatesOf(f);
        var scope = new MachineScope(_model, f);
        Substitution start = scope.At(states, time);
        TrialStep step = StepOf(mode, scope, states, [.. mode.Derivatives.Select(start.Of)], time, FixedSize, end);
        for (int i = 0; i < _r.X.Length; i++)
        {
            if (mode.Moves(i))
            {
                f[_r.X[i]] = step.States[i];
            }
        }

        f[_r.Time] = end;
        f[_r.Steps] += 1.0;
        Expr over = Flag.Of(end >= f[_r.Bound]);
        f[_r.Counter] = Flag.Choose(over, Program(Part.Slopes, mode.Number), Program(Part.Run, mode.Number));
        return f[_r.Bound] - end;
    }

    // After a run: the slopes that every other program expects to find.
    private void WriteSlopes(MachineFrame f, ModePlan mode)
    {
        Substitution here = new MachineScope(_model, f).At(StatesOf(f), f[_r.Time]);
        for (int i = 0; i < _r.X.Length; i++)
        {
            if (mode.KeepsSlope[i])
            {
                f[_r.K[i]] = here.Of(mode.Derivatives[i]);
            }
        }

        f[_r.Counter] = Program(Part.Flow, mode.Number);
    }

    private void Commit(MachineFrame f, ModePlan mode, TrialStep step, Expr flag)
    {
        for (int i = 0; i < _r.X.Length; i++)
        {
            if (mode.Moves(i))
            {
                f.SetIf(flag, _r.X[i], step.States[i]);
            }

            if (mode.KeepsSlope[i])
            {
                f.SetIf(flag, _r.K[i], step.Slopes[i]);
            }
        }
    }

    // Hairer, Norsett and Wanner I, section II.4, as the stepper does it.
    private void WriteFirstStep(MachineFrame f, ModePlan mode)
    {
        Expr[] x = StatesOf(f);
        Expr[] k = SlopesOf(f, mode);
        Expr time = f[_r.Time];
        Expr longest = StopTime(f) - time;
        Expr states = Expr.Zero;
        Expr slopes = Expr.Zero;
        Expr Scale(int i) => _settings.Absolute + (_settings.Relative * Expr.Abs(x[i]));
        for (int i = 0; i < x.Length; i++)
        {
            states += Expr.Square(x[i] / Scale(i));
            slopes += Expr.Square(k[i] / Scale(i));
        }

        Expr small = Flag.Or(Flag.Of(states < 1e-10), Flag.Of(slopes < 1e-10));
        Expr first = Expr.Min(Flag.Choose(small, 1e-6, 0.01 * Expr.Sqrt(states / slopes)), longest);
        Expr[] ahead = [.. x.Select((value, i) => value + (first * k[i]))];
        Substitution there = new MachineScope(_model, f).At(ahead, time + first);
        Expr curvature = Expr.Zero;
        for (int i = 0; i < x.Length; i++)
        {
            curvature += Expr.Square((there.Of(mode.Derivatives[i]) - k[i]) / Scale(i));
        }

        Expr largest = Expr.Max(Expr.Sqrt(slopes), Expr.Sqrt(curvature) / first);
        Expr second = Flag.Choose(
            Flag.Of(largest <= 1e-15),
            Expr.Max(1e-6, 1e-3 * first),
            Expr.Power(0.01 * Math.Sqrt(x.Length) / largest, 1.0 / _solver.Order));
        Expr chosen = Expr.Min(100.0 * first, second);
        Expr size = Flag.Choose(Flag.Of(chosen > 0.0), chosen, Expr.Min(1e-6, longest));
        f[_r.Size] = Expr.Min(Flag.Choose(Flag.Of(slopes > 0.0), size, longest), Finite(_settings.MaximumStep));
        f[_r.Counter] = Program(Part.Flow, mode.Number);
    }

    private (TrialStep Step, Expr Size, Expr End, Expr Clipped) Try(MachineFrame f, ModePlan mode)
    {
        Expr time = f[_r.Time];
        Expr stop = StopTime(f);
        Expr wanted = _fixed ? FixedSize : f[_r.Size];
        Expr clipped = Flag.Of(time + (Stretch * wanted) >= stop);
        Expr size = Flag.Choose(clipped, stop - time, wanted);
        if (double.IsFinite(_settings.MaximumStep))
        {
            Expr over = Flag.Of(size > _settings.MaximumStep * (1.0 + 1e-12));
            size = Flag.Choose(over, 0.5 * size, size);
            clipped = Flag.And(clipped, Flag.Not(over));
        }

        Expr end = Flag.Choose(clipped, stop, time + size);
        TrialStep step = StepOf(mode, new MachineScope(_model, f), StatesOf(f), SlopesOf(f, mode), time, size, end);
        return (step, size, end, clipped);
    }

    private TrialStep StepOf(ModePlan mode, MachineScope scope, Expr[] x, Expr[] slopes, Expr time, Expr size, Expr end) =>
        _solver is RosenbrockMethod rosenbrock
            ? TrialStep.Of(rosenbrock.Tableau, _settings, mode, LinearOf(mode), scope, x, slopes, time, size, end)
            : TrialStep.Of(((IRungeKuttaMethod)_solver).Tableau, _settings, mode, scope, x, slopes, time, size, end);

    private FlowDerivatives LinearOf(ModePlan mode)
    {
        if (!_linear.TryGetValue(mode.Number, out FlowDerivatives? linear))
        {
            linear = FlowDerivatives.Of(
                mode.Derivatives, [.. _plan.Model.States.Select(state => Expr.Variable(VariableKind.State, state.Name))]);
            _linear.Add(mode.Number, linear);
        }

        return linear;
    }

    // Whether the step may hold an event: a guard is across at its end, or the tangents at both ends meet above its threshold.
    private (Expr Quiet, Expr Finite) Judge(MachineFrame f, ModePlan mode, Substitution values, Expr size)
    {
        Expr? across = null;
        Expr? peak = null;
        Expr? sum = null;
        Substitution here = Here(f, mode);
        for (int i = 0; i < mode.Watches.Length; i++)
        {
            Watch watch = mode.Watches[i];
            Expr guard = values.Of(watch.Value);
            Expr signed = (f[_r.Sense[i]] * guard) - f[_r.Threshold[i]];
            across = across is null ? signed : Expr.Max(across, signed);
            if (watch.MayPeak)
            {
                (Expr start, Expr rate) = GuardOf(f, mode, i, here);
                Expr before = (f[_r.Sense[i]] * start) - f[_r.Threshold[i]];
                Expr scale = f[_r.Sense[i]] * size;
                Expr hill = HillOf(before, scale * rate, signed, scale * values.Of(watch.Rate));
                peak = peak is null ? hill : Expr.Max(peak, hill);
            }

            if (watch.MayFail)
            {
                sum = sum is null ? Expr.Abs(guard) : sum + Expr.Abs(guard);
            }
        }

        Expr quiet = Flag.Not(Flag.Of(across! >= 0.0));
        return (
            peak is null ? quiet : Flag.And(quiet, Flag.Of(peak <= 0.0)),
            sum is null ? Flag.Yes : Flag.Of(sum <= Largest));
    }

    // Positive if the tangents of a function that rises at the start and falls at the end meet above zero.
    private static Expr HillOf(Expr start, Expr startSlope, Expr end, Expr endSlope) => Expr.Min(
        Expr.Min(startSlope, -endSlope),
        (startSlope * (end - endSlope)) - (endSlope * start));

    private Expr WriteControl(
        MachineFrame f, Expr error, Expr size, Expr clipped, Expr accepted, Expr finite, Expr commit)
    {
        Expr factor = GrowthOf(error);
        Expr largest = Flag.Choose(Flag.Of(f[_r.Rejected] >= 0.5), 1.0, LargestGrowth);
        Expr next = size * Expr.Min(Expr.Max(factor, LargestCut), largest);
        next = Flag.Choose(clipped, Expr.Max(next, f[_r.Size]), next);
        next = Expr.Min(next, Finite(_settings.MaximumStep));
        Expr measured = Flag.And(Flag.Of(error <= 1e12), finite);
        Expr smaller = size * Flag.Choose(measured, Expr.Min(Expr.Max(factor, LargestCut), 1.0), LargestCut);
        Expr smallest = (16.0 * Epsilon * Expr.Abs(f[_r.Time])) + Least;
        f[_r.Size] = Flag.Choose(accepted, Flag.Choose(commit, next, f[_r.Size]), smaller);
        f[_r.Rejected] = Flag.Choose(
            accepted,
            Flag.Choose(commit, Expr.Zero, f[_r.Rejected]),
            Flag.Choose(Flag.And(Flag.Of(error <= Largest), finite), 1.0, 2.0));
        return Flag.Of(smaller >= smallest);
    }

    // 0.9 err^(-1/5) for the orders 5(4), within 3.5 percent from 0.2 to 10 and on the right side of both beyond: a ratio of
    // polynomials in the root of err, fitted by least squares that were reweighted until the largest relative errors were equal.
    private Expr GrowthOf(Expr squaredError)
    {
        if (_solver.Order != 5)
        {
            return 0.9 * Expr.Power(Expr.Max(squaredError, 1e-60), -0.5 / _solver.Order);
        }

        Expr r = Expr.Min(Expr.Sqrt(Expr.Sqrt(squaredError)), 100.0);
        Expr above = 13.379070867653798 + (r * (422.05204159590056 + (r * 181.68458969100132)));
        Expr below = 1.0 + (r * (198.53529469137766 + (r * (476.51831259623924 + (r * 11.805043106241627)))));
        return above / below;
    }

    private static double Finite(double value) => double.IsFinite(value) ? value : Never;

    /// <summary>Prepares flowing on in a mode where <paramref name="flag"/> is set, and tells the program to go to.</summary>
    private Expr EnterFlow(MachineFrame f, ModePlan mode, Expr flag)
    {
        f.SetIf(flag, _r.Instant, -1.0);
        f.SetIf(flag, _r.Cleared, Flag.No);
        Expr flow = Program(Part.Flow, mode.Number);
        if (Runs(mode))
        {
            Expr bound = StopTime(f) - (Stretch * FixedSize);
            if (HasGrid)
            {
                bound = Expr.Min(bound, f[_r.GridTime] - FixedSize);
            }

            bound = Expr.Min(bound, f[_r.Time] + ((_plan.MaxSteps - 1.5 - f[_r.Steps]) * FixedSize));
            f.SetIf(flag, _r.Bound, bound);
            return Flag.Choose(Flag.Of(f[_r.Time] < bound), Program(Part.Run, mode.Number), flow);
        }

        if (_fixed)
        {
            return flow;
        }

        if (mode.Moving == 0)
        {
            f.SetIf(flag, _r.Size, Expr.Min(StopTime(f) - f[_r.Time], Finite(_settings.MaximumStep)));
            return flow;
        }

        return Flag.Choose(Flag.Of(f[_r.Size] > 0.0), flow, Program(Part.FirstStep, mode.Number));
    }
}
