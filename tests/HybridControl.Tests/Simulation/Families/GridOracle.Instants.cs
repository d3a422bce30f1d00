using HybridControl.Automata;

namespace HybridControl.Tests.Simulation.Families;

/// <content>Instants, and the flow between them.</content>
internal sealed partial class GridOracle
{
    // Semantics 5: one instant.
    private void Settle()
    {
        var seen = new HashSet<(int, Point, int)>();
        for (int jumps = 0; _due.Count > 0 && _isOpen;)
        {
            Pending due = _due.MaxBy(Rank)!;
            _due.Remove(due);
            if (Execute(due))
            {
                Refuse(++jumps > MostJumpsAtOnce || _events.Count > MostJumps || !seen.Add((_mode, _now, _due.Count)));
            }
        }

        _due.Clear();
    }

    private (int, int, int) Rank(Pending due) => (model.Transitions[due.Transition].Priority, due.IsTimer ? 1 : 0, -due.Transition);

    private bool Execute(Pending due)
    {
        GridTransition t = model.Transitions[due.Transition];
        bool surviving = due.IsTimer && t.Survives;
        if ((t.From != _mode && !surviving) || (!t.Persistent && !due.IsTimer && !IsStillDue(due)))
        {
            return false;
        }

        int from = _mode;
        int to = t.From == t.To ? _mode : t.To;
        bool leaves = to != from || t.External;
        for (int i = 0; i < _count; i++)
        {
            _before[i] = to == from ? _side[i] : IsOf(i, to) && Value(i, to, _now) < 0.0 ? -1 : 1;
            Refuse(to != from && model.Transitions[i].Rule == GridRule.Edge && IsOf(i, to) && Value(i, to, _now) == 0.0 && !IsExact(i, to));
        }

        Point old = _now;
        (bool X, bool Y, bool T) exact = _exact;
        foreach (GridReset reset in t.Resets)
        {
            _exact = reset.Target switch
            {
                0 => _exact with { X = reset.Source == 0 || (reset.Source == 1 ? exact.X : exact.Y) },
                1 => _exact with { Y = reset.Source == 0 || (reset.Source == 1 ? exact.Y : exact.X) },
                _ => _exact,
            };
            _touched = (_touched.X || reset.Target == 0, _touched.Y || reset.Target == 1);
            _now = reset.Target switch
            {
                0 => _now with { X = reset.Source switch { 0 => levels[reset.Level], 1 => old.X + 1.0, _ => old.Y } },
                1 => _now with { Y = reset.Source switch { 0 => levels[reset.Level], 1 => old.Y + 1.0, _ => old.X } },
                _ => _now with { N = reset.Source == 0 ? levels[reset.Level] : old.N + 1.0 },
            };
        }

        _mode = to;
        if (leaves)
        {
            _due.RemoveAll(other => !other.IsTimer || !model.Transitions[other.Transition].Survives);
            for (int i = 0; i < _count; i++)
            {
                _timer[i] = model.Transitions[i].From == from && !model.Transitions[i].Survives ? double.PositiveInfinity : _timer[i];
            }

            _executed.Clear();
        }

        _executed.Add(due.Transition);
        Enter(leaves, due.Transition);
        _events.Add(new(_now.T, t.Name, _apart));
        _apart = false;
        return true;
    }

    private bool IsStillDue(Pending due)
    {
        double g = Value(due.Transition, _mode, _now);
        bool unchanged = g == 0.0 && IsUntouched(due.Transition, _mode);
        Refuse(g == 0.0 && !unchanged && !IsExact(due.Transition, _mode));
        return unchanged || g >= 0.0 == (due.Direction != EdgeDirection.Down);
    }

    // On to the next wanted change of a guard, or the next timer.
    private bool Flow(double until)
    {
        double next = _timer.Min();
        double soon = double.PositiveInfinity;
        var flips = new double[_count];
        for (int i = 0; i < _count; i++)
        {
            flips[i] = IsOf(i, _mode) && !IsStatic(i, _mode) ? NextWanted(i) : double.PositiveInfinity;
            soon = Math.Min(soon, flips[i]);
        }

        double time = Math.Min(next, _now.T + soon);
        if (!(time <= until + Close))
        {
            return false;
        }

        Refuse(flips.Any(s => Math.Abs(s - soon) is > 0.0 and < Close) || Math.Abs(next - (_now.T + soon)) < Close ||
            _timer.Count(timer => Math.Abs(timer - next) < Close && !double.IsInfinity(timer)) > 1 || Math.Abs(time - until) < Close ||
            (soon == 0.0 && flips.Count(s => s == 0.0) > 1));
        _apart = _justAfter = soon == 0.0;
        Refuse(_wasJustAfter && flips.Count(s => s == soon) > 1 && !double.IsInfinity(soon));
        _wasJustAfter |= _justAfter;
        _exact = (false, false, false);
        _touched = (false, false);
        double gone = time - _now.T;
        Refuse(gone is > 0.0 and < Close);
        for (int i = 0; i < _count; i++)
        {
            if (IsOf(i, _mode) && !IsStatic(i, _mode))
            {
                (_side[i], int after) = Sides(i, gone);
                Refuse(flips[i] > gone && _side[i] != after); // leaves its side just here, unasked: rounding says whether before or after
            }
        }

        (double x, double y) = rates[_mode];
        _now = _now with { X = _now.X + (x * gone), Y = _now.Y + (model.YRests[_mode] ? 0.0 : y * gone), T = time };
        _left = _now;
        _arrived = true;
        _executed.Clear();
        for (int i = 0; i < _count; i++)
        {
            if (_timer[i] == time)
            {
                _timer[i] = double.PositiveInfinity;
                _due.Add(new(i, true, EdgeDirection.Up));
            }
            else if (flips[i] == gone)
            {
                _side[i] = -_side[i];
                Trigger(i, _side[i] > 0 ? EdgeDirection.Up : EdgeDirection.Down);
            }

            _leftValue[i] = _lastValue[i] = IsOf(i, _mode) ? Value(i, _mode, _now) : double.NaN;
        }

        return true;
    }

    // Times at which a term of the guard is zero, from now on; between them the guard keeps its sign.
    private double[] Corners(int i)
    {
        var corners = new SortedSet<double> { 0.0 };
        foreach (GridAtom atom in model.Transitions[i].Atoms.Where(atom => !Rests(atom, _mode)))
        {
            (double value, double slope) = (Value(atom, _now), Slope(atom, _mode));
            Refuse(value == 0.0 && slope == 0.0);
            double zero = slope == 0.0 ? -1.0 : -value / slope;
            if (zero > 0.0)
            {
                Refuse(!corners.Add(zero) && _wasJustAfter); // whether a window has no width or a little
            }
        }

        Refuse(corners.Zip(corners.Skip(1), (a, b) => b - a).Any(gap => gap < Close));
        return [.. corners, corners.Max + 2.0];
    }

    private bool IsEnabledAt(int i, double s)
    {
        (double x, double y) = rates[_mode];
        Point p = _now with { X = _now.X + (x * s), Y = _now.Y + (model.YRests[_mode] ? 0.0 : y * s), T = _now.T + s };
        GridTransition t = model.Transitions[i];
        return t.IsOr ? t.Atoms.Any(atom => Value(atom, p) >= 0.0) : t.Atoms.All(atom => Value(atom, p) >= 0.0);
    }

    private double NextWanted(int i)
    {
        GridTransition t = model.Transitions[i];
        double[] corners = Corners(i);
        int side = _side[i];
        for (int k = 0; k + 1 < corners.Length; k++)
        {
            int sign = IsEnabledAt(i, 0.5 * (corners[k] + corners[k + 1])) ? 1 : -1;
            if (sign != side)
            {
                bool wanted = t.Rule == GridRule.Urgent
                    ? sign > 0
                    : t.Direction == EdgeDirection.Both || t.Direction == (sign > 0 ? EdgeDirection.Up : EdgeDirection.Down);
                if (wanted)
                {
                    return corners[k];
                }

                side = sign;
            }
        }

        return double.PositiveInfinity;
    }

    private (int Before, int After) Sides(int i, double gone)
    {
        double[] corners = Corners(i);
        (int before, int after) = (_side[i], _side[i]);
        for (int k = 0; k + 1 < corners.Length && corners[k] <= gone; k++)
        {
            after = IsEnabledAt(i, 0.5 * (corners[k] + corners[k + 1])) ? 1 : -1;
            before = corners[k] < gone ? after : before;
        }

        return (before, after);
    }
}
