using System.Numerics;
using System.Runtime.InteropServices;

namespace HybridControl.Neural.Safetensors;

/// <summary>A floating-point format of 16 bits, many numbers at a time.</summary>
internal interface IShortFloat
{
    /// <summary>Bits of the single-precision numbers that equal words of 16 bits.</summary>
    static abstract Vector<int> Widen(Vector<int> words);

    /// <summary>Words of 16 bits nearest to single-precision numbers, given as bits; halves go to the even one.</summary>
    static abstract Vector<int> Narrow(Vector<int> bits);
}

/// <summary>Converts rows between formats of 16 bits and single precision.</summary>
internal static class ShortFloat
{
    /// <summary>Exact; NaNs keep sign and payload.</summary>
    public static void Widen<TFormat>(ReadOnlySpan<ushort> words, Span<float> target)
        where TFormat : IShortFloat
    {
        target = target[..words.Length];
        ref ushort from = ref MemoryMarshal.GetReference(words);
        ref float to = ref MemoryMarshal.GetReference(target);
        int width = Vector<ushort>.Count;
        int at = 0;
        for (; at <= words.Length - width; at += width)
        {
            Vector.Widen(Vector.LoadUnsafe(ref from, (nuint)at), out Vector<uint> low, out Vector<uint> high);
            Vector.AsVectorSingle(TFormat.Widen(Vector.AsVectorInt32(low))).StoreUnsafe(ref to, (nuint)at);
            Vector.AsVectorSingle(TFormat.Widen(Vector.AsVectorInt32(high))).StoreUnsafe(ref to, (nuint)(at + (width / 2)));
        }

        if (at < words.Length)
        {
            Span<ushort> rest = stackalloc ushort[Vector<ushort>.Count];
            Span<float> wide = stackalloc float[Vector<ushort>.Count];
            words[at..].CopyTo(rest);
            Widen<TFormat>(rest, wide);
            wide[..(words.Length - at)].CopyTo(target[at..]);
        }
    }

    /// <summary>Rounds to nearest, halves to even; beyond the largest number lies infinity; a NaN stays one.</summary>
    public static void Narrow<TFormat>(ReadOnlySpan<float> values, Span<ushort> target)
        where TFormat : IShortFloat
    {
        target = target[..values.Length];
        ref float from = ref MemoryMarshal.GetReference(values);
        ref ushort to = ref MemoryMarshal.GetReference(target);
        int width = Vector<ushort>.Count;
        int at = 0;
        for (; at <= values.Length - width; at += width)
        {
            Vector<int> low = TFormat.Narrow(Vector.AsVectorInt32(Vector.LoadUnsafe(ref from, (nuint)at)));
            Vector<int> high = TFormat.Narrow(Vector.AsVectorInt32(Vector.LoadUnsafe(ref from, (nuint)(at + (width / 2)))));
            Vector.Narrow(Vector.AsVectorUInt32(low), Vector.AsVectorUInt32(high)).StoreUnsafe(ref to, (nuint)at);
        }

        if (at < values.Length)
        {
            Span<float> rest = stackalloc float[Vector<ushort>.Count];
            Span<ushort> narrow = stackalloc ushort[Vector<ushort>.Count];
            values[at..].CopyTo(rest);
            Narrow<TFormat>(rest, narrow);
            narrow[..(values.Length - at)].CopyTo(target[at..]);
        }
    }
}
