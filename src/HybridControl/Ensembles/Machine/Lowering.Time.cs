using HybridControl.Automata;
using HybridControl.Symbolics;

namespace HybridControl.Ensembles.Machine;

/// <content>What happens by the clock: commands, noise, breakpoints, timers, ticks (semantics 5, 7).</content>
internal sealed partial class Lowering
{
    private TimedCommand[] Commands => [.. _plan.Commands.Where(c => c.At >= _plan.StartTime).OrderBy(command => command.At)];

    private void SetInitialValues(MachineFrame f)
    {
        for (int i = 0; i < _plan.Noise.Length; i++)
        {
            f.Load(new(_r.Drawn[i], i, _r.Draw[i]));
            f[RegisterOfVariable(_plan.Noise[i].Input)] = f[_r.Drawn[i]];
            f[_r.Draw[i]] += 1.0;
        }

        Draw(f, _lowered.Initial, _r.Jumps); // nothing has jumped: the first number of each place
        Substitution parameters = Here(f);
        for (int i = 0; i < _r.X.Length; i++)
        {
            StateVariable state = _plan.Model.States[i];
            if (!_model.IsGiven(state.Name))
            {
                f[_r.X[i]] = parameters.Of(_model.Expand(state.Initial));
            }
        }

        for (int i = 0; i < _model.Discretes.Length; i++)
        {
            DiscreteVariable discrete = _plan.Model.Discretes[i];
            if (_model.Discretes[i] >= 0 && !_model.IsGiven(discrete.Name) && !LoweredModel.IsDraw(discrete.Name))
            {
                f[_model.Discretes[i]] = parameters.Of(_model.Expand(discrete.Initial));
            }
        }

        for (int i = 0; i < _r.Ticks.Length; i++)
        {
            SampledUpdate update = _plan.Model.SampledUpdates[i];
            f[_r.Period[i]] = parameters.Of(_model.Expand(update.Period));
            f[_r.FirstTick[i]] = _plan.StartTime + parameters.Of(_model.Expand(update.Offset));
            SetStatus(f, Flag.Not(Flag.Of(f[_r.Period[i]] > 0.0)), TrajectoryStatus.NotFinite);
        }

        StartLooks(f, parameters);
    }

    // The next instant that a step must not pass.
    private Expr NextStop(MachineFrame f)
    {
        Expr next = _plan.Until;
        foreach (int timer in _r.Timers.SelectMany(timers => timers))
        {
            next = Expr.Min(next, f[timer]);
        }

        for (int i = 0; i < _r.Looks.Length; i++)
        {
            next = Expr.Min(next, LookTime(f, i));
        }

        if (_r.Command >= 0)
        {
            next = Expr.Min(next, CommandTime(f));
        }

        for (int i = 0; i < _r.Breakpoint.Length; i++)
        {
            next = _r.Breakpoint[i] < 0 ? next : Expr.Min(next, BreakpointTime(f, i));
        }

        for (int i = 0; i < _r.Ticks.Length; i++)
        {
            next = Expr.Min(next, TickTime(f, i));
        }

        for (int i = 0; i < _r.Draw.Length; i++)
        {
            next = Expr.Min(next, DrawTime(f, i));
        }

        return Expr.Max(next, f[_r.Time]); // what lies a few units in the last place behind belongs to this instant
    }

    private Expr CommandTime(MachineFrame f) =>
        Entry(f[_r.Command], [.. Commands.Select(command => command.At)], double.PositiveInfinity);

    private Expr BreakpointTime(MachineFrame f, int input) =>
        Entry(f[_r.Breakpoint[input]], _model.Inputs[input].Times, double.PositiveInfinity);

    private Expr TickTime(MachineFrame f, int update) => f[_r.FirstTick[update]] + (f[_r.Ticks[update]] * f[_r.Period[update]]);

    private Expr DrawTime(MachineFrame f, int noise) => _plan.StartTime + (f[_r.Draw[noise]] * _plan.Noise[noise].Period);

    // What is due by the clock: commands and draws; breakpoints and timers; ticks; looks at guards.
    private (Expr Commands, Expr Times, Expr Ticks, Expr Looks) Pending(MachineFrame f)
    {
        Expr now = f[_r.Time];
        Expr commands = _r.Command >= 0 ? IsNear(CommandTime(f), now) : Flag.No;
        for (int i = 0; i < _r.Draw.Length; i++)
        {
            commands = Flag.Or(commands, IsNear(DrawTime(f, i), now));
        }

        Expr times = Flag.No;
        for (int i = 0; i < _r.Breakpoint.Length; i++)
        {
            times = _r.Breakpoint[i] < 0 ? times : Flag.Or(times, IsNear(BreakpointTime(f, i), now));
        }

        foreach (int timer in _r.Timers.SelectMany(timers => timers))
        {
            times = Flag.Or(times, IsNear(f[timer], now));
        }

        Expr ticks = Flag.No;
        for (int i = 0; i < _r.Ticks.Length; i++)
        {
            ticks = Flag.Or(ticks, IsNear(TickTime(f, i), now));
        }

        Expr looks = Flag.No;
        for (int i = 0; i < _r.Looks.Length; i++)
        {
            looks = Flag.Or(looks, IsNear(LookTime(f, i), now));
        }

        return (commands, times, ticks, looks);
    }

    // The first of these that is due: one command, or all draws, or all breakpoints and timers, or all ticks, or all looks.
    private void WriteTick(MachineFrame f, ModePlan mode)
    {
        Expr flowing = Flag.Of(f[_r.Instant] < -0.5);
        f.SetIf(flowing, _r.Tau, TauAt(f[_r.Time], _fixed ? FixedSize : f[_r.Size]));
        OpenInstant(f, mode, flowing);
        LimitSteps(f);
        MachineFrame before = f.Snapshot();
        Expr now = f[_r.Time];
        (Expr commands, Expr times, Expr ticks, Expr looks) = Pending(f);
        Expr moved = Flag.No;
        Expr command = Flag.No;
        if (_r.Command >= 0)
        {
            command = IsNear(CommandTime(f), now);
            moved = ExecuteCommand(f, mode, before, command);
        }

        ExecuteDraws(f, before, Flag.Not(command));
        Expr timely = Flag.And(times, Flag.Not(commands));
        ExecuteBreakpoints(f, before, timely);
        ExpireTimers(f, before, timely);
        Expr earlier = Flag.Or(commands, times);
        ExecuteUpdates(f, before, Flag.And(ticks, Flag.Not(earlier)));
        LookAtGuards(f, mode, before, Flag.And(looks, Flag.Not(Flag.Or(earlier, ticks))));
        Enter(f, mode, Arrival.Point, -1, before);
        ObserveExtrema(f, Here(f));
        if (!Flag.IsNo(moved))
        {
            ForgetSize(f, mode, moved);
        }

        Leave(f, mode);
    }

    private Expr ExecuteCommand(MachineFrame f, ModePlan mode, MachineFrame before, Expr due)
    {
        Expr moved = Flag.No;
        TimedCommand[] commands = Commands;
        for (int c = 0; c < commands.Length; c++)
        {
            Expr now = Flag.And(due, Flag.Of(Expr.Abs(before[_r.Command] - c) < 0.5));
            if (commands[c].Set is { } name)
            {
                Assign(f, name, commands[c].Value, now);
                moved = StateNumber(name) >= 0 ? Flag.Or(moved, now) : moved;
                continue;
            }

            for (int i = 0; i < _r.Due.Length; i++)
            {
                Transition transition = _plan.Model.Transitions[i];
                if (_model.Compiled.NumberOf(transition.From) == mode.Number &&
                    transition.Rule is CommandRule rule && rule.Label == commands[c].Label)
                {
                    Expr enabled = transition.Guard.Equals(Condition.True)
                        ? Flag.Yes
                        : Flag.Of(GuardFunctionOf(before, mode, i) >= 0.0);
                    BecomeDue(f, i, Flag.And(now, enabled));
                }
            }
        }

        f.SetIf(due, _r.Command, before[_r.Command] + 1.0);
        return moved;
    }

    private void Assign(MachineFrame f, string name, Expr value, Expr now)
    {
        MachineInput? input = _model.Inputs.FirstOrDefault(candidate => candidate.Name == name);
        f.SetIf(now, RegisterOfVariable(name), value);
        if (input is null)
        {
            return;
        }

        if (input.Registers.Length > 1 && input.Registers[1] >= 0)
        {
            f.SetIf(now, input.Registers[1], 0.0);
        }

        int breakpoint = _r.Breakpoint[Array.IndexOf(_model.Inputs, input)];
        if (breakpoint >= 0)
        {
            f.SetIf(now, breakpoint, input.Times.Length); // a value that is held knows no more breakpoints
        }
    }

    private void ExecuteDraws(MachineFrame f, MachineFrame before, Expr allowed)
    {
        for (int i = 0; i < _r.Draw.Length; i++)
        {
            f.Load(new(_r.Drawn[i], i, _r.Draw[i]));
            Expr now = Flag.And(allowed, IsNear(DrawTime(before, i), before[_r.Time]));
            f.SetIf(now, RegisterOfVariable(_plan.Noise[i].Input), f[_r.Drawn[i]]);
            f.SetIf(now, _r.Draw[i], before[_r.Draw[i]] + 1.0);
        }
    }

    private void ExecuteBreakpoints(MachineFrame f, MachineFrame before, Expr allowed)
    {
        for (int i = 0; i < _r.Breakpoint.Length; i++)
        {
            if (_r.Breakpoint[i] < 0)
            {
                continue;
            }

            MachineInput input = _model.Inputs[i];
            Expr now = Flag.And(allowed, IsNear(BreakpointTime(before, i), before[_r.Time]));
            for (int j = 0; j < input.Registers.Length; j++)
            {
                if (input.Registers[j] >= 0)
                {
                    double[] values = [.. input.Pieces.Select(piece => piece[j])];
                    f.SetIf(now, input.Registers[j], Entry(before[_r.Breakpoint[i]], values, values[^1]));
                }
            }

            f.SetIf(now, _r.Breakpoint[i], before[_r.Breakpoint[i]] + 1.0);
        }
    }

    private void ExecuteUpdates(MachineFrame f, MachineFrame before, Expr allowed)
    {
        for (int i = 0; i < _r.Ticks.Length; i++)
        {
            SampledUpdate update = _plan.Model.SampledUpdates[i];
            Expr now = Flag.And(allowed, IsNear(TickTime(before, i), before[_r.Time]));
            Substitution values = Here(f);
            Expr[] written = [.. update.Assignments.Select(a => values.Of(_model.Expand(a.Value)))];
            for (int j = 0; j < written.Length; j++)
            {
                SetStatus(f, Flag.And(now, Flag.Not(IsFinite(written[j]))), TrajectoryStatus.NotFinite);
                f.SetIf(now, TargetOf(update.Assignments[j]), written[j]);
            }

            f.SetIf(now, _r.Ticks[i], before[_r.Ticks[i]] + 1.0);
        }
    }
}
