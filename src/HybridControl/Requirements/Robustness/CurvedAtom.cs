using HybridControl.Numerics;
using HybridControl.Simulation;

namespace HybridControl.Requirements.Robustness;

/// <summary>An atom that is no quartic: parabolas through exact values, as close to it as is asked, with its extrema among the values.</summary>
/// <remarks>
/// On a part of half width r whose half curvature lies in H +- e, by second-order enclosures over the part, the atom differs from the parabola
/// of curvature 2H through both of its ends by e r^2 at most. Parts are halved until that is below the tolerance. A part whose
/// parabola turns is cut where the atom itself turns, found by golden sections. Beyond the resolution of a step (a kink, a
/// pole of a slope), beyond the most parts, and for delegates, a part is a chord between its ends.
/// </remarks>
internal sealed class CurvedAtom
{
    private const double Narrowest = 1.0 / (1 << 24);
    private const double NarrowestOpaque = 1.0 / 32.0;
    private const int MostParts = 4096;
    private const int Sections = 80;

    private readonly TraceArc _trace;
    private readonly AtomProgram _program;
    private readonly int _atom;
    private readonly double _tolerance;
    private readonly Jet[] _pieces;
    private readonly Jet[] _points;
    private readonly Jet[] _registers;
    private readonly double[] _values;
    private readonly double[] _states;
    private readonly double[] _padded;
    private readonly double[] _weights;
    private readonly int _width;
    private readonly Stack<(double From, double To, double AtFrom, double AtTo)> _pending = new();
    private int _piece;
    private double _origin;
    private double _size;
    private double _end;
    private int _parts;

    public CurvedAtom(TraceArc trace, AtomProgram program, int atom, double tolerance)
    {
        (_trace, _program, _atom, _tolerance) = (trace, program, atom, tolerance);
        int states = trace.Record.StateCount;
        _pieces = new Jet[states];
        _points = new Jet[states];
        _states = new double[states];
        _width = Math.Max(UnitPolynomial.Width, trace.Record.Degree + 1);
        _padded = new double[states * _width];
        _weights = new double[_width];
        _registers = new Jet[program.RegisterCount];
        _values = new double[program.RegisterCount];
    }

    /// <summary>The first time at which the atom was not finite; null if there is none.</summary>
    public double? NotFinite { get; private set; }

    /// <summary>Adds the part of a step between two times.</summary>
    public void Add(RobustSignal signal, int piece, int step, double from, double to)
    {
        TrajectoryRecorder record = _trace.Record;
        (_piece, _origin, _size) = (piece, record.StepTimes[step], record.StepSizes[step]);
        int width = record.Degree + 1;
        ReadOnlySpan<double> dense = record.CoefficientsOf(step);
        for (int i = 0; i < _states.Length; i++)
        {
            dense.Slice(i * width, width).CopyTo(_padded.AsSpan(i * _width));
        }

        double start = (from - _origin) / _size;
        double end = (to - _origin) / _size;
        _pending.Push((start, end, ValueAt(start), ValueAt(end)));
        double time = from;
        (_end, _parts) = (to, 0);
        while (_pending.TryPop(out (double From, double To, double AtFrom, double AtTo) part))
        {
            if (Split(part, out double half))
            {
                double middle = 0.5 * (part.From + part.To);
                double atMiddle = ValueAt(middle);
                _pending.Push((middle, part.To, atMiddle, part.AtTo));
                _pending.Push((part.From, middle, part.AtFrom, atMiddle));
                continue;
            }

            time = AddPart(signal, part, half, time, _pending.Count == 0 ? to : double.NaN);
        }
    }

    // Whether the part must be halved; else its half curvature.
    private bool Split((double From, double To, double AtFrom, double AtTo) part, out double half)
    {
        double radius = 0.5 * (part.To - part.From);
        half = 0.0;
        if (!double.IsFinite(part.AtFrom) || !double.IsFinite(part.AtTo))
        {
            return false;
        }

        if (_program.IsOpaque || ++_parts > MostParts)
        {
            return radius > NarrowestOpaque;
        }

        Jet jet = Enclose(0.5 * (part.From + part.To), radius);
        if (Math.Abs(jet.HalfCurvature.Radius) * radius * radius <= _tolerance)
        {
            half = jet.HalfCurvature.Centre;
            return false;
        }

        return !(jet.Value.Radius <= _tolerance) && radius > Narrowest;
    }

    // g = line + half (theta - from)(theta - to) between the ends.
    private double AddPart(
        RobustSignal signal, (double From, double To, double AtFrom, double AtTo) part, double half, double time, double last)
    {
        double width = part.To - part.From;
        double rise = part.AtTo - part.AtFrom;
        double turn = half == 0.0 ? double.NaN : 0.5 - (rise / (2.0 * half * width * width));
        if (!(turn > 0.0 && turn < 1.0) || _program.IsOpaque)
        {
            return AddParabola(signal, part, half, time, last);
        }

        double top = Turn(part.From, part.To, half < 0.0);
        double atTop = ValueAt(top);
        if (!(top > part.From && top < part.To) || (half < 0.0 ? atTop <= Math.Max(part.AtFrom, part.AtTo) : atTop >= Math.Min(part.AtFrom, part.AtTo)))
        {
            // It turns at an end, but for rounding.
            half = (turn > 0.5 ? part.AtFrom - part.AtTo : part.AtTo - part.AtFrom) / (width * width);
            return AddParabola(signal, part, half, time, last);
        }

        // Both sides have no slope at the top.
        double left = top - part.From;
        double right = part.To - top;
        double middle = AddParabola(signal, (part.From, top, part.AtFrom, atTop), (part.AtFrom - atTop) / (left * left), time, double.NaN);
        return AddParabola(signal, (top, part.To, atTop, part.AtTo), (part.AtTo - atTop) / (right * right), middle, last);
    }

    private double AddParabola(
        RobustSignal signal, (double From, double To, double AtFrom, double AtTo) part, double half, double time, double last)
    {
        bool isLast = !double.IsNaN(last);
        double end = isLast ? last : _origin + (_size * part.To);
        if (!(end > time) || (!isLast && end >= _end))
        {
            return time; // narrower than the resolution of time
        }

        double width = part.To - part.From;
        double slope = ((part.AtTo - part.AtFrom) / width) - (half * width);
        ReadOnlySpan<double> c = [part.AtFrom, slope * width, half * width * width, 0.0, 0.0];
        signal.AddOpen(time, end, _piece, Curve.Moving(_atom, _piece, _origin + (_size * part.From), _size * width, c));
        if (!isLast)
        {
            signal.AddPoint(end, _piece, Curve.Value(_atom, part.AtTo, _piece, end));
        }

        return end;
    }

    private double Turn(double low, double high, bool isMaximum)
    {
        double golden = (Math.Sqrt(5.0) - 1.0) / 2.0;
        double sign = isMaximum ? 1.0 : -1.0;
        double left = high - (golden * (high - low));
        double right = low + (golden * (high - low));
        (double atLeft, double atRight) = (sign * ValueAt(left), sign * ValueAt(right));
        for (int k = 0; k < Sections && high - low > 1e-12 * high; k++)
        {
            if (atLeft >= atRight)
            {
                (high, right, atRight) = (right, left, atLeft);
                left = high - (golden * (high - low));
                atLeft = sign * ValueAt(left);
            }
            else
            {
                (low, left, atLeft) = (left, right, atRight);
                right = low + (golden * (high - low));
                atRight = sign * ValueAt(right);
            }
        }

        return atLeft >= atRight ? left : right;
    }

    private double ValueAt(double theta)
    {
        for (int i = 0; i < _states.Length; i++)
        {
            _states[i] = UnitPolynomial.At(_padded.AsSpan(i * _width, _width), theta);
        }

        double time = _origin + (_size * theta);
        double value = _program.Evaluate(time, _states, _trace.Record.DataOf(_piece), _values);
        if (!double.IsFinite(value))
        {
            NotFinite ??= time;
            return 0.0;
        }

        return value;
    }

    private Jet Enclose(double middle, double radius)
    {
        double widening = EventSearch.WideningOf(_width - 1);
        for (int i = 0; i < _states.Length; i++)
        {
            Span<double> c = _padded.AsSpan(i * _width, _width);
            for (int k = 0; k < c.Length; k++)
            {
                _weights[k] = widening * Math.Abs(c[k]);
            }

            EventSearch.Shift(ref c[0], ref _weights[0], _width - 1, middle, radius, out _pieces[i], out _points[i]);
        }

        double rounding = Ball.Widening * (Math.Abs(_origin) + (_size * middle));
        Jet time = new(new(_origin + (_size * middle), (_size * radius) + rounding), Ball.Constant(_size), default);
        return _program.Evaluate(time, _pieces, _trace.Record.DataOf(_piece), _registers);
    }
}
