using System.Buffers.Binary;

namespace HybridControl.Neural.Safetensors;

/// <summary>Names, sizes and values of the number formats.</summary>
internal static class TensorTypes
{
    /// <summary>Names that a header may hold.</summary>
    public static IEnumerable<string> Names => Enum.GetValues<TensorType>().Select(NameOf);

    /// <summary>How a header calls a format.</summary>
    public static string NameOf(TensorType type) => type == TensorType.Bool ? "BOOL" : type.ToString();

    /// <summary>The format of a name, in capitals as the format demands.</summary>
    public static TensorType? Find(string? name)
    {
        foreach (TensorType type in Enum.GetValues<TensorType>())
        {
            if (NameOf(type) == name)
            {
                return type;
            }
        }

        return null;
    }

    /// <summary>Bytes of one number.</summary>
    public static int SizeOf(TensorType type) => type switch
    {
        TensorType.F64 or TensorType.I64 or TensorType.U64 => 8,
        TensorType.F32 or TensorType.I32 or TensorType.U32 => 4,
        TensorType.F16 or TensorType.BF16 or TensorType.I16 or TensorType.U16 => 2,
        _ => 1,
    };

    /// <summary>One number as a double. Integers beyond 2^53 are rounded.</summary>
    public static double ReadDouble(TensorType type, ReadOnlySpan<byte> bytes) => type switch
    {
        TensorType.F64 => BinaryPrimitives.ReadDoubleLittleEndian(bytes),
        TensorType.F32 => BinaryPrimitives.ReadSingleLittleEndian(bytes),
        TensorType.F16 => (double)BinaryPrimitives.ReadHalfLittleEndian(bytes),
        TensorType.BF16 => BitConverter.UInt32BitsToSingle((uint)BinaryPrimitives.ReadUInt16LittleEndian(bytes) << 16),
        TensorType.U64 => BinaryPrimitives.ReadUInt64LittleEndian(bytes),
        _ => ReadInteger(type, bytes),
    };

    /// <summary>One whole number.</summary>
    /// <exception cref="InvalidOperationException">The format holds fractions, or numbers beyond 64 bits with sign.</exception>
    public static long ReadInteger(TensorType type, ReadOnlySpan<byte> bytes) => type switch
    {
        TensorType.I64 => BinaryPrimitives.ReadInt64LittleEndian(bytes),
        TensorType.I32 => BinaryPrimitives.ReadInt32LittleEndian(bytes),
        TensorType.U32 => BinaryPrimitives.ReadUInt32LittleEndian(bytes),
        TensorType.I16 => BinaryPrimitives.ReadInt16LittleEndian(bytes),
        TensorType.U16 => BinaryPrimitives.ReadUInt16LittleEndian(bytes),
        TensorType.I8 => (sbyte)bytes[0],
        TensorType.U8 or TensorType.Bool => bytes[0],
        _ => throw new InvalidOperationException($"Numbers of format {NameOf(type)} are not whole or do not fit 64 bits with sign."),
    };
}
