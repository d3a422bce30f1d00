using HybridControl.Automata;

namespace HybridControl.Tests.Simulation.Families;

/// <summary>The meaning of a run, written again from docs/theory/semantics.md for grid automata: exact, slow, without tolerances.</summary>
/// <remarks>
/// Every band is zero here: a guard is on its surface, or it is not. Draws whose outcome the semantics leave open are
/// refused: a guard that stays zero, a timer together with a crossing, two guards that leave one surface together, and
/// guards on a surface where only rounding decides (a located value that was copied, an instant just after another).
/// </remarks>
internal sealed partial class GridOracle(GridModel model, double[] levels, double[] delays, (double X, double Y)[] rates)
{
    private const double Close = 1e-7;
    private const int MostJumps = 60;
    private const int MostJumpsAtOnce = 12;

    private readonly int _count = model.Transitions.Length;
    private readonly int[] _side = new int[model.Transitions.Length];
    private readonly int[] _before = new int[model.Transitions.Length];
    private readonly double[] _leftValue = new double[model.Transitions.Length];
    private readonly double[] _lastValue = new double[model.Transitions.Length];
    private readonly double[] _timer = [.. Enumerable.Repeat(double.PositiveInfinity, model.Transitions.Length)];
    private readonly List<Pending> _due = [];
    private readonly HashSet<int> _executed = [];
    private readonly List<ExpectedEvent> _events = [];
    private bool _isOpen = true;
    private int _mode;
    private Point _now;
    private Point _left;
    private bool _arrived;
    private bool _apart; // the next event is an instant of its own
    private bool _justAfter; // the present instant is just after another
    private bool _wasJustAfter; // any instant was
    private (bool X, bool Y, bool T) _exact = (true, true, true); // set, not located
    private (bool X, bool Y) _touched; // by a jump of this instant

    /// <summary>The events from a start up to an end; null where they are open.</summary>
    public ExpectedEvent[]? Run(double x, double y, double until)
    {
        _now = _left = new(x, y, 0.0, 0.0);
        for (int i = 0; i < _count; i++)
        {
            _before[i] = IsOf(i, 0) && Value(i, 0, _now) < 0.0 ? -1 : 1;
            _side[i] = _before[i];
        }

        Enter(entered: true, executed: -1);
        Settle();
        while (_isOpen && Flow(until))
        {
            Settle();
        }

        return _isOpen ? [.. _events] : null;
    }

    private bool IsOf(int i, int mode) => model.Transitions[i].From == mode && model.Transitions[i].Rule != GridRule.Timer;

    private bool Rests(GridAtom atom, int mode) => atom.N != 0 || (atom is { A: 0, C: 0 } && model.YRests[mode]);

    private bool IsStatic(int i, int mode) => model.Transitions[i].Atoms.All(atom => Rests(atom, mode));

    private double Slope(GridAtom atom, int mode)
    {
        double slope = (atom.A * rates[mode].X) + (model.YRests[mode] ? 0.0 : atom.B * rates[mode].Y) + atom.C;
        return atom.IsNegated ? -slope : slope;
    }

    private double Value(GridAtom atom, Point p)
    {
        double value = (atom.A * p.X) + (atom.B * p.Y) + (atom.C * p.T) + (atom.N * p.N) - levels[atom.Level];
        return atom.IsNegated ? 0.0 - value : value;
    }

    // Terms that rest are booleans.
    private double Value(int i, int mode, Point p)
    {
        GridTransition t = model.Transitions[i];
        double g = t.IsOr ? double.NegativeInfinity : double.PositiveInfinity;
        foreach (GridAtom atom in t.Atoms)
        {
            double value = Value(atom, p);
            Refuse((value != 0.0 && Math.Abs(value) < Close) || (value == 0.0 && atom.B != 0 && Rests(atom, mode) && !_exact.Y));
            value = !Rests(atom, mode) ? value : value >= 0.0 ? double.PositiveInfinity : double.NegativeInfinity;
            g = t.IsOr ? Math.Max(g, value) : Math.Min(g, value);
        }

        return g;
    }

    private void Refuse(bool open) => _isOpen &= !open;

    // Semantics 6: what every guard is after a jump.
    private void Enter(bool entered, int executed)
    {
        for (int i = 0; i < _count; i++)
        {
            if (!IsOf(i, _mode))
            {
                continue;
            }

            if (IsStatic(i, _mode))
            {
                EnterStatic(i, entered, executed);
                continue;
            }

            double g = Value(i, _mode, _now);
            double left = entered ? Value(i, _mode, _left) : _leftValue[i];
            Refuse(_justAfter && g == 0.0 && !_executed.Contains(i));
            if (!entered && i != executed && g == _lastValue[i])
            {
                Refuse(g == 0.0 && !IsUntouched(i, _mode)); // the same by chance
            }
            else
            {
                Classify(i, g, left, entered ? _before[i] : _side[i], i == executed, entered);
            }

            _leftValue[i] = entered ? left : g;
            _lastValue[i] = g;
        }

        if (entered)
        {
            for (int i = 0; i < _count; i++)
            {
                GridTransition t = model.Transitions[i];
                if (t.From == _mode && t.Rule == GridRule.Timer && double.IsInfinity(_timer[i]))
                {
                    _timer[i] = _now.T + delays[t.Delay];
                }
            }
        }
    }

    private void Classify(int i, double g, double left, int before, bool executed, bool entered)
    {
        GridTransition t = model.Transitions[i];
        bool own = _executed.Contains(i);
        bool arrived = _arrived && left == 0.0;
        bool enabled = g >= 0.0;
        bool decided = true; // neither latched nor served
        if (g == 0.0)
        {
            (double least, double most) = Slopes(i);
            Refuse((least <= 0.0 && most >= 0.0) || !(IsExact(i, _mode) || (arrived && IsUntouched(i, _mode))));
            bool flowsOn = !entered && _arrived && _now == _left;
            decided = !(own && (least > 0.0 || (before > 0 && flowsOn))) && !arrived;
            bool served = own && (least > 0.0 || (before > 0 && flowsOn));
            bool mirrored = t.Rule == GridRule.Edge && t.Direction != EdgeDirection.Up && before > 0 && !own;
            enabled = served || (arrived ? mirrored : enabled);
        }

        _side[i] = enabled ? 1 : -1;
        if (!decided)
        {
            return;
        }

        bool wasServed = before > 0 && !executed && !entered; // enabled and already fired
        if (t.Rule == GridRule.Urgent && enabled && !wasServed)
        {
            Trigger(i, EdgeDirection.Up);
        }
        else if (t.Rule == GridRule.Edge && !t.FlowOnly && !executed && enabled != before > 0 && t.Direction != (enabled ? EdgeDirection.Down : EdgeDirection.Up))
        {
            Trigger(i, enabled ? EdgeDirection.Up : EdgeDirection.Down);
        }
    }

    private void EnterStatic(int i, bool entered, int executed)
    {
        GridTransition t = model.Transitions[i];
        int before = entered ? _before[i] : _side[i];
        bool enabled = Value(i, _mode, _now) >= 0.0;
        _side[i] = enabled ? 1 : -1;
        if (t.Rule == GridRule.Urgent && enabled)
        {
            Trigger(i, EdgeDirection.Up);
        }
        else if (t.Rule == GridRule.Edge && !t.FlowOnly && i != executed && enabled != before > 0 && t.Direction != (enabled ? EdgeDirection.Down : EdgeDirection.Up))
        {
            Trigger(i, enabled ? EdgeDirection.Up : EdgeDirection.Down);
        }
    }

    // Whether the terms on the surface hold numbers that were set, not located.
    private bool IsExact(int i, int mode) => OnSurface(i, mode).All(atom =>
        (atom.A == 0 || _exact.X) && (atom.B == 0 || _exact.Y) && (atom.C == 0 || _exact.T));

    // Whether no jump of this instant has set what the terms on the surface read.
    private bool IsUntouched(int i, int mode) => OnSurface(i, mode).All(atom =>
        (atom.A == 0 || !_touched.X) && (atom.B == 0 || !_touched.Y));

    private IEnumerable<GridAtom> OnSurface(int i, int mode) =>
        model.Transitions[i].Atoms.Where(atom => !Rests(atom, mode) && Value(atom, _now) == 0.0);

    // Rates of the terms that are on the surface.
    private (double Least, double Most) Slopes(int i)
    {
        IEnumerable<double> slopes = OnSurface(i, _mode).Select(atom => Slope(atom, _mode));
        return (slopes.Min(), slopes.Max());
    }

    private void Trigger(int i, EdgeDirection direction)
    {
        if (!_due.Any(due => due.Transition == i && !due.IsTimer))
        {
            _due.Add(new(i, false, direction));
        }
    }

    /// <summary>A state between jumps.</summary>
    private readonly record struct Point(double X, double Y, double N, double T);

    /// <summary>A transition that is due.</summary>
    private sealed record Pending(int Transition, bool IsTimer, EdgeDirection Direction);
}
