using System.Numerics;
using ILGPU;

namespace HybridControl.Gpu.Neural.Kernels;

/// <summary>A weight inside a kernel, in whatever format it is kept.</summary>
internal interface IKernelWeight<T>
    where T : unmanaged
{
    /// <summary>An entry.</summary>
    T At(int row, int column);

    /// <summary>Four entries from a multiple of four on; beyond the last column there are zeros.</summary>
    Quad<T> Four(int row, int column);
}

/// <summary>Entries as the back-end computes.</summary>
internal struct NativeWeight<T> : IKernelWeight<T>
    where T : unmanaged
{
    public ArrayView<T> Data;
    public int Stride;

    public readonly T At(int row, int column) => Data[((long)row * Stride) + column];

    public readonly Quad<T> Four(int row, int column)
    {
        long first = ((long)row * Stride) + column;
        Quad<T> four;
        four.A = Data[first];
        four.B = Data[first + 1];
        four.C = Data[first + 2];
        four.D = Data[first + 3];
        return four;
    }
}

/// <summary>Upper halves of single-precision numbers, two in a word.</summary>
internal struct HalfWeight<T, TNumbers> : IKernelWeight<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TNumbers : struct, IKernelNumbers<T>
{
    public ArrayView<uint> Words;

    /// <summary>Words of a row.</summary>
    public int Stride;

    public readonly T At(int row, int column)
    {
        uint word = Words[((long)row * Stride) + (column >> 1)];
        return (column & 1) == 0 ? Low(word) : High(word);
    }

    public readonly Quad<T> Four(int row, int column)
    {
        long first = ((long)row * Stride) + (column >> 1);
        uint low = Words[first];
        uint high = Words[first + 1];
        Quad<T> four;
        four.A = Low(low);
        four.B = High(low);
        four.C = Low(high);
        four.D = High(high);
        return four;
    }

    private static T Low(uint word) => TNumbers.Of(Interop.IntAsFloat(word << 16));

    private static T High(uint word) => TNumbers.Of(Interop.IntAsFloat(word & 0xFFFF0000u));
}

/// <summary>Whole numbers of eight bits, four in a word, with a scale for each row.</summary>
internal struct ByteWeight<T, TNumbers> : IKernelWeight<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TNumbers : struct, IKernelNumbers<T>
{
    public ArrayView<uint> Words;
    public ArrayView<float> Scales;

    /// <summary>Words of a row.</summary>
    public int Stride;

    public readonly T At(int row, int column)
    {
        int shift = 24 - (8 * (column & 3));
        return TNumbers.Of(Scales[row]) * Entry(Words[((long)row * Stride) + (column >> 2)], shift);
    }

    public readonly Quad<T> Four(int row, int column)
    {
        uint word = Words[((long)row * Stride) + (column >> 2)];
        T scale = TNumbers.Of(Scales[row]);
        Quad<T> four;
        four.A = scale * Entry(word, 24);
        four.B = scale * Entry(word, 16);
        four.C = scale * Entry(word, 8);
        four.D = scale * Entry(word, 0);
        return four;
    }

    // Shifted up until its sign is the sign of the word, then down with it.
    private static T Entry(uint word, int shift) => TNumbers.Of((int)(word << shift) >> 24);
}
