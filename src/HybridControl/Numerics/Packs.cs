using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace HybridControl.Numerics;

/// <summary>Neighbouring numbers of a row that a kernel treats at once. Kernels are written once and compiled for each width.</summary>
internal interface IPack<T> where T : struct, IPack<T>
{
    /// <summary>How many numbers.</summary>
    static abstract int Count { get; }

    /// <summary>The number <paramref name="value"/> in every place.</summary>
    static abstract T All(double value);

    /// <summary>The numbers from <paramref name="source"/> on.</summary>
    static abstract T Load(ref double source);

    /// <summary>a * b + c, rounded once where the processor can.</summary>
    static abstract T MultiplyAdd(T a, T b, T c);

    /// <summary>Product.</summary>
    static abstract T Multiply(T a, T b);

    /// <summary>Sum.</summary>
    static abstract T Add(T a, T b);

    /// <summary>Difference.</summary>
    static abstract T Subtract(T a, T b);

    /// <summary>The sum over all places.</summary>
    static abstract double Sum(T a);

    /// <summary>Writes the numbers from <paramref name="target"/> on.</summary>
    void Store(ref double target);
}

internal readonly struct Pack1(double value) : IPack<Pack1>
{
    private readonly double _value = value;

    public static int Count => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pack1 All(double value) => new(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pack1 Load(ref double source) => new(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pack1 MultiplyAdd(Pack1 a, Pack1 b, Pack1 c) => new(double.MultiplyAddEstimate(a._value, b._value, c._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pack1 Multiply(Pack1 a, Pack1 b) => new(a._value * b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pack1 Add(Pack1 a, Pack1 b) => new(a._value + b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pack1 Subtract(Pack1 a, Pack1 b) => new(a._value - b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Sum(Pack1 a) => a._value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(ref double target) => target = _value;
}

internal readonly struct Pack2(Vector128<double> value) : IPack<Pack2>
{
    private readonly Vector128<double> _value = value;

    public static int Count => 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pack2 All(double value) => new(Vector128.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pack2 Load(ref double source) => new(Vector128.LoadUnsafe(ref source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pack2 MultiplyAdd(Pack2 a, Pack2 b, Pack2 c) => new(Vector128.MultiplyAddEstimate(a._value, b._value, c._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pack2 Multiply(Pack2 a, Pack2 b) => new(a._value * b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pack2 Add(Pack2 a, Pack2 b) => new(a._value + b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pack2 Subtract(Pack2 a, Pack2 b) => new(a._value - b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Sum(Pack2 a) => Vector128.Sum(a._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(ref double target) => _value.StoreUnsafe(ref target);
}

internal readonly struct Pack4(Vector256<double> value) : IPack<Pack4>
{
    private readonly Vector256<double> _value = value;

    public static int Count => 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pack4 All(double value) => new(Vector256.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pack4 Load(ref double source) => new(Vector256.LoadUnsafe(ref source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pack4 MultiplyAdd(Pack4 a, Pack4 b, Pack4 c) => new(Vector256.MultiplyAddEstimate(a._value, b._value, c._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pack4 Multiply(Pack4 a, Pack4 b) => new(a._value * b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pack4 Add(Pack4 a, Pack4 b) => new(a._value + b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pack4 Subtract(Pack4 a, Pack4 b) => new(a._value - b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Sum(Pack4 a) => Vector256.Sum(a._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(ref double target) => _value.StoreUnsafe(ref target);
}

internal readonly struct Pack8(Vector512<double> value) : IPack<Pack8>
{
    private readonly Vector512<double> _value = value;

    public static int Count => 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pack8 All(double value) => new(Vector512.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pack8 Load(ref double source) => new(Vector512.LoadUnsafe(ref source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pack8 MultiplyAdd(Pack8 a, Pack8 b, Pack8 c) => new(Vector512.MultiplyAddEstimate(a._value, b._value, c._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pack8 Multiply(Pack8 a, Pack8 b) => new(a._value * b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pack8 Add(Pack8 a, Pack8 b) => new(a._value + b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pack8 Subtract(Pack8 a, Pack8 b) => new(a._value - b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Sum(Pack8 a) => Vector512.Sum(a._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(ref double target) => _value.StoreUnsafe(ref target);
}

/// <summary>Two packs side by side: more sums at once than one pack has, so that they need not wait for each other.</summary>
internal readonly struct PackPair<T>(T left, T right) : IPack<PackPair<T>> where T : struct, IPack<T>
{
    private readonly T _left = left;
    private readonly T _right = right;

    public static int Count => 2 * T.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PackPair<T> All(double value)
    {
        T all = T.All(value);
        return new(all, all);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PackPair<T> Load(ref double source) => new(T.Load(ref source), T.Load(ref Unsafe.Add(ref source, T.Count)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PackPair<T> MultiplyAdd(PackPair<T> a, PackPair<T> b, PackPair<T> c) =>
        new(T.MultiplyAdd(a._left, b._left, c._left), T.MultiplyAdd(a._right, b._right, c._right));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PackPair<T> Multiply(PackPair<T> a, PackPair<T> b) => new(T.Multiply(a._left, b._left), T.Multiply(a._right, b._right));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PackPair<T> Add(PackPair<T> a, PackPair<T> b) => new(T.Add(a._left, b._left), T.Add(a._right, b._right));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PackPair<T> Subtract(PackPair<T> a, PackPair<T> b) => new(T.Subtract(a._left, b._left), T.Subtract(a._right, b._right));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Sum(PackPair<T> a) => T.Sum(T.Add(a._left, a._right));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(ref double target)
    {
        _left.Store(ref target);
        _right.Store(ref Unsafe.Add(ref target, T.Count));
    }
}

/// <summary>Three packs side by side.</summary>
internal readonly struct PackTriple<T>(T left, T middle, T right) : IPack<PackTriple<T>> where T : struct, IPack<T>
{
    private readonly T _left = left;
    private readonly T _middle = middle;
    private readonly T _right = right;

    public static int Count => 3 * T.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PackTriple<T> All(double value)
    {
        T all = T.All(value);
        return new(all, all, all);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PackTriple<T> Load(ref double source) => new(
        T.Load(ref source), T.Load(ref Unsafe.Add(ref source, T.Count)), T.Load(ref Unsafe.Add(ref source, 2 * T.Count)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PackTriple<T> MultiplyAdd(PackTriple<T> a, PackTriple<T> b, PackTriple<T> c) => new(
        T.MultiplyAdd(a._left, b._left, c._left),
        T.MultiplyAdd(a._middle, b._middle, c._middle),
        T.MultiplyAdd(a._right, b._right, c._right));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PackTriple<T> Multiply(PackTriple<T> a, PackTriple<T> b) =>
        new(T.Multiply(a._left, b._left), T.Multiply(a._middle, b._middle), T.Multiply(a._right, b._right));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PackTriple<T> Add(PackTriple<T> a, PackTriple<T> b) =>
        new(T.Add(a._left, b._left), T.Add(a._middle, b._middle), T.Add(a._right, b._right));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PackTriple<T> Subtract(PackTriple<T> a, PackTriple<T> b) =>
        new(T.Subtract(a._left, b._left), T.Subtract(a._middle, b._middle), T.Subtract(a._right, b._right));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Sum(PackTriple<T> a) => T.Sum(T.Add(T.Add(a._left, a._middle), a._right));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(ref double target)
    {
        _left.Store(ref target);
        _middle.Store(ref Unsafe.Add(ref target, T.Count));
        _right.Store(ref Unsafe.Add(ref target, 2 * T.Count));
    }
}
