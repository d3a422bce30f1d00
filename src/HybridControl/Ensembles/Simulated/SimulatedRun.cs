using System.Runtime.InteropServices;
using HybridControl.Automata;
using HybridControl.Numerics;
using HybridControl.Requirements.Robustness;
using HybridControl.Simulation;
using HybridControl.Symbolics;

namespace HybridControl.Ensembles.Simulated;

/// <summary>Reads the record of one run of the simulator, up to the point (t, j) where the trajectory of an ensemble ends.</summary>
/// <remarks>One for each thread; it is bound to one record after the other. Not thread-safe.</remarks>
internal sealed class SimulatedRun(CompiledAutomaton compiled)
{
    private readonly double[] _states = new double[compiled.StateCount];
    private readonly double[] _data = new double[compiled.DataCount];
    private TrajectoryRecorder _record = null!;
    private Real64[] _registers = [];

    /// <summary>The time at which the trajectory ends, in seconds.</summary>
    public double End { get; private set; }

    /// <summary>The jump index at which it ends.</summary>
    public int JumpIndex { get; private set; }

    /// <summary>Its last stretch with constant data.</summary>
    public int LastPiece { get; private set; }

    /// <summary>The mode in which it ends.</summary>
    public int Mode => _record.Pieces[LastPiece].Mode;

    /// <summary>Reads another record, the whole of it.</summary>
    public void Bind(TrajectoryRecorder record)
    {
        _record = record;
        LastPiece = record.Pieces.Length - 1;
        End = record.Pieces[^1].End;
        JumpIndex = record.Pieces[^1].JumpIndex;
    }

    /// <summary>Ends the trajectory earlier than the run.</summary>
    public void CutAt(double time, int jumpIndex)
    {
        while (LastPiece > 0 &&
            (_record.Pieces[LastPiece].JumpIndex > jumpIndex || _record.Pieces[LastPiece].Start > time))
        {
            LastPiece--;
        }

        JumpIndex = jumpIndex;
        End = Math.Min(time, _record.Pieces[LastPiece].End);
    }

    /// <summary>The trajectory as requirements see it.</summary>
    public TraceArc ToArc() => new(compiled, _record, LastPiece, End, StatesAt(LastPiece, End), isComplete: true);

    /// <summary>Whether a point of the run still belongs to the trajectory.</summary>
    public bool Covers(double time, int jumpIndex) => jumpIndex <= JumpIndex && time <= End;

    /// <summary>The number of steps that began before the end.</summary>
    public int StepsBeforeEnd()
    {
        int found = _record.StepTimes.BinarySearch(End);
        return found >= 0 ? found : ~found;
    }

    /// <summary>The last piece that begins at or before a time.</summary>
    public int PieceAt(double time)
    {
        ReadOnlySpan<TrajectoryRecorder.Piece> pieces = _record.Pieces;
        int low = 0;
        int high = LastPiece;
        while (low < high)
        {
            int middle = (low + high + 1) / 2;
            (low, high) = pieces[middle].Start <= time ? (middle, high) : (low, middle - 1);
        }

        return low;
    }

    /// <summary>The mode of a piece.</summary>
    public int ModeOf(int piece) => _record.Pieces[piece].Mode;

    /// <summary>Start of a piece and its end, which is not after that of the trajectory.</summary>
    public (double Start, double End) TimesOf(int piece)
    {
        TrajectoryRecorder.Piece found = _record.Pieces[piece];
        return (found.Start, Math.Min(found.End, End));
    }

    /// <summary>The times at which the steps of a piece begin.</summary>
    public ReadOnlySpan<double> StepTimesOf(int piece) =>
        _record.StepTimes.Slice(_record.Pieces[piece].FirstStep, _record.Pieces[piece].StepCount);

    /// <summary>The states at a time within a piece; valid until the next call.</summary>
    public ReadOnlySpan<double> StatesAt(int piece, double time)
    {
        TrajectoryRecorder.Piece at = _record.Pieces[piece];
        if (time >= at.End && at.End > at.Start)
        {
            return _record.EndOf(piece);
        }

        if (time <= at.Start || at.StepCount == 0)
        {
            return _record.StartOf(piece);
        }

        int within = _record.StepTimes.Slice(at.FirstStep, at.StepCount).BinarySearch(time);
        Interpolate(at.FirstStep + (within >= 0 ? within : ~within - 1), time);
        return _states;
    }

    /// <summary>Evaluates expressions at a time within a piece.</summary>
    public void Evaluate(ExprProgram program, int piece, double time, Span<double> values)
    {
        if (_registers.Length < program.RegisterCount)
        {
            _registers = new Real64[program.RegisterCount];
        }

        program.Evaluate(
            new Real64(time),
            MemoryMarshal.Cast<double, Real64>(StatesAt(piece, time)),
            DataAt(piece, time),
            _registers,
            MemoryMarshal.Cast<double, Real64>(values));
    }

    /// <summary>The data block of a piece.</summary>
    public ReadOnlySpan<double> DataOf(int piece) => _record.DataOf(piece);

    // The slot of a delegate input holds its value at some earlier time.
    private ReadOnlySpan<double> DataAt(int piece, double time)
    {
        if (!compiled.HasDelegateInputs)
        {
            return _record.DataOf(piece);
        }

        _record.DataOf(piece).CopyTo(_data);
        foreach (InputSlots input in compiled.Inputs)
        {
            if (input.IsDelegate)
            {
                input.Write(time, _data);
            }
        }

        return _data;
    }

    private void Interpolate(int step, double time)
    {
        double theta = (time - _record.StepTimes[step]) / _record.StepSizes[step];
        ReadOnlySpan<double> c = _record.CoefficientsOf(step);
        int width = _record.Degree + 1;
        for (int i = 0; i < _states.Length; i++)
        {
            double value = c[(i * width) + width - 1];
            for (int k = width - 2; k >= 0; k--)
            {
                value = (value * theta) + c[(i * width) + k];
            }

            _states[i] = value;
        }
    }
}
