using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using HybridControl.Ensembles;

namespace HybridControl.Serialization;

/// <summary>The bytes of block files: a header, records, an end mark; little-endian.</summary>
/// <remarks>
/// <code>
/// header   8 magic "HCBLOCK\n" | 4 version | 4 zero | 32 SHA-256 of the columns | 32 origin | 8 CRC-64 of the 80 bytes before
/// record   4 mark "BLOK" | 4 trajectories | 8 block number | 4 x 4 columns of samples, scalars, grid, events
///          | doubles: samples, scalars, grid, event times, event transitions | 8 CRC-64 of the record
/// end      4 mark "END\n" | 4 zero | 8 records | 16 zero | 8 CRC-64 of the 32 bytes before
/// </code>
/// </remarks>
internal static class BlockFormat
{
    public const int Version = 1;
    public const int HashBytes = 32;
    public const int HeaderBytes = 88;
    public const int PrefixBytes = 32;
    public const int CheckBytes = 8;
    public const int EndBytes = PrefixBytes + CheckBytes;
    public const uint RecordMark = 0x4B4F_4C42;
    public const uint EndMark = 0x0A44_4E45;

    public static ReadOnlySpan<byte> Magic => "HCBLOCK\n"u8;

    /// <summary>A fingerprint of the columns: names, grid times, event slots.</summary>
    public static byte[] HashOf(EnsembleLayout layout)
    {
        var text = new StringBuilder();
        void Names(string kind, IEnumerable<string> names)
        {
            text.Append(kind);
            foreach (string name in names)
            {
                text.Append(' ').Append(name.Length).Append(':').Append(name);
            }

            text.Append('\n');
        }

        Names("samples", layout.Samples);
        Names("scalars", layout.Scalars);
        Names("grid", layout.Grid);
        Names("times", layout.GridTimes.Select(time => BitConverter.DoubleToInt64Bits(time).ToString("x16", System.Globalization.CultureInfo.InvariantCulture)));
        Names("modes", layout.Modes);
        Names("transitions", layout.Transitions);
        Names("alternatives", layout.Alternatives);
        text.Append("events ").Append(layout.EventSlots);
        return SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString()));
    }

    /// <summary>Bytes of the record of a block.</summary>
    public static long RecordBytes(EnsembleLayout layout, int count) => PrefixBytes + (8L * layout.Width * count) + CheckBytes;

    /// <summary>The header of a file.</summary>
    public static byte[] Header(EnsembleLayout layout, ReadOnlySpan<byte> origin)
    {
        byte[] header = new byte[HeaderBytes];
        Magic.CopyTo(header);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(8), Version);
        HashOf(layout).CopyTo(header, 16);
        origin.CopyTo(header.AsSpan(48, HashBytes));
        Seal(header);
        return header;
    }

    /// <summary>Writes mark and counts at the front of a record.</summary>
    public static void WritePrefix(Span<byte> record, EnsembleLayout layout, long number, int count)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(record, RecordMark);
        BinaryPrimitives.WriteInt32LittleEndian(record[4..], count);
        BinaryPrimitives.WriteInt64LittleEndian(record[8..], number);
        BinaryPrimitives.WriteInt32LittleEndian(record[16..], layout.Samples.Length);
        BinaryPrimitives.WriteInt32LittleEndian(record[20..], layout.Scalars.Length);
        BinaryPrimitives.WriteInt32LittleEndian(record[24..], layout.GridTimes.Length * layout.Grid.Length);
        BinaryPrimitives.WriteInt32LittleEndian(record[28..], layout.EventSlots);
    }

    /// <summary>The end mark of a file.</summary>
    public static byte[] End(long records)
    {
        byte[] end = new byte[EndBytes];
        BinaryPrimitives.WriteUInt32LittleEndian(end, EndMark);
        BinaryPrimitives.WriteInt64LittleEndian(end.AsSpan(8), records);
        Seal(end);
        return end;
    }

    /// <summary>Writes the check of all bytes but the last eight into the last eight.</summary>
    public static void Seal(Span<byte> bytes) =>
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[^CheckBytes..], Crc64.Of(bytes[..^CheckBytes]));

    /// <summary>Whether the last eight bytes are the check of the others.</summary>
    public static bool IsSealed(ReadOnlySpan<byte> bytes) =>
        BinaryPrimitives.ReadUInt64LittleEndian(bytes[^CheckBytes..]) == Crc64.Of(bytes[..^CheckBytes]);

    /// <summary>Copies doubles to bytes, bit for bit.</summary>
    public static void Put(ReadOnlySpan<double> values, Span<byte> bytes)
    {
        MemoryMarshal.AsBytes(values).CopyTo(bytes);
        SwapOnBigEndian(MemoryMarshal.Cast<byte, long>(bytes[..(8 * values.Length)]));
    }

    /// <summary>Copies bytes to doubles, bit for bit.</summary>
    public static void Take(ReadOnlySpan<byte> bytes, Span<double> values)
    {
        bytes[..(8 * values.Length)].CopyTo(MemoryMarshal.AsBytes(values));
        SwapOnBigEndian(MemoryMarshal.Cast<double, long>(values));
    }

    private static void SwapOnBigEndian(Span<long> words)
    {
        if (!BitConverter.IsLittleEndian)
        {
            BinaryPrimitives.ReverseEndianness(words, words);
        }
    }
}
