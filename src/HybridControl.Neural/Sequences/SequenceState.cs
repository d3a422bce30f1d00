using HybridControl.Diagnostics;
using HybridControl.Neural.Backends;
using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.Sequences;

/// <summary>All that a stack remembers of a number of sequences: a plain value that can be copied, forked, saved and restored.</summary>
/// <remarks>
/// Streams are independent: they may be scanned apart and stepped together. State space layers take memory of fixed size, attention
/// takes memory that grows with the sequence, up to its window.
/// </remarks>
public sealed class SequenceState : IDisposable
{
    private readonly TensorBuffer?[] _buffers;
    private readonly KeyValueCache?[] _caches;
    private readonly long[] _positions;

    /// <summary>Creates a state in which nothing has been seen.</summary>
    /// <param name="layout">What is remembered.</param>
    /// <param name="backend">Where.</param>
    /// <param name="streams">Sequences, at least one.</param>
    /// <param name="memoryLimit">Most bytes that it may take.</param>
    /// <exception cref="ModelException">The memory is not enough even for no tokens.</exception>
    public SequenceState(StateLayout layout, ITensorBackend backend, int streams, long memoryLimit = long.MaxValue)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(streams, 1);
        (Layout, Backend, Streams, MemoryLimit) = (layout, backend, streams, memoryLimit);
        _positions = new long[streams];
        _buffers = new TensorBuffer?[layout.Slots.Count];
        _caches = new KeyValueCache?[layout.Slots.Count];
        long size = backend.Precision == Precision.Single ? sizeof(float) : sizeof(double);
        CheckMemory(layout.Slots.Where(slot => !slot.IsCache).Sum(slot => (long)slot.Columns * streams * size));
        for (int i = 0; i < layout.Slots.Count; i++)
        {
            StateSlot slot = layout.Slots[i];
            if (slot.IsCache)
            {
                _caches[i] = new(backend, slot, streams);
            }
            else
            {
                _buffers[i] = backend.Allocate((long)slot.Columns * streams);
            }
        }
    }

    /// <summary>What is remembered.</summary>
    public StateLayout Layout { get; }

    /// <summary>Where.</summary>
    public ITensorBackend Backend { get; }

    /// <summary>Sequences.</summary>
    public int Streams { get; }

    /// <summary>Most bytes that it may take.</summary>
    public long MemoryLimit { get; }

    /// <summary>Bytes that it takes now.</summary>
    public long Bytes => _buffers.Sum(buffer => buffer?.Bytes ?? 0) + _caches.Sum(cache => cache?.Bytes ?? 0);

    /// <summary>Bytes that a slot takes now.</summary>
    public long BytesOf(int slot) => _caches[slot]?.Bytes ?? _buffers[slot]!.Bytes;

    /// <summary>Tokens that a stream has seen.</summary>
    public long PositionOf(int stream) => _positions[stream];

    /// <summary>Memory of fixed size: a row for each stream.</summary>
    public TensorView BufferOf(int slot) =>
        new(_buffers[slot]!, 0, Streams, Layout.Slots[slot].Columns, Layout.Slots[slot].Columns);

    /// <summary>A cache of keys and values.</summary>
    public KeyValueCache CacheOf(int slot) => _caches[slot]!;

    /// <summary>Forgets what a stream has seen.</summary>
    public void Reset(int stream)
    {
        _positions[stream] = 0;
        for (int i = 0; i < _buffers.Length; i++)
        {
            if (_caches[i] is { } cache)
            {
                cache.Clear(stream);
            }
            else
            {
                Backend.Fill(BufferOf(i).RowsAt(stream, 1), 0.0);
            }
        }
    }

    /// <summary>Forgets everything.</summary>
    public void Reset()
    {
        for (int s = 0; s < Streams; s++)
        {
            Reset(s);
        }
    }

    /// <summary>A copy that goes its own way.</summary>
    public SequenceState Fork()
    {
        var fork = new SequenceState(Layout, Backend, Streams, MemoryLimit);
        for (int s = 0; s < Streams; s++)
        {
            fork.CopyStream(this, s, s);
        }

        return fork;
    }

    /// <summary>Takes over what another state of the same stack remembers of one stream.</summary>
    /// <param name="source">The other state; may be this one.</param>
    /// <param name="from">Its stream.</param>
    /// <param name="to">The stream here.</param>
    public void CopyStream(SequenceState source, int from, int to)
    {
        if (!ReferenceEquals(source.Layout, Layout) || !ReferenceEquals(source.Backend, Backend))
        {
            throw new ArgumentException("The state belongs to another stack.", nameof(source));
        }

        _positions[to] = source._positions[from];
        for (int i = 0; i < _buffers.Length; i++)
        {
            if (_caches[i] is { } cache)
            {
                cache.CopyStream(source.CacheOf(i), from, to);
            }
            else
            {
                Backend.Copy(source.BufferOf(i).RowsAt(from, 1), BufferOf(i).RowsAt(to, 1));
            }
        }
    }

    /// <summary>Refuses tokens for which there will be no room, before any of them is taken in.</summary>
    /// <exception cref="ModelException">The caches would pass the limit.</exception>
    internal void CheckRoom(int tokens)
    {
        if (MemoryLimit == long.MaxValue)
        {
            return;
        }

        long bytes = 0;
        for (int i = 0; i < _buffers.Length; i++)
        {
            bytes += (_buffers[i]?.Bytes ?? 0) + (_caches[i]?.BytesAfter(tokens) ?? 0);
        }

        CheckMemory(bytes);
    }

    internal void Advance(int firstStream, int streams, int tokens)
    {
        foreach (ref long position in _positions.AsSpan(firstStream, streams))
        {
            position += tokens;
        }
    }

    internal void Restore(int stream, long position) => _positions[stream] = position;

    private void CheckMemory(long bytes)
    {
        if (bytes > MemoryLimit)
        {
            throw new ModelException(
                "state",
                $"{Streams} streams would take {bytes} bytes of state, {MemoryLimit} are allowed",
                "Use fewer streams or shorter sequences, or raise the limit.");
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (TensorBuffer? buffer in _buffers)
        {
            buffer?.Dispose();
        }

        foreach (KeyValueCache? cache in _caches)
        {
            cache?.Dispose();
        }
    }
}
