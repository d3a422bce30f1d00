using HybridControl.Numerics;
using HybridControl.Simulation;

namespace HybridControl.Requirements.Robustness;

/// <summary>Signals of atoms along a trace, cut into monotone quartics.</summary>
/// <remarks>
/// An affine atom is a quartic on each step, exactly, where the dense output is. Others are enclosed: see <see cref="CurvedAtom"/>. Values at ends of
/// pieces are those of the recorded states. One for each evaluation; not thread-safe.
/// </remarks>
internal sealed class AtomSignals
{
    private readonly TraceArc _trace;
    private readonly FormulaProgram _program;
    private readonly double _tolerance;
    private readonly double[] _states;
    private double[] _registers = [];
    private Ball[] _ballRegisters = [];
    private Ball[] _balls = [];

    public AtomSignals(TraceArc trace, FormulaProgram program, double tolerance)
    {
        (_trace, _program, _tolerance) = (trace, program, tolerance);
        _states = new double[trace.Record.StateCount];
    }

    /// <summary>The first value that is not finite: which atom, and when.</summary>
    public (int Atom, double Time)? NotFinite { get; private set; }

    /// <summary>The signal of an atom over the points of the trace in [low, high].</summary>
    public RobustSignal Build(int atom, double low, double high)
    {
        var signal = new RobustSignal();
        AtomProgram program = _program[atom];
        CurvedAtom? curved = program is { IsComparison: true, Rests: false } && !IsQuartic(program)
            ? new CurvedAtom(_trace, program, atom, _tolerance * ScaleOf(program, low, high))
            : null;
        for (int piece = _trace.First; piece < _trace.Count; piece++)
        {
            if (!_trace.Clip(piece, low, high, out double start, out double end))
            {
                continue;
            }

            if (!program.IsComparison || program.Rests)
            {
                AddResting(signal, program, atom, piece, start, end);
                continue;
            }

            AddPoint(signal, program, atom, piece, start);
            if (end > start)
            {
                AddSteps(signal, program, curved, atom, piece, start, end);
                AddPoint(signal, program, atom, piece, end);
            }
        }

        NotFinite ??= curved?.NotFinite is { } time ? (atom, time) : null;
        return signal;
    }

    private bool IsQuartic(AtomProgram program) => program.Affine is not null && _trace.Record.Degree < UnitPolynomial.Width;

    /// <summary>g at a point of a piece.</summary>
    public double ValueAt(AtomProgram program, int piece, double time)
    {
        if (_registers.Length < program.RegisterCount)
        {
            _registers = new double[program.RegisterCount];
        }

        _trace.StatesAt(piece, time, _states);
        return program.Evaluate(time, _states, _trace.Record.DataOf(piece), _registers);
    }

    private void AddPoint(RobustSignal signal, AtomProgram program, int atom, int piece, double time)
    {
        double value = ValueAt(program, piece, time);
        if (!double.IsFinite(value))
        {
            NotFinite ??= (atom, time);
            value = 0.0;
        }

        signal.AddPoint(time, piece, Curve.Value(atom, value, piece, time));
    }

    private void AddResting(RobustSignal signal, AtomProgram program, int atom, int piece, double start, double end)
    {
        bool fired = program.Atom.Kind == FormulaKind.Fires && start == _trace[piece].Start && HasFired(program.Atom.Name, piece);
        double value = program.Atom.Kind switch
        {
            FormulaKind.Mode => IsIn(piece, program.Location) ? double.PositiveInfinity : double.NegativeInfinity,
            FormulaKind.Fires => double.NegativeInfinity,
            _ when program.IsComparison => ValueAt(program, piece, start),
            _ => program.Atom.Condition!.Holds ? double.PositiveInfinity : double.NegativeInfinity,
        };
        if (double.IsNaN(value))
        {
            NotFinite ??= (atom, start);
            value = 0.0;
        }

        Curve curve = Curve.Value(atom, value, piece, start);
        signal.AddPoint(start, piece, fired ? curve with { C0 = double.PositiveInfinity } : curve);
        if (end > start)
        {
            signal.AddOpen(start, end, piece, curve);
            signal.AddPoint(end, piece, curve);
        }
    }

    // A mode of several regions is one declared mode of each.
    private bool IsIn(int piece, int location) => _trace.Compiled.Modes.LocationsOf(_trace[piece].Mode).AsSpan().Contains(location);

    private bool HasFired(string transition, int piece)
    {
        int index = _trace[piece].JumpIndex;
        int before = piece == 0 ? 0 : _trace[piece - 1].JumpIndex;
        for (int j = before; j < index; j++)
        {
            if (_trace.JumpName(j) == transition)
            {
                return true;
            }
        }

        return false;
    }

    private void AddSteps(RobustSignal signal, AtomProgram program, CurvedAtom? curved, int atom, int piece, double start, double end)
    {
        TrajectoryRecorder record = _trace.Record;
        TrajectoryRecorder.Piece found = _trace[piece];
        ReadOnlySpan<double> times = record.StepTimes.Slice(found.FirstStep, found.StepCount);
        if (times.IsEmpty)
        {
            AddRest(signal, program, atom, piece, start, end);
            return;
        }

        int first = times.BinarySearch(start);
        first = Math.Max(0, first >= 0 ? first : ~first - 1);
        Span<double> c = stackalloc double[UnitPolynomial.Width];
        for (int s = first; s < times.Length && times[s] < end; s++)
        {
            double from = Math.Max(start, times[s]);
            double to = s + 1 < times.Length ? Math.Min(times[s + 1], end) : end;
            if (!(to > from))
            {
                continue;
            }

            int step = found.FirstStep + s;
            if (curved is not null)
            {
                curved.Add(signal, piece, step, from, to);
            }
            else
            {
                Compose(program, piece, step, c);
                AddMonotone(signal, Curve.Moving(atom, piece, record.StepTimes[step], record.StepSizes[step], c), piece, from, to);
            }

            if (to < end)
            {
                AddPoint(signal, program, atom, piece, to);
            }
        }
    }

    // Where events accumulate the states may rest without steps; only time goes on.
    private void AddRest(RobustSignal signal, AtomProgram program, int atom, int piece, double start, double end)
    {
        double before = ValueAt(program, piece, start);
        ReadOnlySpan<double> line = [before, ValueAt(program, piece, end) - before, 0.0, 0.0, 0.0];
        signal.AddOpen(start, end, piece, Curve.Moving(atom, piece, start, end - start, line));
    }

    private void Compose(AtomProgram program, int piece, int step, Span<double> c)
    {
        AffineForm form = program.Affine!;
        int count = form.Coefficients.OutputCount;
        if (_balls.Length < count || _ballRegisters.Length < form.Coefficients.RegisterCount)
        {
            _balls = new Ball[Math.Max(_balls.Length, count)];
            _ballRegisters = new Ball[Math.Max(_ballRegisters.Length, form.Coefficients.RegisterCount)];
        }

        TrajectoryRecorder record = _trace.Record;
        form.Evaluate(record.DataOf(piece), _ballRegisters, _balls.AsSpan(0, count));
        c.Clear();
        c[0] = _balls[0].Centre + (_balls[1].Centre * record.StepTimes[step]);
        c[1] = _balls[1].Centre * record.StepSizes[step];
        ReadOnlySpan<double> dense = record.CoefficientsOf(step);
        int width = record.Degree + 1;
        for (int k = 0; k < form.States.Length; k++)
        {
            double a = _balls[k + 2].Centre;
            ReadOnlySpan<double> x = dense.Slice(form.States[k] * width, width);
            for (int m = 0; m < width; m++)
            {
                c[m] += a * x[m];
            }
        }
    }

    private static void AddMonotone(RobustSignal signal, in Curve curve, int piece, double from, double to)
    {
        Span<double> c = stackalloc double[UnitPolynomial.Width];
        Span<double> turns = stackalloc double[UnitPolynomial.Width];
        curve.WriteBetween(from, to, c);
        for (int k = 1; k < UnitPolynomial.Width; k++)
        {
            c[k - 1] = k * c[k]; // its slope
        }

        int count = UnitPolynomial.Roots(c[..(UnitPolynomial.Width - 1)], turns);
        double start = from;
        for (int i = 0; i < count; i++)
        {
            double turn = from + (turns[i] * (to - from));
            if (turn > start && turn < to)
            {
                signal.AddOpen(start, turn, piece, curve);
                signal.AddPoint(turn, piece, curve);
                start = turn;
            }
        }

        signal.AddOpen(start, to, piece, curve);
    }

    private double ScaleOf(AtomProgram program, double low, double high)
    {
        double scale = 0.0;
        for (int piece = _trace.First; piece < _trace.Count; piece++)
        {
            if (_trace.Clip(piece, low, high, out double start, out double end))
            {
                scale = Larger(scale, ValueAt(program, piece, start));
                scale = Larger(scale, ValueAt(program, piece, end));
                scale = Larger(scale, ValueAt(program, piece, 0.5 * (start + end)));
            }
        }

        return scale > 0.0 ? scale : 1.0;
    }

    private static double Larger(double scale, double value) => Math.Abs(value) > scale && double.IsFinite(value) ? Math.Abs(value) : scale;
}
