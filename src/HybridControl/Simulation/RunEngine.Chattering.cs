using System.Runtime.CompilerServices;
using HybridControl.Automata;

namespace HybridControl.Simulation;

/// <content>Two flows that point at their common surface (semantics 8): told from accumulation, and found early.</content>
/// <remarks>
/// Location leaves an event of such a surface inside its band, |dg/dt| tau + 4 E, and the next one comes as soon as the
/// other flow has led out of it. So a handover back that has led nowhere beyond a few bands counts, and eight
/// of them in a row, with nothing but handovers between, are chattering. Intervals that shrink towards a limit lead
/// beyond it until the detector of accumulation has spoken.
/// </remarks>
internal sealed partial class RunEngine
{
    private const int HandoversOfChattering = 8;
    private const double BandsOfChattering = 16.0;
    private const long LongestHandover = 3;

    private readonly Flip[] _flips;
    private int _lastHandover = -1;
    private double _lastHandoverTime;
    private long _lastHandoverStep;
    private int _handovers;

    // Whether the run ends here as chattering between two modes.
    private bool WatchHandover(CompiledTransition transition, bool moved)
    {
        double interval = _time - _lastHandoverTime;
        CompiledTransition? last = _lastHandover < 0 ? null : _compiled.Transitions[_lastHandover];
        bool isHandover = !moved && transition.Members is null && transition.From != transition.To;
        // A flow that leads out of a few bands does so in a step or two: only then are the rates worth their price.
        bool isBack = isHandover && _stepper.Steps - _lastHandoverStep <= LongestHandover &&
            last?.From == transition.To && last.To == transition.From;
        int guard = isBack ? PlaceOf(last!) : -1;
        _handovers = guard >= 0 && !IsFarOff(guard, interval) && IsAtSurface(guard, interval) ? _handovers + 1 : 0;
        (_lastHandover, _lastHandoverTime, _lastHandoverStep) = (isHandover ? transition.Number : -1, _time, _stepper.Steps);
        if (_handovers < HandoversOfChattering || _status != RunStatus.Completed)
        {
            return false;
        }

        (double left, double here) = RatesOf(guard);
        string modes = $"'{_compiled.Automaton.Modes[transition.From].Name}' and '{_compiled.Automaton.Modes[transition.To].Name}'";
        ReportChattering(
            $"the modes {modes} hand over to each other without end at the surface {last!.Source.Guard}: both flows point at it " +
                Shares(left, here, $"of '{_compiled.Automaton.Modes[transition.To].Name}'"),
            "Declare the two modes as sliding, or use ChatteringPolicy.Slide.");
        return true;
    }

    private int PlaceOf(CompiledTransition transition)
    {
        CompiledGuard[] watched = _mode.Watched;
        for (int i = 0; i < watched.Length; i++)
        {
            if (watched[i].Role == GuardRole.Transition && watched[i].Owner == transition.Number)
            {
                return i;
            }
        }

        return -1;
    }

    private void WatchSwitch(int number, Branch branch)
    {
        int guard = Array.FindIndex(_mode.Watched, watched => watched.Role == GuardRole.Branch && watched.Owner == number);
        if (_status != RunStatus.Completed || guard < 0)
        {
            return;
        }

        EventDirections direction = _data[branch.Slot] > 0.0 ? EventDirections.Up : EventDirections.Down;
        Flip last = _flips[number];
        bool back = last.JumpIndex == _jumpIndex && (branch.IsFloor || last.Direction != direction) &&
            last.Direction != EventDirections.None && IsAtSurface(guard, _time - last.Time);
        _flips[number] = new(_time, _jumpIndex, direction, back ? last.Count + 1 : 0);
        ref ZenoDetector zeno = ref _zeno[_compiled.Transitions.Length + number];
        bool accumulates = zeno.Add(_time, _tau, out double limit);
        if (_flips[number].Count >= HandoversOfChattering || (accumulates && zeno.IsBurst))
        {
            (double left, double here) = RatesOf(guard);
            // Behind an actuator with a lag, or beside another choice on its surface, the rates do not differ in sign.
            bool returns = left * here > 0.0;
            ReportChattering(
                $"the choice '{branch.Name}' switches without end: " +
                    (returns ? "the flow comes straight back to its surface " : "the flows of both sides point at its surface ") +
                    Shares(left, here, direction == EventDirections.Up ? "where it holds" : "where it does not hold"),
                $"{(returns ? "Give the switch hysteresis or a delay, declare" : "Declare")} the mode as sliding, or use ChatteringPolicy.Slide.");
        }
        else if (accumulates)
        {
            ReportZeno(branch.Name, ref zeno, limit);
        }
    }

    // What the classes of the guards were told from is mostly enough to see that the flow has led away.
    private bool IsFarOff(int guard, double interval)
    {
        double left = _leftRates[guard];
        GuardProbe here = _probes[guard];
        return left * interval > 2.0 * BandsOfChattering * ((Math.Max(left, Math.Abs(here.Rate)) * _tau) + (4.0 * here.Error));
    }

    // Whether the flow has led no farther from the surface than location and rounding leave behind.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool IsAtSurface(int guard, double interval)
    {
        (double left, double here) = RatesOf(guard);
        double error = _search!.Probe(guard, _time, _stepper.States, _slopes.AsSpan(0, _n)).Error;
        double band = (Math.Max(Math.Abs(left), Math.Abs(here)) * _tau) + (4.0 * error);
        return interval > 0.0 && Math.Abs(left) * interval <= BandsOfChattering * band;
    }

    // The rates of a function of the active mode along the flow that led here and along the present one.
    private (double Left, double Here) RatesOf(int guard)
    {
        BindPoint();
        double here = _search!.Probe(guard, _time, _stepper.States, _slopes.AsSpan(0, _n)).Rate;
        return (_search.Probe(guard, _time, _stepper.States, _leftSlopes.AsSpan(0, _n)).Rate, here);
    }

    private static string Shares(double left, double here, string ofWhat)
    {
        string alpha = left * here < 0.0
            ? FormattableString.Invariant($", and the motion along it has the share {left / (left - here):G6} of the flow {ofWhat}")
            : "";
        // On the surface itself neither flow may hold: the sign of zero is zero.
        return here == 0.0
            ? FormattableString.Invariant($"(rates {left:G6} before it and 0 on it)")
            : FormattableString.Invariant($"(rates {left:G6} and {here:G6}){alpha}");
    }

    private void ReportChattering(string what, string mend)
    {
        _status = RunStatus.Chattering;
        _isError = _options.Chattering != ChatteringPolicy.Stop;
        _reason = $"{Place()}: {what}. {mend}";
    }
}
