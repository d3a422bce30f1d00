using HybridControl.Automata;

namespace HybridControl.Simulation;

/// <content>Conditions that are watched without consequences: a search of their own, so that the run cannot notice.</content>
internal sealed partial class RunEngine
{
    private void ClassifyMonitors()
    {
        if (_monitorSearch is null)
        {
            return;
        }

        _monitorSearch.Bind(_mode.MonitorGuards, Data);
        for (int i = 0; i < _monitors.Length; i++)
        {
            CompiledGuard guard = _mode.Monitors[i];
            double value = guard.Value(_time, ref FirstState, ref _data[0]);
            GuardProbe probe = _monitorSearch.Probe(i, _time, _stepper.States, _slopes.AsSpan(0, _n));
            int before = _monitors[i].Side;
            bool inside = Math.Abs(value) <= 4.0 * probe.Error;
            if (before != 0 && inside)
            {
                _monitors[i].Latched = true;
                continue;
            }

            _monitors[i] = new GuardState { Side = value >= 0.0 ? 1 : -1, Latched = inside };
            if (before != 0 && before != _monitors[i].Side)
            {
                LogMonitor(_time, i, before < 0);
            }
        }
    }

    // The search is repeated on the rest of the step after each event: t and h are shifted, the polynomials expanded anew.
    private void SearchMonitors(double end)
    {
        int width = _stepper.DenseDegree + 1;
        double start = _stepper.Time;
        double size = _stepper.Size;
        double left = end;
        double[] c = _monitorDense ??= new double[_dense.Length];
        _dense.CopyTo(c, 0);
        _monitorEvents.Clear();
        while (true)
        {
            _monitorSearch!.BeginStep(start, size, _stepper.DenseDegree, c.AsSpan(0, _n * width));
            SearchOutcome outcome = _monitorSearch.Search(_monitors, _monitorWanted, _tau, left);
            foreach (GuardRecord touch in _monitorSearch.Touches)
            {
                _record.Log.Add(new(
                    start + (touch.Theta * size), _jumpIndex, LogKind.Grazing, _mode.Monitors[touch.Guard].Name));
            }

            if (outcome.Status != SearchStatus.Event)
            {
                break;
            }

            foreach (GuardRecord due in _monitorSearch.Due)
            {
                _monitorEvents.Add((start + (due.Theta * size), start + (due.Left * size), due.Guard, due.Direction == EventDirections.Up));
            }

            if (outcome.Theta >= left)
            {
                break;
            }

            Shift(c, width, outcome.Theta);
            start += outcome.Theta * size;
            size *= 1.0 - outcome.Theta;
            left = (left - outcome.Theta) / (1.0 - outcome.Theta);
        }

        LogMonitors();
    }

    // A change that the last step has reached but not left belongs to the end of the run.
    private void LogPendingMonitors()
    {
        _mode.Mode.Ode.Derivatives(_time, ref FirstState, ref _data[0], ref _slopes[0]);
        for (int i = 0; i < _monitors.Length; i++)
        {
            if (!_monitors[i].Pending)
            {
                continue;
            }

            GuardProbe probe = _monitorSearch!.Probe(i, _time, _stepper.States, _slopes.AsSpan(0, _n));
            bool up = _monitors[i].Side < 0;
            if (up ? probe.Value >= 0.0 && probe.Rate > probe.RateError : probe.Value < 0.0 && probe.Rate < -probe.RateError)
            {
                _monitors[i] = new GuardState { Side = up ? 1 : -1, Latched = true };
                LogMonitor(_time, i, up);
            }
        }
    }

    private double[]? _monitorDense;

    // Events within tau of each other are one instant, in the order of declaration.
    private void LogMonitors()
    {
        int from = 0;
        while (from < _monitorEvents.Count)
        {
            int to = from + 1;
            while (to < _monitorEvents.Count && _monitorEvents[to].Left <= _monitorEvents[from].Time)
            {
                to++;
            }

            double time = _monitorEvents[from].Time;
            for (int monitor = 0; monitor < _monitors.Length; monitor++)
            {
                for (int k = from; k < to; k++)
                {
                    if (_monitorEvents[k].Monitor == monitor)
                    {
                        LogMonitor(time, monitor, _monitorEvents[k].Up);
                    }
                }
            }

            from = to;
        }
    }

    private void LogMonitor(double time, int monitor, bool up)
    {
        EventMonitor source = _options.Monitors[monitor];
        bool logged = source.Direction switch
        {
            EdgeDirection.Up => up,
            EdgeDirection.Down => !up,
            _ => true,
        };
        if (logged)
        {
            _record.Log.Add(new(time, _jumpIndex, LogKind.Monitor, source.Name, up ? "up" : "down"));
        }
    }

    // p(theta) on [a, 1] becomes p(a + (1 - a) theta) on [0, 1]: a Taylor shift and a scaling.
    private void Shift(double[] c, int width, double a)
    {
        for (int i = 0; i < _n; i++)
        {
            Span<double> p = c.AsSpan(i * width, width);
            for (int k = 0; k < width - 1; k++)
            {
                for (int m = width - 2; m >= k; m--)
                {
                    p[m] += a * p[m + 1];
                }
            }

            double scale = 1.0;
            for (int k = 0; k < width; k++)
            {
                p[k] *= scale;
                scale *= 1.0 - a;
            }
        }
    }
}
