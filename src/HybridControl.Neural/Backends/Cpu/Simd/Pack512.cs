using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace HybridControl.Neural.Backends.Cpu.Simd;

/// <summary>Sixteen floats or eight doubles side by side (AVX-512).</summary>
internal readonly unsafe struct Pack512<T>(Vector512<T> value) : IPack<Pack512<T>, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Vector512<T> _value = value;

    public static bool IsSupported => Vector512.IsHardwareAccelerated && Avx512F.IsSupported;

    public static int Width => Vector512<T>.Count;

    public static int PanelPacks => 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pack512<T> All(T value) => new(Vector512.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pack512<T> Constant(double value) =>
        new(typeof(T) == typeof(float) ? Vector512.Create((float)value).As<float, T>() : Vector512.Create(value).As<double, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pack512<T> Load(T* source) => new(Vector512.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pack512<T> LoadPart(T* source, int count) => new(typeof(T) == typeof(float)
        ? Avx512F.MaskLoad((float*)source, First(count).AsSingle(), Vector512<float>.Zero).As<float, T>()
        : Avx512F.MaskLoad((double*)source, First(count).AsDouble(), Vector512<double>.Zero).As<double, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pack512<T> LoadBFloat16(ushort* source) => new(typeof(T) == typeof(float)
        ? (Avx512F.ConvertToVector512Int32(Vector256.Load(source)) << 16).As<int, T>()
        : Avx512F.ConvertToVector512Double((Avx2.ConvertToVector256Int32(Vector128.Load(source)) << 16).AsSingle()).As<double, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pack512<T> LoadInt8(sbyte* source) => new(typeof(T) == typeof(float)
        ? Vector512.ConvertToSingle(Avx512F.ConvertToVector512Int32(Vector128.Load(source))).As<float, T>()
        : Avx512F.ConvertToVector512Double(Avx2.ConvertToVector256Int32(Vector128.CreateScalarUnsafe(*(long*)source).AsSByte())).As<double, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(T* target) => _value.Store(target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void StorePart(T* target, int count)
    {
        if (typeof(T) == typeof(float))
        {
            Avx512F.MaskStore((float*)target, First(count).AsSingle(), _value.AsSingle());
        }
        else
        {
            Avx512F.MaskStore((double*)target, First(count).AsDouble(), _value.AsDouble());
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pack512<T> operator +(Pack512<T> a, Pack512<T> b) => new(a._value + b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pack512<T> operator -(Pack512<T> a, Pack512<T> b) => new(a._value - b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pack512<T> operator *(Pack512<T> a, Pack512<T> b) => new(a._value * b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pack512<T> operator /(Pack512<T> a, Pack512<T> b) => new(a._value / b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pack512<T> MultiplyAdd(Pack512<T> a, Pack512<T> b, Pack512<T> c) => new(typeof(T) == typeof(float)
        ? Vector512.MultiplyAddEstimate(a._value.AsSingle(), b._value.AsSingle(), c._value.AsSingle()).As<float, T>()
        : Vector512.MultiplyAddEstimate(a._value.AsDouble(), b._value.AsDouble(), c._value.AsDouble()).As<double, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pack512<T> Max(Pack512<T> a, Pack512<T> b) => new(Vector512.MaxNative(a._value, b._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pack512<T> Min(Pack512<T> a, Pack512<T> b) => new(Vector512.MinNative(a._value, b._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pack512<T> Abs(Pack512<T> a) => new(Vector512.Abs(a._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pack512<T> Sqrt(Pack512<T> a) => new(Vector512.Sqrt(a._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pack512<T> Round(Pack512<T> a) => new(typeof(T) == typeof(float)
        ? Vector512.Round(a._value.AsSingle()).As<float, T>()
        : Vector512.Round(a._value.AsDouble()).As<double, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pack512<T> Scale(Pack512<T> a, Pack512<T> k) => new(typeof(T) == typeof(float)
        ? Avx512F.Scale(a._value.AsSingle(), k._value.AsSingle()).As<float, T>()
        : Avx512F.Scale(a._value.AsDouble(), k._value.AsDouble()).As<double, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pack512<T> Less(Pack512<T> a, Pack512<T> b, Pack512<T> whenTrue, Pack512<T> whenFalse) =>
        new(Vector512.ConditionalSelect(Vector512.LessThan(a._value, b._value), whenTrue._value, whenFalse._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Sum(Pack512<T> a) => Pack256<T>.Sum(new Pack256<T>(a._value.GetLower() + a._value.GetUpper()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Greatest(Pack512<T> a) => Pack256<T>.Greatest(new Pack256<T>(Vector256.MaxNative(a._value.GetLower(), a._value.GetUpper())));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<T> First(int count) => typeof(T) == typeof(float)
        ? Vector512.LessThan(Vector512<int>.Indices, Vector512.Create(count)).As<int, T>()
        : Vector512.LessThan(Vector512<long>.Indices, Vector512.Create((long)count)).As<long, T>();
}
