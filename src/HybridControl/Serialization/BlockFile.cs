using System.Buffers.Binary;
using HybridControl.Diagnostics;
using HybridControl.Ensembles;

namespace HybridControl.Serialization;

/// <summary>Files of ensemble blocks: what back-ends deliver, kept bit for bit.</summary>
/// <remarks>
/// Binary, little-endian, with a hash of the columns and a checksum over every record, so that a file that was cut short,
/// damaged, or written for something else is refused and never read as numbers. Thread-safe.
/// </remarks>
public static class BlockFile
{
    /// <summary>Writes consecutive blocks; the file appears whole or not at all.</summary>
    /// <param name="path">The file; one that exists is replaced.</param>
    /// <param name="layout">The columns of the blocks.</param>
    /// <param name="blocks">Blocks in ascending order without gaps.</param>
    /// <param name="origin">32 bytes that say what the blocks come from; empty for nothing.</param>
    /// <exception cref="ModelException">The file cannot be written.</exception>
    public static void Save(string path, EnsembleLayout layout, IEnumerable<EnsembleBlock> blocks, byte[]? origin = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(layout);
        ArgumentNullException.ThrowIfNull(blocks);
        DurableFile.Write(path, stream =>
        {
            var writer = new BlockFileWriter(stream, layout, origin);
            foreach (EnsembleBlock block in blocks)
            {
                writer.Add(block);
            }

            writer.Complete();
        });
    }

    /// <summary>Reads the blocks of a file one at a time; nothing but the current block is in memory.</summary>
    /// <param name="path">The file.</param>
    /// <param name="layout">The columns that it must have.</param>
    /// <param name="origin">The origin that it must have; null for any.</param>
    /// <exception cref="ModelException">The file cannot be read, is no block file, was written for something else, or is damaged; thrown while
    /// the blocks are read.</exception>
    public static IEnumerable<EnsembleBlock> Load(string path, EnsembleLayout layout, byte[]? origin = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(layout);
        return Read(path, layout, origin);
    }

    /// <summary>Whether a file is there and whole, judged by header, length and end mark without reading its records.</summary>
    /// <returns>What is wrong; null if nothing.</returns>
    internal static Finding? Glance(string path, EnsembleLayout layout, byte[] origin, long firstBlock, long blocks, long trajectories)
    {
        try
        {
            using FileStream file = Open(path);
            CheckHeader(path, file, layout, origin);
            long last = Math.Min(EnsembleBlock.Capacity, trajectories - ((firstBlock + blocks - 1) * EnsembleBlock.Capacity));
            long expected = BlockFormat.HeaderBytes + ((blocks - 1) * BlockFormat.RecordBytes(layout, EnsembleBlock.Capacity)) +
                BlockFormat.RecordBytes(layout, (int)last) + BlockFormat.EndBytes;
            if (file.Length != expected)
            {
                return Damage(path, FormattableString.Invariant($"the file has {file.Length} bytes, not {expected}")).Findings[0];
            }

            byte[] end = new byte[BlockFormat.EndBytes];
            file.Position = expected - end.Length;
            Fill(path, file, end);
            return end.AsSpan().SequenceEqual(BlockFormat.End(blocks)) ? null : Damage(path, "its end mark is damaged").Findings[0];
        }
        catch (ModelException fault)
        {
            return fault.Findings[0];
        }
    }

    /// <summary>Whether a file that passes <see cref="Glance"/> holds the blocks that it must, judged by reading every record.</summary>
    /// <returns>What is wrong; null if nothing.</returns>
    internal static Finding? Verify(string path, EnsembleLayout layout, byte[] origin, long firstBlock)
    {
        try
        {
            long next = firstBlock;
            foreach (EnsembleBlock block in Read(path, layout, origin))
            {
                if (block.Number != next++)
                {
                    return Damage(path, FormattableString.Invariant($"block {block.Number} is not the one that the name of the file promises")).Findings[0];
                }
            }

            return null;
        }
        catch (ModelException fault)
        {
            return fault.Findings[0];
        }
    }

    private static IEnumerable<EnsembleBlock> Read(string path, EnsembleLayout layout, byte[]? origin)
    {
        using FileStream file = Open(path);
        CheckHeader(path, file, layout, origin);
        byte[] prefix = new byte[BlockFormat.PrefixBytes];
        byte[] expected = new byte[BlockFormat.PrefixBytes];
        byte[] record = [];
        long next = -1;
        for (long read = 0; ; read++)
        {
            Fill(path, file, prefix);
            if (BinaryPrimitives.ReadUInt32LittleEndian(prefix) == BlockFormat.EndMark)
            {
                CheckEnd(path, file, prefix, read);
                yield break;
            }

            int count = BinaryPrimitives.ReadInt32LittleEndian(prefix.AsSpan(4));
            long number = BinaryPrimitives.ReadInt64LittleEndian(prefix.AsSpan(8));
            if (count is < 1 or > EnsembleBlock.Capacity || number is < 0 or > long.MaxValue / EnsembleBlock.Capacity || (next >= 0 && number != next))
            {
                throw Damage(path, FormattableString.Invariant($"record {read} is not the record of a block"));
            }

            BlockFormat.WritePrefix(expected, layout, number, count);
            long length = BlockFormat.RecordBytes(layout, count);
            if (!prefix.AsSpan().SequenceEqual(expected) || length - prefix.Length > file.Length - file.Position)
            {
                throw Damage(path, FormattableString.Invariant($"record {read} is damaged or cut short"));
            }

            if (record.Length != length)
            {
                record = new byte[checked((int)length)];
            }

            prefix.CopyTo(record, 0);
            Fill(path, file, record.AsSpan(prefix.Length));
            if (!BlockFormat.IsSealed(record))
            {
                throw Damage(path, FormattableString.Invariant($"block {number} does not match its checksum"));
            }

            next = number + 1;
            yield return Decode(record, layout, number, count);
        }
    }

    private static EnsembleBlock Decode(byte[] record, EnsembleLayout layout, long number, int count)
    {
        var block = new EnsembleBlock(layout, number * EnsembleBlock.Capacity, count);
        int at = BlockFormat.PrefixBytes;
        foreach (double[] table in BlockFileWriter.Tables(block))
        {
            BlockFormat.Take(record.AsSpan(at), table);
            at += 8 * table.Length;
        }

        return block;
    }

    private static void CheckHeader(string path, FileStream file, EnsembleLayout layout, byte[]? origin)
    {
        Span<byte> header = stackalloc byte[BlockFormat.HeaderBytes];
        int read = ReadInto(path, file, header);
        if (!header[..Math.Min(read, BlockFormat.Magic.Length)].SequenceEqual(BlockFormat.Magic))
        {
            throw new ModelException(path, "this is no file of ensemble blocks", "Name a file that BlockFile or a campaign wrote.");
        }

        if (read < header.Length || !BlockFormat.IsSealed(header))
        {
            throw Damage(path, "its header is damaged or cut short");
        }

        int version = BinaryPrimitives.ReadInt32LittleEndian(header[8..]);
        if (version != BlockFormat.Version)
        {
            throw new ModelException(path, FormattableString.Invariant($"the file has format {version}, this library reads {BlockFormat.Version}"),
                "Read it with the version that wrote it.");
        }

        if (!header.Slice(16, BlockFormat.HashBytes).SequenceEqual(BlockFormat.HashOf(layout)))
        {
            throw new ModelException(path, "the file holds other columns than the plan records", "It belongs to another plan: remove it, or name that plan.");
        }

        if (origin is not null && !header.Slice(48, BlockFormat.HashBytes).SequenceEqual(origin))
        {
            throw new ModelException(path, "the file comes from another campaign", "Remove it from this folder.");
        }
    }

    private static void CheckEnd(string path, FileStream file, byte[] prefix, long records)
    {
        byte[] end = new byte[BlockFormat.EndBytes];
        prefix.CopyTo(end, 0);
        Fill(path, file, end.AsSpan(prefix.Length));
        if (!end.AsSpan().SequenceEqual(BlockFormat.End(records)))
        {
            throw Damage(path, "its end mark is damaged");
        }

        if (file.Position != file.Length)
        {
            throw Damage(path, "there are bytes behind its end mark");
        }
    }

    private static FileStream Open(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1 << 16, FileOptions.SequentialScan);
        }
        catch (Exception fault) when (fault is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ModelException(path, "there is no such file", "Check the spelling and the working directory.");
        }
        catch (Exception fault) when (DurableFile.IsFault(fault))
        {
            throw DurableFile.Unreadable(path, fault);
        }
    }

    private static void Fill(string path, FileStream file, Span<byte> bytes)
    {
        if (ReadInto(path, file, bytes) < bytes.Length)
        {
            throw Damage(path, "the file was cut short");
        }
    }

    private static int ReadInto(string path, FileStream file, Span<byte> bytes)
    {
        try
        {
            return file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        }
        catch (Exception fault) when (DurableFile.IsFault(fault))
        {
            throw DurableFile.Unreadable(path, fault);
        }
    }

    private static ModelException Damage(string path, string what) =>
        new(path, what, "Remove the file and compute its blocks again.");
}
