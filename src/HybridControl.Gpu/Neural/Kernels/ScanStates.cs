using System.Numerics;
using ILGPU;

namespace HybridControl.Gpu.Neural.Kernels;

/// <summary>The states of one channel of a selective scan, in the registers of one thread.</summary>
/// <remarks>Arrays would be indexed at run time and so live in memory: states are fields, four at a time, doubled as often as needed.</remarks>
internal interface IScanStates<T, TSelf>
    where T : unmanaged
    where TSelf : struct
{
    /// <summary>How many.</summary>
    static abstract int Count { get; }

    /// <summary>Reads entries <c>(first + j) * stride + channel</c> of a row; zero from <paramref name="size"/> on.</summary>
    static abstract TSelf Load(KernelMatrix<T> from, int row, int stride, int channel, int first, int size);

    /// <summary>Writes what <see cref="Load"/> reads.</summary>
    static abstract void Save(TSelf states, KernelMatrix<T> to, int row, int stride, int channel, int first, int size);

    /// <summary><c>h = 2^(delta rate) h + input b</c>.</summary>
    static abstract TSelf Advance(TSelf states, TSelf rates, T delta, T input, ArrayView<T> b, int offset);

    /// <summary>Sum of <c>h c</c>.</summary>
    static abstract T Dot(TSelf states, ArrayView<T> c, int offset);

    /// <summary>Each times a number.</summary>
    static abstract TSelf Scale(TSelf states, T factor);
}

/// <summary>Four states.</summary>
internal struct FourStates<T, TNumbers> : IScanStates<T, FourStates<T, TNumbers>>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TNumbers : struct, IKernelNumbers<T>
{
    private T _a;
    private T _b;
    private T _c;
    private T _d;

    public static int Count => 4;

    public static FourStates<T, TNumbers> Load(KernelMatrix<T> from, int row, int stride, int channel, int first, int size)
    {
        int column = (first * stride) + channel;
        FourStates<T, TNumbers> states;
        states._a = first < size ? from[row, column] : T.Zero;
        states._b = first + 1 < size ? from[row, column + stride] : T.Zero;
        states._c = first + 2 < size ? from[row, column + (2 * stride)] : T.Zero;
        states._d = first + 3 < size ? from[row, column + (3 * stride)] : T.Zero;
        return states;
    }

    public static void Save(FourStates<T, TNumbers> states, KernelMatrix<T> to, int row, int stride, int channel, int first, int size)
    {
        int column = (first * stride) + channel;
        Save(to, row, column, states._a, first < size);
        Save(to, row, column + stride, states._b, first + 1 < size);
        Save(to, row, column + (2 * stride), states._c, first + 2 < size);
        Save(to, row, column + (3 * stride), states._d, first + 3 < size);
    }

    public static FourStates<T, TNumbers> Advance(
        FourStates<T, TNumbers> states, FourStates<T, TNumbers> rates, T delta, T input, ArrayView<T> b, int offset)
    {
        FourStates<T, TNumbers> next;
        next._a = (TNumbers.PowerOfTwo(delta * rates._a) * states._a) + (input * b[offset]);
        next._b = (TNumbers.PowerOfTwo(delta * rates._b) * states._b) + (input * b[offset + 1]);
        next._c = (TNumbers.PowerOfTwo(delta * rates._c) * states._c) + (input * b[offset + 2]);
        next._d = (TNumbers.PowerOfTwo(delta * rates._d) * states._d) + (input * b[offset + 3]);
        return next;
    }

    public static T Dot(FourStates<T, TNumbers> states, ArrayView<T> c, int offset) =>
        (states._a * c[offset]) + (states._b * c[offset + 1]) + (states._c * c[offset + 2]) + (states._d * c[offset + 3]);

    public static FourStates<T, TNumbers> Scale(FourStates<T, TNumbers> states, T factor)
    {
        states._a *= factor;
        states._b *= factor;
        states._c *= factor;
        states._d *= factor;
        return states;
    }

    private static void Save(KernelMatrix<T> to, int row, int column, T value, bool exists)
    {
        if (exists)
        {
            to[row, column] = value;
        }
    }
}

/// <summary>Twice as many states.</summary>
internal struct TwiceStates<T, THalf> : IScanStates<T, TwiceStates<T, THalf>>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where THalf : struct, IScanStates<T, THalf>
{
    private THalf _low;
    private THalf _high;

    public static int Count => 2 * THalf.Count;

    public static TwiceStates<T, THalf> Load(KernelMatrix<T> from, int row, int stride, int channel, int first, int size)
    {
        TwiceStates<T, THalf> states;
        states._low = THalf.Load(from, row, stride, channel, first, size);
        states._high = THalf.Load(from, row, stride, channel, first + THalf.Count, size);
        return states;
    }

    public static void Save(TwiceStates<T, THalf> states, KernelMatrix<T> to, int row, int stride, int channel, int first, int size)
    {
        THalf.Save(states._low, to, row, stride, channel, first, size);
        THalf.Save(states._high, to, row, stride, channel, first + THalf.Count, size);
    }

    public static TwiceStates<T, THalf> Advance(
        TwiceStates<T, THalf> states, TwiceStates<T, THalf> rates, T delta, T input, ArrayView<T> b, int offset)
    {
        TwiceStates<T, THalf> next;
        next._low = THalf.Advance(states._low, rates._low, delta, input, b, offset);
        next._high = THalf.Advance(states._high, rates._high, delta, input, b, offset + THalf.Count);
        return next;
    }

    public static T Dot(TwiceStates<T, THalf> states, ArrayView<T> c, int offset) =>
        THalf.Dot(states._low, c, offset) + THalf.Dot(states._high, c, offset + THalf.Count);

    public static TwiceStates<T, THalf> Scale(TwiceStates<T, THalf> states, T factor)
    {
        TwiceStates<T, THalf> scaled;
        scaled._low = THalf.Scale(states._low, factor);
        scaled._high = THalf.Scale(states._high, factor);
        return scaled;
    }
}
