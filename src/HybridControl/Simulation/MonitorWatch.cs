using System.Collections.Immutable;
using System.Runtime.InteropServices;
using HybridControl.Automata;
using HybridControl.Numerics;
using HybridControl.Solvers;

namespace HybridControl.Simulation;

/// <summary>Follows conditions that are watched without consequences, with a search of its own, so that the run cannot notice.</summary>
/// <remarks>One for each run that has monitors. Writes to the log of the record and to nothing else.</remarks>
internal sealed class MonitorWatch
{
    private readonly EventSearch _search;
    private readonly ImmutableArray<EventMonitor> _monitors;
    private readonly TrajectoryRecorder _record;
    private readonly GuardState[] _guards;
    private readonly EventDirections[] _wanted;
    private readonly List<(double Time, double Left, int Monitor, bool Up)> _events = [];
    private readonly double[] _dense;
    private readonly int _n;
    private readonly int _width;

    public MonitorWatch(
        CompiledAutomaton compiled,
        IEnumerable<ModeRuntime> modes,
        ImmutableArray<EventMonitor> monitors,
        TrajectoryRecorder record)
    {
        _search = new EventSearch(compiled.StateCount, compiled.DataCount, [.. modes.Select(mode => mode.MonitorGuards)], record.Degree);
        _monitors = monitors;
        _record = record;
        _n = compiled.StateCount;
        _width = record.Degree + 1;
        _guards = new GuardState[monitors.Length];
        _wanted = new EventDirections[monitors.Length];
        Array.Fill(_wanted, EventDirections.Both);
        _dense = new double[(_n * _width) + 1];
    }

    /// <summary>Compares every condition with what it was before a jump or another change of values.</summary>
    public void Classify(in RunPoint point)
    {
        _search.Bind(point.Mode.MonitorGuards, point.Data);
        for (int i = 0; i < _guards.Length; i++)
        {
            double value = point.Mode.Monitors[i].Value(
                point.Time, ref MemoryMarshal.GetReference(point.States), ref MemoryMarshal.GetReference(point.Data));
            GuardProbe probe = _search.Probe(i, point.Time, point.States, point.Slopes);
            int before = _guards[i].Side;
            bool inside = Math.Abs(value) <= 4.0 * probe.Error;
            if (before != 0 && inside)
            {
                _guards[i].Latched = true;
                continue;
            }

            _guards[i] = new GuardState { Side = value >= 0.0 ? 1 : -1, Latched = inside };
            if (before != 0 && before != _guards[i].Side)
            {
                Log(point.Time, point.JumpIndex, i, before < 0);
            }
        }
    }

    /// <summary>Searches a step up to <paramref name="end"/> and logs every change.</summary>
    /// <remarks>
    /// The search is repeated on the rest of the step after each event: t and h are shifted, the polynomials expanded anew.
    /// </remarks>
    /// <param name="point">Where the run stands before the step.</param>
    /// <param name="stepper">The pending step.</param>
    /// <param name="dense">Its dense output.</param>
    /// <param name="end">Where the step will end, in theta.</param>
    /// <param name="tau">Width of an instant.</param>
    public void SearchStep(in RunPoint point, Stepper stepper, ReadOnlySpan<double> dense, double end, double tau)
    {
        double start = stepper.Time;
        double size = stepper.Size;
        double left = end;
        Span<double> c = _dense.AsSpan(0, _n * _width);
        dense[..c.Length].CopyTo(c);
        _events.Clear();
        while (true)
        {
            _search.BeginStep(start, size, _width - 1, c);
            SearchOutcome outcome = _search.Search(_guards, _wanted, tau, left);
            foreach (GuardRecord touch in _search.Touches)
            {
                _record.Log.Add(new(
                    start + (touch.Theta * size), point.JumpIndex, LogKind.Grazing, _monitors[touch.Guard].Name));
            }

            if (outcome.Status != SearchStatus.Event)
            {
                break;
            }

            foreach (GuardRecord due in _search.Due)
            {
                _events.Add((start + (due.Theta * size), start + (due.Left * size), due.Guard, due.Direction == EventDirections.Up));
            }

            if (outcome.Theta >= left)
            {
                break;
            }

            Shift(c, outcome.Theta);
            start += outcome.Theta * size;
            size *= 1.0 - outcome.Theta;
            left = (left - outcome.Theta) / (1.0 - outcome.Theta);
        }

        LogEvents(point.JumpIndex);
    }

    /// <summary>Logs changes that the last step has reached but not left: they belong to the end of the run.</summary>
    public void LogPending(in RunPoint point)
    {
        for (int i = 0; i < _guards.Length; i++)
        {
            if (!_guards[i].Pending)
            {
                continue;
            }

            GuardProbe probe = _search.Probe(i, point.Time, point.States, point.Slopes);
            bool up = _guards[i].Side < 0;
            if (up ? probe.Value >= 0.0 && probe.Rate > probe.RateError : probe.Value < 0.0 && probe.Rate < -probe.RateError)
            {
                _guards[i] = new GuardState { Side = up ? 1 : -1, Latched = true };
                Log(point.Time, point.JumpIndex, i, up);
            }
        }
    }

    /// <summary>Makes room for the monitors of a mode.</summary>
    public void Admit(GuardSet set) => _search.Admit(set);

    /// <summary>Exchanges the state of the watch with an archive.</summary>
    public void Exchange(StateArchive archive)
    {
        GuardState.Exchange(archive, _guards);
        _search.Exchange(archive);
    }

    // Events whose brackets meet are one instant, in the order of declaration.
    private void LogEvents(int jumpIndex)
    {
        int from = 0;
        while (from < _events.Count)
        {
            int to = from + 1;
            while (to < _events.Count && _events[to].Left <= _events[from].Time)
            {
                to++;
            }

            double time = _events[from].Time;
            for (int monitor = 0; monitor < _guards.Length; monitor++)
            {
                for (int k = from; k < to; k++)
                {
                    if (_events[k].Monitor == monitor)
                    {
                        Log(time, jumpIndex, monitor, _events[k].Up);
                    }
                }
            }

            from = to;
        }
    }

    private void Log(double time, int jumpIndex, int monitor, bool up)
    {
        EventMonitor source = _monitors[monitor];
        bool logged = source.Direction switch
        {
            EdgeDirection.Up => up,
            EdgeDirection.Down => !up,
            _ => true,
        };
        if (logged)
        {
            _record.Log.Add(new(time, jumpIndex, LogKind.Monitor, source.Name, up ? "up" : "down"));
        }
    }

    // p(theta) on [a, 1] becomes p(a + (1 - a) theta) on [0, 1]: a Taylor shift and a scaling.
    private void Shift(Span<double> c, double a)
    {
        for (int i = 0; i < _n; i++)
        {
            Span<double> p = c.Slice(i * _width, _width);
            for (int k = 0; k < _width - 1; k++)
            {
                for (int m = _width - 2; m >= k; m--)
                {
                    p[m] += a * p[m + 1];
                }
            }

            double scale = 1.0;
            for (int k = 0; k < _width; k++)
            {
                p[k] *= scale;
                scale *= 1.0 - a;
            }
        }
    }
}
