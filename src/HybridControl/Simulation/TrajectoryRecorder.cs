using System.Runtime.InteropServices;

namespace HybridControl.Simulation;

/// <summary>Collects a run as it happens: dense steps, the values that are constant between them, jumps and log.</summary>
/// <remarks>
/// A piece is a stretch of one segment on which the data block (parameters, discrete variables, input coefficients) is
/// constant. A step is a polynomial in theta for each state, coefficients c_0 .. c_degree, x = sum of c_k theta^k,
/// theta = (t - t_0) / h. Growing the lists is the only allocation.
/// </remarks>
internal sealed partial class TrajectoryRecorder
{
    private readonly List<Piece> _pieces = [];
    private readonly List<double> _times = [];
    private readonly List<double> _sizes = [];
    private readonly List<double> _coefficients = [];
    private readonly List<double> _values = [];
    private readonly List<double> _data = [];
    private readonly List<int> _dataAt = []; // for each piece, which block of data: pieces share one until it changes

    public TrajectoryRecorder(int states, int dataCount, int degree, RecordSize? expected = null)
    {
        StateCount = states;
        DataCount = dataCount;
        Degree = degree;
        if (expected is not null)
        {
            MakeRoom(expected);
        }
    }

    /// <summary>One stretch with constant data.</summary>
    public readonly record struct Piece(double Start, double End, int JumpIndex, int Mode, int FirstStep, int StepCount);

    public int StateCount { get; }

    public int DataCount { get; }

    public int Degree { get; }

    public JumpList Jumps { get; } = [];

    public LogList Log { get; } = [];

    /// <summary>How much is recorded.</summary>
    public RecordSize Size => new(_pieces.Count, _times.Count, _data.Count, Jumps.Count, Jumps.ValueCount, Log.Count);

    public ReadOnlySpan<Piece> Pieces => CollectionsMarshal.AsSpan(_pieces);

    public ReadOnlySpan<double> StepTimes => CollectionsMarshal.AsSpan(_times);

    public ReadOnlySpan<double> StepSizes => CollectionsMarshal.AsSpan(_sizes);

    /// <summary>Coefficients of one step, [state][degree + 1].</summary>
    public ReadOnlySpan<double> CoefficientsOf(int step)
    {
        int width = StateCount * (Degree + 1);
        return CollectionsMarshal.AsSpan(_coefficients).Slice(step * width, width);
    }

    /// <summary>The data block of one piece.</summary>
    public ReadOnlySpan<double> DataOf(int piece) => CollectionsMarshal.AsSpan(_data).Slice(_dataAt[piece] * DataCount, DataCount);

    /// <summary>The exact states at the start of one piece.</summary>
    public ReadOnlySpan<double> StartOf(int piece) =>
        CollectionsMarshal.AsSpan(_values).Slice(2 * piece * StateCount, StateCount);

    /// <summary>The exact states at the end of one piece.</summary>
    public ReadOnlySpan<double> EndOf(int piece) =>
        CollectionsMarshal.AsSpan(_values).Slice(((2 * piece) + 1) * StateCount, StateCount);

    private void MakeRoom(RecordSize expected)
    {
        _pieces.EnsureCapacity(expected.Pieces);
        _dataAt.EnsureCapacity(expected.Pieces);
        _values.EnsureCapacity(RoomFor(expected.Pieces, 2 * StateCount));
        _times.EnsureCapacity(expected.Steps);
        _sizes.EnsureCapacity(expected.Steps);
        _coefficients.EnsureCapacity(RoomFor(expected.Steps, StateCount * (Degree + 1)));
        _data.EnsureCapacity(expected.Data);
        Jumps.MakeRoom(expected.Jumps, expected.JumpValues);
        Log.MakeRoom(expected.Log);
    }

    private static int RoomFor(int count, int width) => (int)Math.Min((long)count * width, Array.MaxLength);

    /// <summary>Opens a piece; the one before must be closed.</summary>
    public void BeginPiece(
        double time, int jumpIndex, int mode, ReadOnlySpan<double> states, ReadOnlySpan<double> data)
    {
        _pieces.Add(new(time, time, jumpIndex, mode, _times.Count, 0));
        int first = _values.Count;
        CollectionsMarshal.SetCount(_values, first + (2 * states.Length));
        Span<double> place = CollectionsMarshal.AsSpan(_values)[first..];
        states.CopyTo(place);
        states.CopyTo(place[states.Length..]);
        AddData(data);
    }

    // Bits, so that NaN equals itself and zeros of both signs are kept apart.
    private void AddData(ReadOnlySpan<double> data)
    {
        int block = _dataAt.Count == 0 ? -1 : _dataAt[^1];
        if (block >= 0 && MemoryMarshal.AsBytes(data).SequenceEqual(MemoryMarshal.AsBytes(DataOf(_dataAt.Count - 1))))
        {
            _dataAt.Add(block);
            return;
        }

        _dataAt.Add(block + 1);
        _data.AddRange(data);
    }

    /// <summary>Adds an accepted step to the open piece.</summary>
    /// <param name="time">Start of the step.</param>
    /// <param name="size">Size h by which theta is scaled.</param>
    /// <param name="coefficients">[state][degree + 1].</param>
    public void AddStep(double time, double size, ReadOnlySpan<double> coefficients)
    {
        _times.Add(time);
        _sizes.Add(size);
        _coefficients.AddRange(coefficients);
    }

    /// <summary>Moves the end of the open piece.</summary>
    public void EndPiece(double time, ReadOnlySpan<double> states)
    {
        Span<Piece> pieces = CollectionsMarshal.AsSpan(_pieces);
        ref Piece last = ref pieces[^1];
        last = last with { End = time, StepCount = _times.Count - last.FirstStep };
        states.CopyTo(CollectionsMarshal.AsSpan(_values).Slice(((2 * _pieces.Count) - 1) * StateCount, StateCount));
    }

    /// <summary>Replaces the data block of the open piece, which has not begun to flow.</summary>
    public void ReplaceData(ReadOnlySpan<double> data)
    {
        int block = _dataAt[^1];
        _dataAt.RemoveAt(_dataAt.Count - 1);
        if (_dataAt.Count == 0 || _dataAt[^1] != block)
        {
            CollectionsMarshal.SetCount(_data, block * DataCount);
        }

        AddData(data);
    }
}
