namespace HybridControl.Requirements.Robustness;

/// <summary>The greatest value of a signal over [t + a, t + b], for every t.</summary>
/// <remarks>
/// On a monotone stretch the greatest value is at an end of the stretch or at an end of the window. So the result is the largest of
/// three: the values at ends of stretches inside the window, kept in a queue of falling values (D. Lemire, Nordic J. Comput. 13
/// (2006)), and the signal at t + a and at t + b. The ends of a stretch are limits: a right limit at u counts as a point just after
/// u, a left limit as one just before, which settles what a window sees that begins or ends at a discontinuity.
/// Cost: linear in the stretches, apart from crossings.
/// </remarks>
internal sealed class SlidingMaximum
{
    private readonly TraceArc _trace;
    private readonly RobustSignal _signal;
    private readonly double _a;
    private readonly double _b;
    private readonly bool _toFirst;
    private readonly Curve? _beyond;
    private readonly double _beyondFrom;
    private readonly List<Knot> _knots = [];
    private readonly Queue _queue = new();
    private readonly RobustSignal _result = new();
    private int _next;
    private int _upper;
    private int _lower;

    /// <summary>Prepares a window.</summary>
    /// <param name="trace">The trace.</param>
    /// <param name="signal">The signal, from where windows begin to where they end or to the end of the trace.</param>
    /// <param name="interval">The window.</param>
    /// <param name="toFirst">Whether only the first point of the instant t + b belongs to it.</param>
    /// <param name="beyond">The value of windows that reach beyond what is known; null if none counts as doing so.</param>
    /// <param name="beyondFrom">The last t whose window does not.</param>
    public SlidingMaximum(
        TraceArc trace, RobustSignal signal, TimeInterval interval, bool toFirst, Curve? beyond, double beyondFrom)
    {
        (_trace, _signal, _a, _b, _toFirst, _beyond, _beyondFrom) = (trace, signal, interval.From, interval.To, toFirst, beyond, beyondFrom);
        double last = double.NaN;
        foreach (Stretch stretch in signal.Stretches)
        {
            if (stretch.IsPoint)
            {
                _knots.Add(new(stretch.Start, stretch.Piece, 0, stretch.Start != last, stretch.Curve));
                last = stretch.Start;
            }
            else
            {
                _knots.Add(new(stretch.Start, stretch.Piece, 1, false, stretch.Curve.RestAt(stretch.Start)));
                _knots.Add(new(stretch.End, stretch.Piece, -1, false, stretch.Curve.RestAt(stretch.End)));
            }
        }
    }

    /// <summary>The result for all t of the trace in [low, high].</summary>
    public RobustSignal Over(double low, double high)
    {
        int enter = 0;
        int leave = 0;
        for (int piece = _trace.First; piece < _trace.Count; piece++)
        {
            if (!_trace.Clip(piece, low, high, out double start, out double end))
            {
                continue;
            }

            AddPoint(start, piece);
            double time = start;
            while (time < end)
            {
                double next = Math.Min(end, Math.Min(NextEvent(_b, time, ref enter), NextEvent(_a, time, ref leave)));
                if (_beyond is not null && _beyondFrom > time)
                {
                    next = Math.Min(next, _beyondFrom);
                }

                AddOpen(time, next, piece);
                AddPoint(next, piece);
                time = next;
            }
        }

        return _result;
    }

    private double NextEvent(double shift, double after, ref int index)
    {
        while (index < _knots.Count && !(_knots[index].Time - shift > after))
        {
            index++;
        }

        return index < _knots.Count ? _knots[index].Time - shift : double.PositiveInfinity;
    }

    private void AddPoint(double time, int piece)
    {
        if (_beyond is { } beyond && time > _beyondFrom)
        {
            _result.AddPoint(time, piece, beyond);
            return;
        }

        for (; _next < _knots.Count; _next++)
        {
            Knot knot = _knots[_next];
            double enters = knot.Time - _b;
            bool after = knot.Level > 0 || (_toFirst && knot is { Level: 0, IsFirst: false });
            if (!(after ? enters < time : enters <= time))
            {
                break;
            }

            _queue.Push(_next, knot.Curve.C0);
        }

        while (_queue.Count > 0)
        {
            Knot knot = _knots[_queue.First];
            double leaves = knot.Time - _a;
            bool gone = knot.Level < 0 ? leaves <= time
                : leaves < time || (_a == 0.0 && knot.Level == 0 && knot.Time == time && knot.Piece < piece);
            if (!gone)
            {
                break;
            }

            _queue.Pop();
        }

        Curve best = _queue.Count > 0 ? _knots[_queue.First].Curve : Curve.Unknown(double.NegativeInfinity, time);
        if (Edge(ref _upper, _b, time) is { } upper && upper.Start - _b < time)
        {
            best = Pointwise.Choose(best, upper.Curve.Ahead(_b).RestAt(time), larger: true);
        }

        if (Edge(ref _lower, _a, time) is { } lower && lower.Start - _a < time)
        {
            best = Pointwise.Choose(best, lower.Curve.Ahead(_a).RestAt(time), larger: true);
        }

        _result.AddPoint(time, piece, best);
    }

    private void AddOpen(double start, double end, int piece)
    {
        if (_beyond is { } beyond && start >= _beyondFrom)
        {
            _result.AddOpen(start, end, piece, beyond);
            return;
        }

        for (; _next < _knots.Count && _knots[_next].Time - _b <= start; _next++)
        {
            _queue.Push(_next, _knots[_next].Curve.C0);
        }

        while (_queue.Count > 0 && _knots[_queue.First].Time - _a <= start)
        {
            _queue.Pop();
        }

        Curve best = _queue.Count > 0 ? _knots[_queue.First].Curve : Curve.Unknown(double.NegativeInfinity, start);
        Curve? upper = Edge(ref _upper, _b, start) is { } up && up.Start - _b <= start ? up.Curve.Ahead(_b) : null;
        Curve? lower = Edge(ref _lower, _a, start) is { } low && low.Start - _a <= start ? low.Curve.Ahead(_a) : null;
        if (upper is null && lower is null)
        {
            _result.AddOpen(start, end, piece, best);
            return;
        }

        Span<double> ends = stackalloc double[CurvePair.MostParts];
        Span<bool> first = stackalloc bool[CurvePair.MostParts];
        var parts = new CurvePair(best, upper ?? best, start, end, larger: true, ends, first);
        double from = start;
        for (int k = 0; k < parts.Count; k++)
        {
            double to = parts.EndOf(k);
            Emit(from, to, piece, parts.CurveOf(k), lower);
            from = to;
            if (k + 1 < parts.Count)
            {
                _result.AddPoint(to, piece, lower is { } other
                    ? Pointwise.Choose(parts.CurveOf(k).RestAt(to), other.RestAt(to), larger: true) : parts.CurveOf(k));
            }
        }
    }

    private void Emit(double start, double end, int piece, in Curve best, in Curve? lower)
    {
        if (lower is not { } other)
        {
            _result.AddOpen(start, end, piece, best);
            return;
        }

        Span<double> ends = stackalloc double[CurvePair.MostParts];
        Span<bool> first = stackalloc bool[CurvePair.MostParts];
        var parts = new CurvePair(best, other, start, end, larger: true, ends, first);
        double from = start;
        for (int k = 0; k < parts.Count; k++)
        {
            _result.AddOpen(from, parts.EndOf(k), piece, parts.CurveOf(k));
            from = parts.EndOf(k);
            if (k + 1 < parts.Count)
            {
                _result.AddPoint(from, piece, parts.CurveOf(k));
            }
        }
    }

    // The first open stretch that ends after the edge of the window: it holds the edge unless it begins after it too.
    private Stretch? Edge(ref int index, double shift, double time)
    {
        ReadOnlySpan<Stretch> stretches = _signal.Stretches;
        while (index < stretches.Length && (stretches[index].IsPoint || stretches[index].End - shift <= time))
        {
            index++;
        }

        return index < stretches.Length ? stretches[index] : null;
    }

    /// <summary>A value at a point (level 0), just after it (1) or just before it (-1).</summary>
    private readonly record struct Knot(double Time, int Piece, int Level, bool IsFirst, Curve Curve);

    /// <summary>Numbers of knots whose values fall.</summary>
    private sealed class Queue
    {
        private readonly List<(int Knot, double Value)> _entries = [];
        private int _first;

        public int Count => _entries.Count - _first;

        public int First => _entries[_first].Knot;

        public void Pop() => _first++;

        public void Push(int knot, double value)
        {
            while (Count > 0 && _entries[^1].Value < value)
            {
                _entries.RemoveAt(_entries.Count - 1);
            }

            if (Count == 0)
            {
                _entries.Clear();
                _first = 0;
            }

            _entries.Add((knot, value));
        }
    }
}
