using HybridControl.Ensembles;

namespace HybridControl.Serialization;

/// <summary>Writes consecutive blocks to a stream in the format of <see cref="BlockFile"/>. Not thread-safe.</summary>
/// <remarks>Nothing can be read back before <see cref="Complete"/> has written the end mark. The stream stays open.</remarks>
public sealed class BlockFileWriter
{
    private readonly Stream _stream;
    private readonly EnsembleLayout _layout;
    private byte[] _record = [];
    private long _next = -1;

    /// <summary>Begins a file.</summary>
    /// <param name="stream">Where the bytes go.</param>
    /// <param name="layout">The columns of every block.</param>
    /// <param name="origin">32 bytes that say what the blocks come from, such as the hash of a plan; empty for nothing.</param>
    /// <exception cref="ArgumentException">The origin has another length.</exception>
    /// <exception cref="IOException">The stream cannot be written.</exception>
    public BlockFileWriter(Stream stream, EnsembleLayout layout, ReadOnlySpan<byte> origin = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(layout);
        if (origin.Length is not (0 or BlockFormat.HashBytes))
        {
            throw new ArgumentException($"An origin has {BlockFormat.HashBytes} bytes, not {origin.Length}.", nameof(origin));
        }

        _stream = stream;
        _layout = layout;
        stream.Write(BlockFormat.Header(layout, origin));
    }

    /// <summary>The blocks written so far.</summary>
    public long Count { get; private set; }

    /// <summary>Appends a block.</summary>
    /// <exception cref="ArgumentException">The block has other columns, or does not follow the one before.</exception>
    /// <exception cref="IOException">The stream cannot be written.</exception>
    public void Add(EnsembleBlock block)
    {
        ArgumentNullException.ThrowIfNull(block);
        long length = BlockFormat.RecordBytes(_layout, block.Count);
        if (length != BlockFormat.PrefixBytes + BlockFormat.CheckBytes + (8L * (block.Samples.Length + block.Scalars.Length +
            block.Grid.Length + block.EventTimes.Length + block.EventTransitions.Length)))
        {
            throw new ArgumentException("The block has other columns than the file.", nameof(block));
        }

        if (_next >= 0 && block.Number != _next)
        {
            throw new ArgumentException($"Block {block.Number} does not follow block {_next - 1}.", nameof(block));
        }

        _next = block.Number + 1;
        if (_record.Length < length)
        {
            _record = new byte[checked((int)length)];
        }

        Span<byte> record = _record.AsSpan(0, (int)length);
        BlockFormat.WritePrefix(record, _layout, block.Number, block.Count);
        int at = BlockFormat.PrefixBytes;
        foreach (double[] table in Tables(block))
        {
            BlockFormat.Put(table, record[at..]);
            at += 8 * table.Length;
        }

        BlockFormat.Seal(record);
        _stream.Write(record);
        Count++;
    }

    /// <summary>Writes the end mark.</summary>
    /// <exception cref="IOException">The stream cannot be written.</exception>
    public void Complete() => _stream.Write(BlockFormat.End(Count));

    /// <summary>The tables of a block in the order of the file.</summary>
    internal static double[][] Tables(EnsembleBlock block) =>
        [block.Samples, block.Scalars, block.Grid, block.EventTimes, block.EventTransitions];
}
