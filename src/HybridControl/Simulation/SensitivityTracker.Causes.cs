using System.Runtime.InteropServices;
using HybridControl.Automata;
using HybridControl.Numerics;
using HybridControl.Symbolics;

namespace HybridControl.Simulation;

/// <content>What moves an instant: guards, timers, clocks, and what comes at a fixed time.</content>
internal sealed partial class SensitivityTracker
{
    /// <summary>A relative change of a number within which an event must keep its kind, or be reported.</summary>
    private const double Reach = 1e-3;

    /// <summary>A relative change that no run can tell from none: what it takes away was a touch.</summary>
    private const double Touch = 1e-12;

    /// <summary>A value of a watched function that is worth a closer look, in its own unit.</summary>
    private const double Near = 1e-9;

    /// <summary>A share of a step in which rates change as if evenly.</summary>
    private const double Nearby = 1e-3;

    /// <summary>What is left of a sum that cancels.</summary>
    private const double Cancelled = 1e-9;

    /// <summary>Rates of one instant that differ by less than this share are one rate.</summary>
    private const double Alike = 1e-6;

    private readonly List<double> _causes = []; // [cause][k]; cause 0 does not move
    private int _invariant; // the cause that left an invariant; -1 for none
    private int _active;
    private int _settled;

    /// <summary>The cause of whatever becomes due now.</summary>
    public int Cause { get; set; }

    /// <summary>Lets the instant move with a watched function, to whose surface the flow has just led.</summary>
    public void MoveWithGuard(RunEngine run, CompiledGuard guard)
    {
        MoveWith(run, AddGuard(run, guard));
        if (guard.Role == GuardRole.Invariant)
        {
            _invariant = Cause;
        }
    }

    /// <summary>What forces exits is the invariant that was left, if the flow has left one here.</summary>
    public void MoveWithInvariant(RunEngine run)
    {
        if (_invariant >= 0)
        {
            MoveWith(run, _invariant);
        }
    }

    /// <summary>What becomes due from here on has this cause, and the instant moves with it.</summary>
    public void MoveWith(RunEngine run, int cause)
    {
        Cause = cause;
        Activate(run, cause);
    }

    private int AddGuard(RunEngine run, CompiledGuard guard)
    {
        RunPoint at = run.Here();
        ReadOnlySpan<double> values = EvaluateGuard(run, guard, bends: true);
        (double rate, double bend) = (values[0], values[1]);
        int count = _model.Count;
        int cause = AddCause([]);
        bool lost = false;
        for (int k = 0; k < count; k++)
        {
            (double own, double change) = (values[2 + k], values[2 + count + k]);
            double tau = own == 0.0 ? 0.0 : -own / rate;
            double moved = change + (bend * tau); // how the rate at the event moves
            double distance = Math.Abs(rate / (2.0 * moved)); // change of p / scale, to first order, that takes the rate to zero
            if (!double.IsFinite(tau) || distance < Touch)
            {
                lost = true;
                continue;
            }

            _causes[(cause * count) + k] = tau;
            if (distance < Reach && !IsLost(at))
            {
                Report(at, guard.Name, FormattableString.Invariant(
                    $"nearly grazing: '{guard.Name}' crosses at the rate {rate:G3} 1/s, and a change of '{_model.Names[k]}' by {distance * at.Data[_model.ScaleSlot(k)]:G3} can make it miss"));
            }
        }

        if (lost)
        {
            for (int k = 0; k < count; k++)
            {
                _causes[(cause * count) + k] = 0.0;
            }

            Lose(at, guard.Name, FormattableString.Invariant(
                $"'{guard.Name}' touches its surface at the rate {rate:G3} 1/s: the time of the event has no derivative"));
        }

        return cause;
    }

    // A watched function along the flow. Where rates are data, how they bend is a difference along the flow: it is asked for
    // reports only, which name an order of magnitude.
    private ReadOnlySpan<double> EvaluateGuard(RunEngine run, CompiledGuard guard, bool bends)
    {
        RunPoint at = run.Here();
        ExprProgram program = _model.GuardOf(run.ModeNumber, Array.IndexOf(at.Mode.Mode.Guards, guard));
        if (!_model.HasRates)
        {
            return Evaluate(program, at);
        }

        double bend = 0.0;
        run.WriteRates(at.Time, at.States, _slopes);
        if (bends)
        {
            double size = Nearby * run.LastSize;
            double[] rates = _slopes[..at.States.Length];
            double[] point = at.States.ToArray();
            bend = (RateAt(size) - RateAt(-size)) / (2.0 * size);
            rates.CopyTo(_slopes, 0);

            double RateAt(double shift)
            {
                RunPoint here = run.Here();
                for (int i = 0; i < point.Length; i++)
                {
                    point[i] = here.States[i] + (shift * rates[i]);
                }

                run.WriteRates(here.Time + shift, point, _slopes);
                return EvaluateWithRates(program, here.Time + shift, point, here.Data)[0];
            }
        }

        ReadOnlySpan<double> values = EvaluateWithRates(program, at.Time, at.States, at.Data);
        _results[1] = new Real64(bend);
        return values;
    }

    private ReadOnlySpan<double> EvaluateWithRates(ExprProgram program, double time, ReadOnlySpan<double> states, Span<double> data)
    {
        _slopes.AsSpan(0, states.Length).CopyTo(data[_model.RateSlot(0)..]);
        return Evaluate(program, time, states, data);
    }

    /// <summary>A touch without a crossing: for values nearby there may be an event, which no derivative foresees.</summary>
    public void NoteTouch(double time, int jumpIndex, string guard) => _log.Add(new(
        time, jumpIndex, LogKind.Sensitivity, guard, $"'{guard}' touches its surface without crossing it: for values on one side there is another event"));

    /// <summary>Looks for functions that stand on their surface and leave it with a number: what follows hangs on the sign of its change.</summary>
    /// <remarks>A function that has brought the run here stays on its surface whatever the numbers are, and counts for nothing.</remarks>
    public void LookAround(RunEngine run)
    {
        RunPoint at = run.Here();
        foreach (CompiledGuard guard in at.Mode.Watched)
        {
            double value = guard.Role == GuardRole.Invariant
                ? double.NaN
                : guard.Value(at.Time, ref MemoryMarshal.GetReference(at.States), ref MemoryMarshal.GetReference(at.Data));
            if (Math.Abs(value) < Near && !IsLost(at))
            {
                LookAt(run, guard, value);
            }
        }
    }

    private void LookAt(RunEngine run, CompiledGuard guard, double value)
    {
        RunPoint at = run.Here();
        ReadOnlySpan<double> values = EvaluateGuard(run, guard, bends: false);
        for (int k = 0; k < _model.Count; k++)
        {
            double moved = values[0] * at.Data[_model.TauSlot(k)];
            double whole = values[2 + k] + moved;
            if (Math.Abs(whole) > Cancelled * (Math.Abs(values[2 + k]) + Math.Abs(moved)) && Math.Abs(value) < Touch * Math.Abs(whole))
            {
                Report(at, guard.Name, $"'{guard.Name}' stands on its surface, and '{_model.Names[k]}' takes it off: for values on one side something else follows");
                return;
            }
        }
    }

    /// <summary>Adds the end of a timer.</summary>
    public int AddTimer(int timer) => AddCause(_timers.AsSpan(timer * _model.Count, _model.Count));

    /// <summary>Adds a tick: of a sampled update, or of a clock of guards, which are counted after the updates.</summary>
    public int AddTick(int clock, long ticks)
    {
        ReadOnlySpan<double> rates = _clocks.AsSpan(2 * clock * _model.Count, 2 * _model.Count);
        int cause = AddCause(rates[_model.Count..]);
        for (int k = 0; k < _model.Count; k++)
        {
            _causes[(cause * _model.Count) + k] += ticks * rates[k];
        }

        return cause;
    }

    /// <summary>Starts a timer now: it ends later by the derivative of its delay.</summary>
    public void StartTimer(RunEngine run, CompiledTransition transition, int timer)
    {
        RunPoint at = run.Here();
        ReadOnlySpan<double> delay = EvaluateTotal(_model.DelayOf(transition), at);
        for (int k = 0; k < _model.Count; k++)
        {
            _timers[(timer * _model.Count) + k] = at.Data[_model.TauSlot(k)] + delay[k];
        }
    }

    private void Activate(RunEngine run, int cause)
    {
        if (cause == _active)
        {
            return;
        }

        RunPoint at = run.Here();

        _active = cause;
        for (int k = 0; k < _model.Count; k++)
        {
            at.Data[_model.TauSlot(k)] = _causes[(cause * _model.Count) + k];
        }

        bool moves = WriteSlopes(run);
        for (int k = 0; k < _model.Count; k++)
        {
            double tau = at.Data[_model.TauSlot(k)];
            for (int i = 0; i < _n; i++)
            {
                int place = _n + (k * _n) + i;
                _moving[place] = at.States[place] + (moves && tau != 0.0 ? _slopes[i] * tau : 0.0);
            }
        }
    }

    private void OpenCauses(RunPoint at)
    {
        _causes.Clear();
        AddCause([]);
        Cause = _active = 0;
        _invariant = -1;
        _settled = -1;
        for (int k = 0; k < _model.Count; k++)
        {
            at.Data[_model.TauSlot(k)] = 0.0;
        }
    }

    private int AddCause(ReadOnlySpan<double> rates)
    {
        int cause = _causes.Count / _model.Count;
        for (int k = 0; k < _model.Count; k++)
        {
            _causes.Add(rates.IsEmpty ? 0.0 : rates[k]);
        }

        return cause;
    }

    private void StartClocks(RunPoint at)
    {
        IEnumerable<(Expr Period, Expr Offset)> clocks =
        [
            .. _compiled.SampledUpdates.Select(update => (update.Source.Period, update.Source.Offset)),
            .. _compiled.GuardClocks.Select(clock => clock.Transitions[0].Sampled!).Select(rule => (rule.Period, rule.Offset)),
        ];
        Span<double> place = _clocks;
        foreach ((Expr period, Expr offset) in clocks)
        {
            ReadOnlySpan<double> rates = Evaluate(_model.ClockOf(period, offset), at);
            for (int k = 0; k < _model.Count; k++)
            {
                place[k] = rates[2 * k];
                place[_model.Count + k] = rates[(2 * k) + 1];
            }

            place = place[(2 * _model.Count)..];
        }
    }

    // Two causes of one instant that move apart: which of them comes first hangs on the sign of the change.
    private void NoteSettled(RunPoint at)
    {
        int before = _settled;
        _settled = _active;
        for (int k = 0; before >= 0 && before != _active && !IsLost(at) && k < _model.Count; k++)
        {
            (double a, double b) = (_causes[(before * _model.Count) + k], _causes[(_active * _model.Count) + k]);
            if (Math.Abs(a - b) > Alike * Math.Max(Math.Abs(a), Math.Abs(b)))
            {
                double scale = at.Data[_model.ScaleSlot(k)];
                Report(at, _model.Names[k], FormattableString.Invariant(
                    $"events of one instant move apart with '{_model.Names[k]}' (dt/dp = {a / scale:G6} and {b / scale:G6}): the derivatives are those of the order in which they were executed"));
                return;
            }
        }
    }

    private bool IsLost(RunPoint at) => double.IsNaN(at.Data[_model.ScaleSlot(0)]);

    private void Lose(RunPoint at, string name, string what)
    {
        if (IsLost(at))
        {
            return;
        }

        for (int k = 0; k < _model.Count; k++)
        {
            at.Data[_model.ScaleSlot(k)] = double.NaN;
        }

        Report(at, name, $"sensitivities end here: {what}");
    }

    private void Report(RunPoint at, string name, string what) =>
        _log.Add(new(at.Time, at.JumpIndex, LogKind.Sensitivity, name, what));
}
