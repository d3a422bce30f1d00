using HybridControl.Neural.Backends;
using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.Sequences;

/// <summary>Keys and values of all streams: stream s owns rows from <c>s * Capacity</c> on.</summary>
/// <remarks>
/// Without a window it grows by doubling. With one it keeps the sinks and at least the last window of keys: when it is full, what lies
/// between is dropped, so that memory stays constant and a key moves once in about a window of tokens.
/// </remarks>
public sealed class KeyValueCache : IDisposable
{
    private const int FirstCapacity = 64;

    private readonly ITensorBackend _backend;
    private readonly StateSlot _slot;
    private readonly int[] _counts;
    private readonly long[] _dropped;
    private TensorBuffer _keys;
    private TensorBuffer _values;

    internal KeyValueCache(ITensorBackend backend, StateSlot slot, int streams, int capacity = 0)
    {
        (_backend, _slot) = (backend, slot);
        (_counts, _dropped) = (new int[streams], new long[streams]);
        Capacity = capacity > 0 ? capacity : slot.Window == 0 ? FirstCapacity : slot.Sinks + (2 * slot.Window) + 1;
        _keys = backend.Allocate((long)streams * Capacity * slot.Columns);
        _values = backend.Allocate((long)streams * Capacity * slot.ValueColumns);
    }

    /// <summary>Keys that fit for each stream.</summary>
    public int Capacity { get; private set; }

    /// <summary>Bytes of the memory.</summary>
    public long Bytes => _keys.Bytes + _values.Bytes;

    /// <summary>All rows of keys.</summary>
    public TensorView Keys => new(_keys, 0, _counts.Length * Capacity, _slot.Columns, _slot.Columns);

    /// <summary>All rows of values.</summary>
    public TensorView Values => new(_values, 0, _counts.Length * Capacity, _slot.ValueColumns, _slot.ValueColumns);

    /// <summary>Keys of a stream that are held.</summary>
    public int CountOf(int stream) => _counts[stream];

    /// <summary>Keys of a stream that were dropped behind the sinks.</summary>
    public long DroppedOf(int stream) => _dropped[stream];

    /// <summary>Bytes that it will take when more tokens of each stream have come.</summary>
    internal long BytesAfter(int tokens)
    {
        int capacity = CapacityFor(_slot.Spacing == 1 ? tokens : (tokens / _slot.Spacing) + 1);
        return capacity == Capacity ? Bytes : Bytes / Capacity * capacity;
    }

    /// <summary>Appends keys and values of one stream.</summary>
    internal void Append(int stream, TensorView keys, TensorView values)
    {
        Reserve(keys.Rows);
        if (_counts[stream] + keys.Rows > Capacity)
        {
            DropOld(stream);
        }

        int at = (stream * Capacity) + _counts[stream];
        _backend.Copy(keys, Keys.RowsAt(at, keys.Rows));
        _backend.Copy(values, Values.RowsAt(at, keys.Rows));
        _counts[stream] += keys.Rows;
    }

    /// <summary>The keys of a stream, for a query at a position.</summary>
    internal KeySpan SpanOf(int stream, long firstQuery) => new(stream * Capacity, _counts[stream], _dropped[stream], firstQuery);

    internal void Clear(int stream) => (_counts[stream], _dropped[stream]) = (0, 0);

    internal void CopyStream(KeyValueCache source, int from, int to)
    {
        Grow(Math.Max(Capacity, source.Capacity));
        (_counts[to], _dropped[to]) = (source._counts[from], source._dropped[from]);
        if (_counts[to] > 0)
        {
            _backend.Copy(source.Keys.RowsAt(from * source.Capacity, _counts[to]), Keys.RowsAt(to * Capacity, _counts[to]));
            _backend.Copy(source.Values.RowsAt(from * source.Capacity, _counts[to]), Values.RowsAt(to * Capacity, _counts[to]));
        }
    }

    /// <summary>Takes over keys and values that were saved.</summary>
    internal void Restore(int stream, ReadOnlySpan<double> keys, ReadOnlySpan<double> values, long dropped)
    {
        int count = keys.Length / _slot.Columns;
        Grow(Math.Max(Capacity, count));
        (_counts[stream], _dropped[stream]) = (count, dropped);
        if (count > 0)
        {
            _backend.Upload(keys, Keys.RowsAt(stream * Capacity, count));
            _backend.Upload(values, Values.RowsAt(stream * Capacity, count));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _keys.Dispose();
        _values.Dispose();
    }

    private void Reserve(int more) => Grow(CapacityFor(more));

    /// <summary>Without a window room for all; with one room for sinks, two windows and the newcomers, so that what moves never overlaps.</summary>
    private int CapacityFor(int more)
    {
        int needed = _slot.Window > 0 ? checked(_slot.Sinks + (2 * _slot.Window) + more) : checked(_counts.Max() + more);
        return needed <= Capacity ? Capacity : _slot.Window > 0 ? needed : (int)Math.Min(Math.Max(needed, 2L * Capacity), int.MaxValue);
    }

    private void Grow(int capacity)
    {
        if (capacity <= Capacity)
        {
            return;
        }

        using var old = new KeyValueHolder(_keys, _values);
        TensorView keys = Keys;
        TensorView values = Values;
        int before = Capacity;
        Capacity = capacity;
        _keys = _backend.Allocate((long)_counts.Length * capacity * _slot.Columns);
        _values = _backend.Allocate((long)_counts.Length * capacity * _slot.ValueColumns);
        for (int s = 0; s < _counts.Length; s++)
        {
            if (_counts[s] > 0)
            {
                _backend.Copy(keys.RowsAt(s * before, _counts[s]), Keys.RowsAt(s * capacity, _counts[s]));
                _backend.Copy(values.RowsAt(s * before, _counts[s]), Values.RowsAt(s * capacity, _counts[s]));
            }
        }
    }

    private void DropOld(int stream)
    {
        int kept = Math.Min(_slot.Window, _counts[stream] - _slot.Sinks);
        int from = _counts[stream] - kept;
        int gone = from - _slot.Sinks;
        int row = stream * Capacity;
        _backend.Copy(Keys.RowsAt(row + from, kept), Keys.RowsAt(row + _slot.Sinks, kept));
        _backend.Copy(Values.RowsAt(row + from, kept), Values.RowsAt(row + _slot.Sinks, kept));
        _counts[stream] -= gone;
        _dropped[stream] += gone;
    }

    private readonly struct KeyValueHolder(TensorBuffer keys, TensorBuffer values) : IDisposable
    {
        public void Dispose()
        {
            keys.Dispose();
            values.Dispose();
        }
    }
}
