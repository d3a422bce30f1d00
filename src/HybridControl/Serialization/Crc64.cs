using System.Buffers.Binary;

namespace HybridControl.Serialization;

/// <summary>The 64-bit cyclic redundancy check that xz uses: polynomial of ECMA-182, reflected.</summary>
/// <remarks>
/// Source: ECMA-182, annex B, for the polynomial; its check value over the digits 1 to 9 is 0x995DC9BBDF1939FA. Eight tables
/// take eight bytes at once, after M. E. Kounavis and F. L. Berry, IEEE Trans. Comput. 57 (2008), 1550-1560.
/// </remarks>
internal static class Crc64
{
    private const ulong Polynomial = 0xC96C_5795_D787_0F42;
    private static readonly ulong[][] Tables = CreateTables();

    /// <summary>The check of some bytes.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="before">The check of the bytes that come before them; zero for none.</param>
    public static ulong Of(ReadOnlySpan<byte> bytes, ulong before = 0)
    {
        ulong crc = ~before;
        ulong[][] tables = Tables;
        while (bytes.Length >= 8)
        {
            crc ^= BinaryPrimitives.ReadUInt64LittleEndian(bytes);
            crc = tables[7][(byte)crc] ^ tables[6][(byte)(crc >> 8)] ^ tables[5][(byte)(crc >> 16)] ^ tables[4][(byte)(crc >> 24)] ^
                tables[3][(byte)(crc >> 32)] ^ tables[2][(byte)(crc >> 40)] ^ tables[1][(byte)(crc >> 48)] ^ tables[0][(byte)(crc >> 56)];
            bytes = bytes[8..];
        }

        foreach (byte value in bytes)
        {
            crc = tables[0][(byte)(crc ^ value)] ^ (crc >> 8);
        }

        return ~crc;
    }

    private static ulong[][] CreateTables()
    {
        ulong[][] tables = [.. Enumerable.Range(0, 8).Select(_ => new ulong[256])];
        for (int i = 0; i < 256; i++)
        {
            ulong crc = (ulong)i;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) != 0 ? (crc >> 1) ^ Polynomial : crc >> 1;
            }

            tables[0][i] = crc;
        }

        for (int i = 0; i < 256; i++)
        {
            for (int t = 1; t < 8; t++)
            {
                tables[t][i] = tables[0][(byte)tables[t - 1][i]] ^ (tables[t - 1][i] >> 8);
            }
        }

        return tables;
    }
}
