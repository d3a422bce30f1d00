using HybridControl.Automata;
using HybridControl.Simulation;

namespace HybridControl.Requirements.Robustness;

/// <summary>A run as far as it is known: dense pieces, and whether it goes on.</summary>
/// <remarks>Reads the record in place. The last piece of a run under way ends where the run stands.</remarks>
internal sealed class TraceArc
{
    private readonly TrajectoryRecorder _record;
    private readonly double[] _endStates;

    /// <summary>A whole record.</summary>
    public TraceArc(CompiledAutomaton compiled, TrajectoryRecorder record, bool isComplete = true)
        : this(compiled, record, record.Pieces.Length - 1, record.Pieces[^1].End, record.EndOf(record.Pieces.Length - 1), isComplete)
    {
    }

    /// <summary>A run up to a point.</summary>
    /// <param name="compiled">The model.</param>
    /// <param name="record">Its record.</param>
    /// <param name="lastPiece">The piece in which the point lies.</param>
    /// <param name="end">Its time.</param>
    /// <param name="endStates">Its states.</param>
    /// <param name="isComplete">Whether the run is judged as ended there.</param>
    public TraceArc(
        CompiledAutomaton compiled, TrajectoryRecorder record, int lastPiece, double end, ReadOnlySpan<double> endStates, bool isComplete)
    {
        (Compiled, _record, Count, End, IsComplete) = (compiled, record, lastPiece + 1, end, isComplete);
        _endStates = endStates.ToArray();
    }

    public CompiledAutomaton Compiled { get; }

    public TrajectoryRecorder Record => _record;

    /// <summary>The states at the end.</summary>
    public ReadOnlySpan<double> EndStates => _endStates;

    /// <summary>Whether nothing follows.</summary>
    public bool IsComplete { get; }

    /// <summary>The first piece that is looked at.</summary>
    public int First { get; init; }

    /// <summary>The number of pieces, those before the first included.</summary>
    public int Count { get; }

    /// <summary>Start time in seconds.</summary>
    public double Start => _record.Pieces[First].Start;

    /// <summary>Time reached, in seconds.</summary>
    public double End { get; }

    /// <summary>One piece.</summary>
    public TrajectoryRecorder.Piece this[int piece]
    {
        get
        {
            TrajectoryRecorder.Piece found = _record.Pieces[piece];
            return piece < Count - 1 ? found : found with { End = End, StepCount = StepsFrom(piece, found.FirstStep) };
        }
    }

    /// <summary>The transition of a jump, counted from zero.</summary>
    public string JumpName(int jump) => _record.Jumps.TransitionOf(jump);

    // The record of a piece that goes on does not count its steps yet.
    private int StepsFrom(int piece, int first)
    {
        int end = piece + 1 < _record.Pieces.Length ? _record.Pieces[piece + 1].FirstStep : _record.StepTimes.Length;
        return end - first;
    }

    /// <summary>The part of a piece between two times; false if it has none.</summary>
    public bool Clip(int piece, double low, double high, out double start, out double end)
    {
        TrajectoryRecorder.Piece found = this[piece];
        start = Math.Max(found.Start, low);
        end = Math.Min(found.End, high);
        return start <= end;
    }

    /// <summary>The states at a time within a piece, its ends included.</summary>
    public void StatesAt(int piece, double time, Span<double> states)
    {
        TrajectoryRecorder.Piece found = this[piece];
        if (time >= found.End && found.End > found.Start)
        {
            (piece == Count - 1 ? _endStates : _record.EndOf(piece)).CopyTo(states);
        }
        else if (time <= found.Start || found.StepCount == 0)
        {
            _record.StartOf(piece).CopyTo(states);
        }
        else
        {
            int within = _record.StepTimes.Slice(found.FirstStep, found.StepCount).BinarySearch(time);
            int step = found.FirstStep + (within >= 0 ? within : ~within - 1);
            double theta = (time - _record.StepTimes[step]) / _record.StepSizes[step];
            ReadOnlySpan<double> c = _record.CoefficientsOf(step);
            int width = _record.Degree + 1;
            for (int i = 0; i < states.Length; i++)
            {
                states[i] = UnitPolynomial.At(c.Slice(i * width, width), theta);
            }
        }
    }
}
