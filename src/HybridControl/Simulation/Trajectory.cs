using System.Collections.Immutable;
using HybridControl.Automata;
using HybridControl.Diagnostics;
using HybridControl.Dynamics;
using HybridControl.Numerics;
using HybridControl.Symbolics;

namespace HybridControl.Simulation;

/// <summary>A run as a function of hybrid time (t, j): segments between jumps, each with a continuous interpolant.</summary>
/// <remarks>
/// Both sides of every discontinuity are kept exactly. Values between steps come from the dense output of the solver.
/// Immutable and thread-safe. A value at one time costs a binary search over the steps.
/// </remarks>
public sealed class Trajectory
{
    private readonly ModeTable _modes;
    private readonly TrajectoryRecorder _record;
    private readonly VariableReader _reader;
    private ImmutableArray<Segment> _segments;
    private ImmutableArray<Jump> _jumps;
    private ImmutableArray<LogRecord> _log;

    internal Trajectory(
        CompiledAutomaton compiled,
        TrajectoryRecorder record,
        RunStatus status,
        string reason,
        RunStatistics statistics,
        bool isError = false,
        double zenoTime = double.NaN)
    {
        IsError = isError;
        ZenoTime = zenoTime;
        Model = compiled.Automaton;
        Compiled = compiled;
        _modes = compiled.Modes;
        _record = record;
        _reader = VariableReader.For(compiled);
        Status = status;
        Reason = reason;
        Statistics = statistics;
    }

    /// <summary>The model that ran.</summary>
    public HybridAutomaton Model { get; }

    /// <summary>How the run ended.</summary>
    public RunStatus Status { get; }

    /// <summary>Whether the run ended in an error, rather than at its end or as a policy or the user asked.</summary>
    public bool IsError { get; }

    /// <summary>Why it ended, in words: where, what, how to mend; empty for a completed run.</summary>
    public string Reason { get; }

    /// <summary>The accumulation time in seconds that was last predicted for events of this run; NaN if none accumulate.</summary>
    public double ZenoTime { get; }

    /// <summary>What it cost.</summary>
    public RunStatistics Statistics { get; }

    /// <summary>Executed transitions, in order.</summary>
    public ImmutableArray<Jump> Jumps
    {
        get
        {
            if (_jumps.IsDefault)
            {
                ImmutableInterlocked.InterlockedInitialize(ref _jumps, [.. _record.Jumps]);
            }

            return _jumps;
        }
    }

    /// <summary>Everything else that happened, in order.</summary>
    public ImmutableArray<LogRecord> Log
    {
        get
        {
            if (_log.IsDefault)
            {
                ImmutableInterlocked.InterlockedInitialize(ref _log, [.. _record.Log]);
            }

            return _log;
        }
    }

    /// <summary>Segments between jumps, in order; one more than there are jumps.</summary>
    public ImmutableArray<Segment> Segments
    {
        get
        {
            if (_segments.IsDefault)
            {
                ImmutableInterlocked.InterlockedInitialize(ref _segments, BuildSegments(_modes, _record));
            }

            return _segments;
        }
    }

    /// <summary>Names of modes: those of the model in its order; of several regions, the combinations visited, in the order of the first visit.</summary>
    public ImmutableArray<string> ModeNames => _modes.RegionCount == 1
        ? [.. Model.Modes.Select(mode => mode.Name)]
        : [.. Segments.Select(segment => segment.Mode).Distinct(StringComparer.Ordinal)];

    /// <summary>Start time in seconds.</summary>
    public double StartTime => _record.Pieces[0].Start;

    /// <summary>Time reached, in seconds.</summary>
    public double EndTime => _record.Pieces[^1].End;

    /// <summary>Names that can be read: states, discrete variables, inputs, outputs and parameters.</summary>
    public IReadOnlyList<string> Names => _reader.Names;

    /// <summary>Unit of a variable; empty for none.</summary>
    /// <exception cref="ModelException">The name is unknown.</exception>
    public string UnitOf(string name) => _reader.UnitOf(name);

    /// <summary>The value of a variable at a time.</summary>
    /// <param name="name">A name from <see cref="Names"/>.</param>
    /// <param name="time">Time in seconds, within the run.</param>
    /// <param name="side">Which side of a jump is meant.</param>
    /// <exception cref="ModelException">The name is unknown.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The time is outside the run.</exception>
    public double Value(string name, double time, Side side = Side.Right)
    {
        int piece = PieceAt(time, side);
        double[] states = new double[_record.StateCount];
        StatesAt(piece, time, side, states);
        return _reader.Read(name, _record.Pieces[piece].Mode, time, states, _record.DataOf(piece));
    }

    /// <summary>Mode, states and discrete variables at a time.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The time is outside the run.</exception>
    public ModelState At(double time, Side side = Side.Right)
    {
        int piece = PieceAt(time, side);
        double[] states = new double[_record.StateCount];
        StatesAt(piece, time, side, states);
        TrajectoryRecorder.Piece at = _record.Pieces[piece];
        return new ModelState(
            time, at.JumpIndex, _modes.NameOf(at.Mode), _reader.Visible(at.Mode, [.. states.AsSpan(0, Model.States.Length)]), _reader.DiscretesOf(_record.DataOf(piece)));
    }

    /// <summary>The values of a variable at many times.</summary>
    public double[] Sample(string name, ReadOnlySpan<double> times, Side side = Side.Right)
    {
        double[] values = new double[times.Length];
        for (int i = 0; i < times.Length; i++)
        {
            values[i] = Value(name, times[i], side);
        }

        return values;
    }

    /// <summary>A curve to draw: every step with points in between, and both sides of every discontinuity.</summary>
    /// <param name="name">A name from <see cref="Names"/>.</param>
    /// <param name="pointsPerStep">Points drawn for each step, at least one.</param>
    public IReadOnlyList<CurvePoint> Curve(string name, int pointsPerStep = 4)
    {
        var points = new List<CurvePoint>();
        double[] states = new double[_record.StateCount];
        for (int p = 0; p < _record.Pieces.Length; p++)
        {
            TrajectoryRecorder.Piece piece = _record.Pieces[p];
            ReadOnlySpan<double> data = _record.DataOf(p);
            points.Add(new(piece.Start, _reader.Read(name, piece.Mode, piece.Start, _record.StartOf(p), data), p));
            for (int s = piece.FirstStep; s < piece.FirstStep + piece.StepCount; s++)
            {
                double start = _record.StepTimes[s];
                double end = s + 1 < piece.FirstStep + piece.StepCount ? _record.StepTimes[s + 1] : piece.End;
                for (int k = 1; k <= pointsPerStep; k++)
                {
                    double time = k == pointsPerStep ? end : start + ((end - start) * k / pointsPerStep);
                    if (time >= piece.End)
                    {
                        break;
                    }

                    Interpolate(s, time, states);
                    points.Add(new(time, _reader.Read(name, piece.Mode, time, states, data), p));
                }
            }

            if (piece.End > piece.Start)
            {
                points.Add(new(piece.End, _reader.Read(name, piece.Mode, piece.End, _record.EndOf(p), data), p));
            }
        }

        return points;
    }

    /// <summary>What the run was differentiated with respect to: <see cref="SimulationOptions.Sensitivities"/>.</summary>
    public ImmutableArray<string> Sensitivities => Compiled.Sensitivities?.Names ?? [];

    /// <summary>The derivatives of the run with respect to one of the names of <see cref="SimulationOptions.Sensitivities"/>.</summary>
    /// <exception cref="ModelException">The run was not asked for it.</exception>
    public TrajectorySensitivity Sensitivity(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        ImmutableArray<string> known = Sensitivities;
        int number = known.IndexOf(name);
        return number >= 0
            ? new(this, name, number)
            : throw new ModelException(
                Model.Name, $"the run has no sensitivity to '{name}'",
                known.IsEmpty ? $"Ask for it: SimulationOptions {{ Sensitivities = [\"{name}\"] }}." : $"Known: {string.Join(", ", known)}.");
    }

    /// <summary>The values of a program at a time, with all states, hidden ones too.</summary>
    internal double[] EvaluateAt(ExprProgram program, double time)
    {
        int piece = PieceAt(time, Side.Right);
        double[] states = new double[_record.StateCount];
        StatesAt(piece, time, Side.Right, states);
        double[] data = [.. _record.DataOf(piece), 0.0];
        if (Compiled.Sensitivities is { HasRates: true } model)
        {
            WriteRates(Compiled.Mode(_record.Pieces[piece].Mode).Ode, time, states, data).CopyTo(data, model.RateSlot(0));
        }

        var registers = new Real64[program.RegisterCount];
        var values = new Real64[program.OutputCount];
        program.Evaluate<Real64>(new(time), [.. states.Select(value => new Real64(value))], data, registers, values);
        return [.. values.Select(value => value.Value)];
    }

    // Rates that follow from equations or a mass matrix are data to the programs that read them.
    private static double[] WriteRates(OdeFunction ode, double time, double[] states, double[] data)
    {
        double[] rates = new double[states.Length];
        ode.Derivatives(time, ref states[0], ref data[0], ref rates[0]);
        if (ode.Mass is not null)
        {
            new AlgebraicWork(new AlgebraicSystem(ode)).Complete(time, states, data, rates);
        }

        return rates;
    }

    /// <summary>The values at both ends of a segment, read by an expression's name.</summary>
    internal double ReadEnd(int jumpIndex, Side side, string name)
    {
        ReadOnlySpan<TrajectoryRecorder.Piece> pieces = _record.Pieces;
        int piece = side == Side.Left ? pieces.Length - 1 : 0;
        while (pieces[piece].JumpIndex != jumpIndex)
        {
            piece += side == Side.Left ? -1 : 1;
        }

        return side == Side.Left
            ? _reader.Read(name, pieces[piece].Mode, pieces[piece].End, _record.EndOf(piece), _record.DataOf(piece))
            : _reader.Read(name, pieces[piece].Mode, pieces[piece].Start, _record.StartOf(piece), _record.DataOf(piece));
    }

    /// <summary>The dense record behind this trajectory.</summary>
    internal TrajectoryRecorder Record => _record;

    /// <summary>The compiled model whose data blocks the record holds.</summary>
    internal CompiledAutomaton Compiled { get; }

    /// <summary>The number of pieces: stretches on which the mode, the discrete variables and the parameters rest.</summary>
    internal int PieceCount => _record.Pieces.Length;

    /// <summary>Where a piece begins and ends, and in which segment and mode it lies.</summary>
    internal (double Start, double End, int JumpIndex, string Mode) PieceOf(int piece)
    {
        TrajectoryRecorder.Piece found = _record.Pieces[piece];
        return (found.Start, found.End, found.JumpIndex, _modes.NameOf(found.Mode));
    }

    /// <summary>The times at which the steps of a piece begin.</summary>
    internal ReadOnlySpan<double> StepTimesOf(int piece) =>
        _record.StepTimes.Slice(_record.Pieces[piece].FirstStep, _record.Pieces[piece].StepCount);

    /// <summary>Writes the values of variables at a time within a piece, its ends included.</summary>
    internal void ReadIn(int piece, double time, ReadOnlySpan<string> names, Span<double> values)
    {
        double[] states = new double[_record.StateCount];
        StatesAt(piece, time, Side.Right, states);
        for (int i = 0; i < names.Length; i++)
        {
            values[i] = _reader.Read(names[i], _record.Pieces[piece].Mode, time, states, _record.DataOf(piece));
        }
    }

    private static ImmutableArray<Segment> BuildSegments(ModeTable modes, TrajectoryRecorder record)
    {
        var segments = ImmutableArray.CreateBuilder<Segment>();
        foreach (TrajectoryRecorder.Piece piece in record.Pieces)
        {
            if (segments.Count > 0 && segments[^1].JumpIndex == piece.JumpIndex)
            {
                segments[^1] = segments[^1] with { End = piece.End };
            }
            else
            {
                segments.Add(new(piece.JumpIndex, modes.NameOf(piece.Mode), piece.Start, piece.End));
            }
        }

        return segments.ToImmutable();
    }

    private int PieceAt(double time, Side side)
    {
        ReadOnlySpan<TrajectoryRecorder.Piece> pieces = _record.Pieces;
        if (!(time >= StartTime && time <= EndTime))
        {
            throw new ArgumentOutOfRangeException(
                nameof(time), time, FormattableString.Invariant($"The run covers {StartTime} to {EndTime} s."));
        }

        // Left: the first piece that ends at or after the time. Right: the last that starts at or before it.
        int low = 0;
        int high = pieces.Length - 1;
        while (low < high)
        {
            int middle = side == Side.Left ? (low + high) / 2 : (low + high + 1) / 2;
            if (side == Side.Left)
            {
                (low, high) = pieces[middle].End >= time ? (low, middle) : (middle + 1, high);
            }
            else
            {
                (low, high) = pieces[middle].Start <= time ? (middle, high) : (low, middle - 1);
            }
        }

        return low;
    }

    private void StatesAt(int index, double time, Side side, Span<double> states)
    {
        TrajectoryRecorder.Piece piece = _record.Pieces[index];
        if (time >= piece.End && (side == Side.Left || piece.End > piece.Start))
        {
            _record.EndOf(index).CopyTo(states);
        }
        else if (time <= piece.Start || piece.StepCount == 0)
        {
            _record.StartOf(index).CopyTo(states);
        }
        else
        {
            int within = _record.StepTimes.Slice(piece.FirstStep, piece.StepCount).BinarySearch(time);
            Interpolate(piece.FirstStep + (within >= 0 ? within : ~within - 1), time, states);
        }
    }

    private void Interpolate(int step, double time, Span<double> states)
    {
        double theta = (time - _record.StepTimes[step]) / _record.StepSizes[step];
        ReadOnlySpan<double> c = _record.CoefficientsOf(step);
        int width = _record.Degree + 1;
        for (int i = 0; i < states.Length; i++)
        {
            double value = c[(i * width) + width - 1];
            for (int k = width - 2; k >= 0; k--)
            {
                value = (value * theta) + c[(i * width) + k];
            }

            states[i] = value;
        }
    }
}
