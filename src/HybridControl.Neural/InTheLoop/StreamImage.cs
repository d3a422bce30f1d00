using HybridControl.Diagnostics;
using HybridControl.Neural.Sequences;
using HybridControl.Neural.Tensors;

namespace HybridControl.Neural.InTheLoop;

/// <summary>One stream of a sequence state as plain numbers, for runs that copy, snapshot and restore them.</summary>
/// <remarks>
/// The position, then for each slot in turn its memory; for a cache its count, what it dropped, and room for the most keys and values that
/// it may hold. Single precision goes through doubles and back without loss.
/// </remarks>
internal sealed class StreamImage
{
    private readonly StateLayout _layout;
    private readonly int[] _keys;

    /// <param name="layout">What is remembered.</param>
    /// <param name="longest">Most tokens of a sequence, for caches without a window; 0 if there are none.</param>
    /// <exception cref="ModelException">A cache grows without end and no longest sequence is given.</exception>
    public StreamImage(StateLayout layout, int longest)
    {
        (_layout, _keys) = (layout, new int[layout.Slots.Count]);
        long length = 1;
        for (int i = 0; i < _keys.Length; i++)
        {
            StateSlot slot = layout.Slots[i];
            if (!slot.IsCache)
            {
                length += slot.Columns;
                continue;
            }

            if (slot.Window == 0 && longest == 0)
            {
                throw new ModelException(slot.Name, "attention without a window remembers ever more", "Say how many ticks a run has at most, or give the attention a window.");
            }

            _keys[i] = slot.Window == 0 ? longest : slot.Sinks + (2 * slot.Window) + 1;
            length += 2 + ((long)_keys[i] * (slot.Columns + slot.ValueColumns));
        }

        Length = length <= Array.MaxLength
            ? (int)length
            : throw new ModelException("state", FormattableString.Invariant($"it would take {length} numbers"), "Allow fewer ticks.");
    }

    /// <summary>Numbers.</summary>
    public int Length { get; }

    /// <summary>Writes what a state remembers of its first stream.</summary>
    /// <exception cref="ModelException">A cache holds more than there is room for.</exception>
    public void Read(SequenceState state, Span<double> image)
    {
        image[0] = state.PositionOf(0);
        image = image[1..];
        for (int i = 0; i < _keys.Length; i++)
        {
            StateSlot slot = _layout.Slots[i];
            if (!slot.IsCache)
            {
                state.Backend.Download(state.BufferOf(i).RowsAt(0, 1), image[..slot.Columns]);
                image = image[slot.Columns..];
                continue;
            }

            KeyValueCache cache = state.CacheOf(i);
            int count = cache.CountOf(0);
            if (count > _keys[i])
            {
                throw new ModelException(slot.Name, FormattableString.Invariant($"{count} keys where there is room for {_keys[i]}"), "Allow longer sequences.");
            }

            (image[0], image[1]) = (count, cache.DroppedOf(0));
            Span<double> values = image[(2 + (_keys[i] * slot.Columns))..];
            if (count > 0)
            {
                state.Backend.Download(cache.Keys.RowsAt(0, count), image.Slice(2, count * slot.Columns));
                state.Backend.Download(cache.Values.RowsAt(0, count), values[..(count * slot.ValueColumns)]);
            }

            image = values[(_keys[i] * slot.ValueColumns)..];
        }
    }

    /// <summary>Makes a state remember what was written.</summary>
    public void Write(ReadOnlySpan<double> image, SequenceState state)
    {
        state.Restore(0, (long)image[0]);
        image = image[1..];
        for (int i = 0; i < _keys.Length; i++)
        {
            StateSlot slot = _layout.Slots[i];
            if (!slot.IsCache)
            {
                state.Backend.Upload(image[..slot.Columns], state.BufferOf(i).RowsAt(0, 1));
                image = image[slot.Columns..];
                continue;
            }

            int count = (int)image[0];
            ReadOnlySpan<double> values = image[(2 + (_keys[i] * slot.Columns))..];
            state.CacheOf(i).Restore(0, image.Slice(2, count * slot.Columns), values[..(count * slot.ValueColumns)], (long)image[1]);
            image = values[(_keys[i] * slot.ValueColumns)..];
        }
    }

    /// <summary>Refuses another token if a cache has no room for it.</summary>
    /// <exception cref="ModelException">There is no room.</exception>
    public void CheckRoom(ReadOnlySpan<double> image, int tokens)
    {
        image = image[1..];
        for (int i = 0; i < _keys.Length; i++)
        {
            StateSlot slot = _layout.Slots[i];
            if (slot.IsCache && slot.Window == 0 && image[0] + tokens > _keys[i])
            {
                throw new ModelException(slot.Name, FormattableString.Invariant($"the sequence has {image[0]} tokens, and {_keys[i]} are allowed"), "Allow longer sequences.");
            }

            image = image[(slot.IsCache ? 2 + (_keys[i] * (slot.Columns + slot.ValueColumns)) : slot.Columns)..];
        }
    }
}
