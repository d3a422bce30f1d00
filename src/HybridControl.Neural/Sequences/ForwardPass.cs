using HybridControl.Neural.Backends;
using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.Sequences;

/// <summary>Tokens on their way through a stack: which streams, how many tokens of each, with what memory.</summary>
public sealed class ForwardPass
{
    private readonly Dictionary<RotaryAngles, TensorView> _tables = [];
    private KeySpan[] _spans = [];
    private double[] _angles = [];

    // Outlives the scopes of the layers that ask for a table.
    private readonly Workspace _tableSpace;

    internal ForwardPass(ITensorBackend backend, Workspace workspace, Workspace tables) =>
        (Backend, Workspace, _tableSpace) = (backend, workspace, tables);

    /// <summary>Computes.</summary>
    public ITensorBackend Backend { get; }

    /// <summary>Memory for values on the way.</summary>
    public Workspace Workspace { get; }

    /// <summary>The memory of the streams.</summary>
    public SequenceState State { get; private set; } = null!;

    /// <summary>First stream of the state that takes part.</summary>
    public int FirstStream { get; private set; }

    /// <summary>How rows are tokens.</summary>
    public SequenceShape Shape { get; private set; }

    /// <summary>Who watches, or null.</summary>
    public ILayerObserver? Observer { get; private set; }

    /// <summary>What the stack was fed, before any layer: for blocks that look at it again.</summary>
    public TensorView Embedding { get; internal set; }

    /// <summary>Memory of fixed size of the streams that take part, a row for each.</summary>
    public TensorView BufferOf(int slot) => State.BufferOf(slot).RowsAt(FirstStream, Shape.Streams);

    /// <summary>Appends this pass's keys and values to a cache.</summary>
    /// <param name="slot">The cache.</param>
    /// <param name="keys">A row for each token.</param>
    /// <param name="values">A row for each token.</param>
    public void Append(int slot, TensorView keys, TensorView values)
    {
        KeyValueCache cache = State.CacheOf(slot);
        int length = keys.Rows / Shape.Streams;
        for (int s = 0; s < Shape.Streams; s++)
        {
            cache.Append(FirstStream + s, keys.RowsAt(s * length, length), values.RowsAt(s * length, length));
        }
    }

    /// <summary>Appends keys and values of one stream of this pass to a cache.</summary>
    /// <param name="slot">The cache.</param>
    /// <param name="stream">The stream, counted from the first that takes part.</param>
    /// <param name="keys">A row for each key.</param>
    /// <param name="values">A row for each key.</param>
    public void Append(int slot, int stream, TensorView keys, TensorView values) =>
        State.CacheOf(slot).Append(FirstStream + stream, keys, values);

    /// <summary>Tokens that a stream had seen before this pass.</summary>
    /// <param name="stream">The stream, counted from the first that takes part.</param>
    public long PositionOf(int stream) => State.PositionOf(FirstStream + stream);

    /// <summary>Which keys of a cache the streams of this pass look at. Valid until the next call.</summary>
    public ReadOnlySpan<KeySpan> SpansOf(int slot)
    {
        if (_spans.Length < Shape.Streams)
        {
            _spans = new KeySpan[Shape.Streams];
        }

        KeyValueCache cache = State.CacheOf(slot);
        for (int s = 0; s < Shape.Streams; s++)
        {
            _spans[s] = cache.SpanOf(FirstStream + s, State.PositionOf(FirstStream + s));
        }

        return _spans.AsSpan(0, Shape.Streams);
    }

    /// <summary>Cosines and sines of the positions of this pass; computed once a pass for each rule.</summary>
    public TensorView TableOf(RotaryAngles rotary)
    {
        if (_tables.TryGetValue(rotary, out TensorView table))
        {
            return table;
        }

        int half = rotary.Half;
        table = _tableSpace.Rent(Shape.Rows, 2 * half);
        int count = Shape.Rows * 2 * half;
        if (_angles.Length < count)
        {
            _angles = new double[count];
        }

        for (int r = 0; r < Shape.Rows; r++)
        {
            long position = State.PositionOf(FirstStream + (r / Shape.Length)) + (r % Shape.Length);
            rotary.Write(position, _angles.AsSpan(r * 2 * half, 2 * half));
        }

        Backend.Upload(_angles.AsSpan(0, count), table);
        _tables.Add(rotary, table);
        return table;
    }

    /// <summary>Shows a value to the observer if there is one that wants it.</summary>
    public void Show(string layer, string what, TensorView value)
    {
        if (Observer is not null)
        {
            string name = $"{layer}.{what}";
            if (Observer.Wants(name))
            {
                Observer.Saw(name, Backend, value);
            }
        }
    }

    /// <summary>Sees the rows of a pass without memory as other sequences: windows of an image, say.</summary>
    internal void Take(SequenceShape shape)
    {
        Shape = shape;
        _tables.Clear();
    }

    internal void Begin(SequenceState state, int firstStream, SequenceShape shape, ILayerObserver? observer)
    {
        (State, FirstStream, Shape, Observer) = (state, firstStream, shape, observer);
        _tables.Clear();
        _tableSpace.GiveBack();
    }
}
