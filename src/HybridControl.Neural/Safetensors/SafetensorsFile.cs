using System.Collections.Immutable;
using System.Numerics;
using HybridControl.Diagnostics;
using HybridControl.Serialization;

namespace HybridControl.Neural.Safetensors;

/// <summary>Named tensors as read from a file in the safetensors format.</summary>
/// <remarks>
/// <para>
/// Eight bytes with the length of a JSON header, the header, then the numbers, little-endian and row-major. The header is
/// checked in full before any number is read: every byte of the data belongs to exactly one tensor. Every tensor can be read by
/// rows: one of shape [a, b, c] as a rows of b c numbers, one of shape [n] as a single row. Source: the format section of
/// github.com/huggingface/safetensors.
/// </para>
/// <para>
/// A loaded file is mapped, not read: its size is no matter, pages come from the disk when first touched, and processes
/// share them. Before each read the file's present length is asked, so that one that was cut off is refused. What happens when
/// somebody cuts it off during a read is up to the operating system; replace a file by renaming another over it, as
/// <see cref="SafetensorsWriter"/> does, and readers keep the old one.
/// </para>
/// <para>Immutable, safe on any thread. Copies stand also beside a concurrent <see cref="Dispose"/>; spans end with it.</para>
/// </remarks>
public sealed class SafetensorsFile : IDisposable
{
    private const int BlockLength = 1 << 20;

    private readonly FileBytes _bytes;
    private readonly long _dataStart;
    private readonly Dictionary<string, SafetensorsEntry> _byName;

    private SafetensorsFile(FileBytes bytes, string where)
    {
        SafetensorsHeader.CheckPrefix(bytes.Length, where);
        int length = SafetensorsHeader.LengthOf(bytes.Slice(0, SafetensorsHeader.PrefixLength), bytes.Length, where);
        _bytes = bytes;
        _dataStart = SafetensorsHeader.PrefixLength + length;
        Where = where;

        // A copy: what was checked must be what is believed, even if somebody writes to the file.
        byte[] json = bytes.Slice(SafetensorsHeader.PrefixLength, length).ToArray();
        var header = SafetensorsHeader.Read(json, bytes.Length - _dataStart, where);
        Tensors = header.Tensors;
        Metadata = header.Metadata;
        _byName = Tensors.ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);
    }

    /// <summary>What findings call the file: its path, unless it was given as bytes.</summary>
    public string Where { get; }

    /// <summary>The tensors, in the order of their bytes.</summary>
    public ImmutableArray<SafetensorsEntry> Tensors { get; }

    /// <summary>What the writer noted, by name.</summary>
    public ImmutableSortedDictionary<string, string> Metadata { get; }

    /// <summary>Maps a file; dispose the result when nothing is read from it any more.</summary>
    /// <exception cref="ModelException">It cannot be read, or is not a sound safetensors file; carries every finding.</exception>
    public static SafetensorsFile Load(string path)
    {
        FileBytes? bytes = null;
        try
        {
            // Asked before the file is opened: a pipe has no length, and to open one may take forever.
            SafetensorsHeader.CheckPrefix(new FileInfo(path).Length, path);
            bytes = new MappedBytes(path);
            return new(bytes, path);
        }
        catch (Exception fault) when (DurableFile.IsFault(fault))
        {
            bytes?.Dispose();
            throw new ModelException(path, $"the file cannot be read: {fault.Message}", "Check the path and its permissions.");
        }
        catch (ModelException)
        {
            bytes?.Dispose();
            throw;
        }
    }

    /// <summary>Reads a file that is in memory.</summary>
    /// <param name="bytes">The file; kept, not copied.</param>
    /// <param name="where">What findings call it.</param>
    /// <exception cref="ModelException">It is not a sound safetensors file; carries every finding.</exception>
    public static SafetensorsFile Parse(ReadOnlyMemory<byte> bytes, string where) => new(new HeldBytes(bytes), where);

    /// <summary>The tensor of a name, or null.</summary>
    public SafetensorsEntry? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>The bytes of a tensor, where they lie. The span must not be used after <see cref="Dispose"/>.</summary>
    /// <exception cref="ModelException">There are 2^31 or more, or the file was cut off since it was opened.</exception>
    public ReadOnlySpan<byte> BytesOf(SafetensorsEntry tensor) => Slice(tensor, 0, tensor.End - tensor.Begin);

    /// <summary>The bytes of some rows of a tensor, where they lie. The span must not be used after <see cref="Dispose"/>.</summary>
    /// <param name="tensor">A tensor of this file.</param>
    /// <param name="firstRow">The first row, from 0.</param>
    /// <param name="rows">How many.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are no such rows.</exception>
    /// <exception cref="ModelException">There are 2^31 bytes or more, or the file was cut off since it was opened.</exception>
    public ReadOnlySpan<byte> BytesOf(SafetensorsEntry tensor, long firstRow, int rows)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfNegative(firstRow);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(firstRow, tensor.Rows - rows);
        long rowBytes = tensor.Columns * TensorTypes.SizeOf(tensor.Type);
        return Slice(tensor, firstRow * rowBytes, rows * rowBytes);
    }

    /// <summary>Writes the entries of a tensor of any format as doubles. Whole numbers beyond 2^53 are rounded.</summary>
    /// <exception cref="ArgumentException">The target has another length.</exception>
    /// <exception cref="ModelException">The file was cut off since it was opened.</exception>
    public void CopyTo(SafetensorsEntry tensor, Span<double> target) => CopyAll(tensor, target);

    /// <summary>Writes the entries of a tensor of any format as floats, rounded where need be.</summary>
    /// <inheritdoc cref="CopyTo(SafetensorsEntry, Span{double})"/>
    public void CopyTo(SafetensorsEntry tensor, Span<float> target) => CopyAll(tensor, target);

    /// <summary>Writes the entries of a tensor of whole numbers.</summary>
    /// <exception cref="ArgumentException">The target has another length.</exception>
    /// <exception cref="InvalidOperationException">The format holds fractions, or numbers beyond 64 bits with sign.</exception>
    /// <exception cref="ModelException">The file was cut off since it was opened.</exception>
    public void CopyTo(SafetensorsEntry tensor, Span<long> target)
    {
        if (!TensorTypes.IsWhole(tensor.Type))
        {
            throw new InvalidOperationException(
                $"Tensor '{tensor.Name}' is of format {TensorTypes.NameOf(tensor.Type)}: its numbers are not whole or do not fit 64 bits with sign.");
        }

        CopyAll(tensor, target);
    }

    /// <summary>Writes one row of a tensor of any format as floats, rounded where need be. Allocates nothing.</summary>
    /// <param name="tensor">A tensor of this file.</param>
    /// <param name="row">Number of the row, from 0.</param>
    /// <param name="target">The entries of the row.</param>
    /// <exception cref="ArgumentException">There is no such row, or the target has another length.</exception>
    /// <exception cref="ModelException">The file was cut off since it was opened.</exception>
    public void ReadRow(SafetensorsEntry tensor, long row, Span<float> target) => CopyRow(tensor, row, target);

    /// <summary>Writes one row of a tensor of any format as doubles. Whole numbers beyond 2^53 are rounded. Allocates nothing.</summary>
    /// <inheritdoc cref="ReadRow(SafetensorsEntry, long, Span{float})"/>
    public void ReadRow(SafetensorsEntry tensor, long row, Span<double> target) => CopyRow(tensor, row, target);

    /// <summary>Ends the mapping. A file in memory needs none of it.</summary>
    public void Dispose() => _bytes.Dispose();

    /// <summary>Writes the bytes of a tensor to a stream.</summary>
    internal void CopyTo(SafetensorsEntry tensor, Stream stream)
    {
        _bytes.Acquire();
        try
        {
            long length = tensor.End - tensor.Begin;
            for (long at = 0; at < length; at += BlockLength)
            {
                stream.Write(Slice(tensor, at, Math.Min(BlockLength, length - at)));
            }
        }
        finally
        {
            _bytes.Release();
        }
    }

    /// <summary>Writes entries of a tensor from a given one on.</summary>
    internal void Copy<T>(SafetensorsEntry tensor, long first, Span<T> target)
        where T : unmanaged, INumberBase<T>
    {
        long size = TensorTypes.SizeOf(tensor.Type);
        _bytes.Acquire();
        try
        {
            // By blocks, so that a file that was cut off is noticed soon and no block is beyond what a span can hold.
            while (!target.IsEmpty)
            {
                int count = Math.Min(BlockLength, target.Length);
                TensorNumbers.Read(tensor.Type, Slice(tensor, first * size, count * size), target[..count]);
                first += count;
                target = target[count..];
            }
        }
        finally
        {
            _bytes.Release();
        }
    }

    private void CopyAll<T>(SafetensorsEntry tensor, Span<T> target)
        where T : unmanaged, INumberBase<T>
    {
        if (tensor.Count != target.Length)
        {
            throw new ArgumentException($"Tensor '{tensor.Name}' holds {tensor.Count} numbers, the target {target.Length}.", nameof(target));
        }

        Copy(tensor, 0, target);
    }

    private void CopyRow<T>(SafetensorsEntry tensor, long row, Span<T> target)
        where T : unmanaged, INumberBase<T>
    {
        if ((ulong)row >= (ulong)tensor.Rows || tensor.Columns != target.Length)
        {
            throw new ArgumentException(
                $"Tensor '{tensor.Name}' has {tensor.Rows} rows of {tensor.Columns} numbers; row {row} was asked for {target.Length}.", nameof(row));
        }

        Copy(tensor, row * target.Length, target);
    }

    private ReadOnlySpan<byte> Slice(SafetensorsEntry tensor, long offset, long count)
    {
        if (tensor.Begin < 0 || tensor.End > _bytes.Length - _dataStart || offset < 0 || count < 0 || offset > tensor.End - tensor.Begin - count)
        {
            throw new ArgumentOutOfRangeException(nameof(tensor), $"The bytes of '{tensor.Name}' do not lie in {Where}.");
        }

        if (count > int.MaxValue)
        {
            throw new ModelException($"{Where}, {tensor.Name}", $"{count} bytes are more than a span can hold", "Take them by rows.");
        }

        long begin = _dataStart + tensor.Begin + offset;
        long present = _bytes.Present;
        return begin + count <= present
            ? _bytes.Slice(begin, (int)count)
            : throw new ModelException(
                $"{Where}, {tensor.Name}",
                $"its bytes end at {begin + count} of the file, which had {_bytes.Length} bytes when it was opened and has {present} now",
                "The file was cut off: write it again and open it anew.");
    }
}
