using System.Numerics;
using System.Runtime.InteropServices;

namespace HybridControl.Neural.Safetensors;

/// <summary>Converts runs of numbers between the formats of a file and those of the processor.</summary>
/// <remarks>
/// To a wider format every value is exact; to a narrower one it is rounded once to nearest, halves to even, and beyond the
/// largest number to infinity. A NaN stays one. Rows of 16 bits go many at a time. Allocates nothing where the processor is little-endian.
/// </remarks>
internal static class TensorNumbers
{
    private const int BlockLength = 256;

    /// <summary>Reads numbers of any format as floats, doubles, or (whole ones) longs.</summary>
    /// <param name="type">Format of the bytes.</param>
    /// <param name="bytes">As in a file: little-endian, at any address.</param>
    /// <param name="target">One entry for each number.</param>
    /// <exception cref="ArgumentException">The lengths do not fit.</exception>
    public static void Read<T>(TensorType type, ReadOnlySpan<byte> bytes, Span<T> target)
        where T : unmanaged, INumberBase<T>
    {
        int size = TensorTypes.SizeOf(type);
        CheckLengths(bytes.Length, size, target.Length);
        if (!BitConverter.IsLittleEndian)
        {
            byte[] turned = bytes.ToArray();
            Turn(turned, size);
            bytes = turned;
        }

        switch (type)
        {
            case TensorType.F64:
                Convert(As<double>(bytes), target);
                break;
            case TensorType.F32:
                Convert(As<float>(bytes), target);
                break;
            case TensorType.F16:
                Widen<HalfFloat, T>(As<ushort>(bytes), target);
                break;
            case TensorType.BF16:
                Widen<BrainFloat, T>(As<ushort>(bytes), target);
                break;
            case TensorType.I64:
                Convert(As<long>(bytes), target);
                break;
            case TensorType.I32:
                Convert(As<int>(bytes), target);
                break;
            case TensorType.I16:
                Convert(As<short>(bytes), target);
                break;
            case TensorType.I8:
                Convert(As<sbyte>(bytes), target);
                break;
            case TensorType.U64:
                Convert(As<ulong>(bytes), target);
                break;
            case TensorType.U32:
                Convert(As<uint>(bytes), target);
                break;
            case TensorType.U16:
                Convert(As<ushort>(bytes), target);
                break;
            default:
                Convert(bytes, target);
                break;
        }
    }

    /// <summary>Writes floats or doubles as F64, F32, F16 or BF16, and longs as I64.</summary>
    /// <param name="type">Format of the bytes.</param>
    /// <param name="values">Numbers.</param>
    /// <param name="target">As in a file: little-endian, at any address.</param>
    /// <exception cref="ArgumentException">The lengths do not fit, or the format cannot be written from such numbers.</exception>
    public static void Write<T>(TensorType type, ReadOnlySpan<T> values, Span<byte> target)
        where T : unmanaged, INumberBase<T>
    {
        int size = TensorTypes.SizeOf(type);
        CheckLengths(target.Length, size, values.Length);
        CheckWritable<T>(type);
        switch (type)
        {
            case TensorType.F64:
                Convert(values, MemoryMarshal.Cast<byte, double>(target));
                break;
            case TensorType.F32:
                Convert(values, MemoryMarshal.Cast<byte, float>(target));
                break;
            case TensorType.F16:
                Narrow<HalfFloat, T>(values, MemoryMarshal.Cast<byte, ushort>(target));
                break;
            case TensorType.BF16:
                Narrow<BrainFloat, T>(values, MemoryMarshal.Cast<byte, ushort>(target));
                break;
            default:
                Convert(values, MemoryMarshal.Cast<byte, long>(target));
                break;
        }

        if (!BitConverter.IsLittleEndian)
        {
            Turn(target, size);
        }
    }

    /// <exception cref="ArgumentException">The format cannot be written from such numbers.</exception>
    public static void CheckWritable<T>(TensorType type)
    {
        bool fits = typeof(T) == typeof(long) ? type == TensorType.I64
            : type is TensorType.F64 or TensorType.F32 or TensorType.F16 or TensorType.BF16;
        if (!fits)
        {
            throw new ArgumentException(
                $"Floats and doubles are written as F64, F32, F16 or BF16 and longs as I64, not {typeof(T).Name} as {TensorTypes.NameOf(type)}.",
                nameof(type));
        }
    }

    private static ReadOnlySpan<T> As<T>(ReadOnlySpan<byte> bytes)
        where T : unmanaged => MemoryMarshal.Cast<byte, T>(bytes);

    private static void Convert<TFrom, T>(ReadOnlySpan<TFrom> values, Span<T> target)
        where TFrom : unmanaged, INumberBase<TFrom>
        where T : unmanaged, INumberBase<T>
    {
        if (typeof(TFrom) == typeof(T))
        {
            MemoryMarshal.AsBytes(values).CopyTo(MemoryMarshal.AsBytes(target));
            return;
        }

        for (int i = 0; i < target.Length; i++)
        {
            target[i] = T.CreateTruncating(values[i]);
        }
    }

    private static void Widen<TFormat, T>(ReadOnlySpan<ushort> words, Span<T> target)
        where TFormat : IShortFloat
        where T : unmanaged, INumberBase<T>
    {
        if (typeof(T) == typeof(float))
        {
            ShortFloat.Widen<TFormat>(words, MemoryMarshal.Cast<T, float>(target));
            return;
        }

        Span<float> block = stackalloc float[BlockLength];
        while (!words.IsEmpty)
        {
            int count = Math.Min(BlockLength, words.Length);
            ShortFloat.Widen<TFormat>(words[..count], block);
            Convert<float, T>(block[..count], target[..count]);
            words = words[count..];
            target = target[count..];
        }
    }

    private static void Narrow<TFormat, T>(ReadOnlySpan<T> values, Span<ushort> target)
        where TFormat : IShortFloat
        where T : unmanaged, INumberBase<T>
    {
        if (typeof(T) == typeof(float))
        {
            ShortFloat.Narrow<TFormat>(MemoryMarshal.Cast<T, float>(values), target);
            return;
        }

        Span<float> block = stackalloc float[BlockLength];
        while (!values.IsEmpty)
        {
            int count = Math.Min(BlockLength, values.Length);
            for (int i = 0; i < count; i++)
            {
                block[i] = RoundToOdd(double.CreateTruncating(values[i]));
            }

            ShortFloat.Narrow<TFormat>(block[..count], target);
            values = values[count..];
            target = target[count..];
        }
    }

    /// <summary>The float towards zero, with its last bit set where anything was cut off.</summary>
    /// <remarks>
    /// Rounding that to a format with two bits less or fewer gives what rounding the double at once would, which two roundings to
    /// nearest do not. Source: S. Boldo and G. Melquiond, IEEE Trans. Computers 57 (2008), 462-471.
    /// </remarks>
    internal static float RoundToOdd(double value)
    {
        float nearest = (float)value;
        if (nearest == value || double.IsNaN(value))
        {
            return nearest;
        }

        int bits = BitConverter.SingleToInt32Bits(nearest);
        return BitConverter.Int32BitsToSingle((Math.Abs((double)nearest) > Math.Abs(value) ? bits - 1 : bits) | 1);
    }

    private static void CheckLengths(int bytes, int size, int count)
    {
        if (bytes != (long)count * size)
        {
            throw new ArgumentException($"{count} numbers of {size} bytes do not take {bytes} bytes.", nameof(bytes));
        }
    }

    private static void Turn(Span<byte> bytes, int size)
    {
        for (int at = 0; at < bytes.Length; at += size)
        {
            bytes.Slice(at, size).Reverse();
        }
    }
}
