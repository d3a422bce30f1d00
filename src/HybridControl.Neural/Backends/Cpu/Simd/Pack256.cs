using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace HybridControl.Neural.Backends.Cpu.Simd;

/// <summary>Eight floats or four doubles side by side (AVX2).</summary>
internal readonly unsafe struct Pack256<T>(Vector256<T> value) : IPack<Pack256<T>, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Vector256<T> _value = value;

    public static bool IsSupported => Vector256.IsHardwareAccelerated && Avx2.IsSupported;

    public static int Width => Vector256<T>.Count;

    public static int PanelPacks => 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pack256<T> All(T value) => new(Vector256.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pack256<T> Constant(double value) =>
        new(typeof(T) == typeof(float) ? Vector256.Create((float)value).As<float, T>() : Vector256.Create(value).As<double, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pack256<T> Load(T* source) => new(Vector256.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pack256<T> LoadPart(T* source, int count) => new(typeof(T) == typeof(float)
        ? Avx.MaskLoad((float*)source, First(count).AsSingle()).As<float, T>()
        : Avx.MaskLoad((double*)source, First(count).AsDouble()).As<double, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pack256<T> LoadBFloat16(ushort* source) => new(typeof(T) == typeof(float)
        ? (Avx2.ConvertToVector256Int32(Vector128.Load(source)) << 16).As<int, T>()
        : Avx.ConvertToVector256Double((Sse41.ConvertToVector128Int32(Vector128.CreateScalarUnsafe(*(long*)source).AsUInt16()) << 16).AsSingle()).As<double, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pack256<T> LoadInt8(sbyte* source) => new(typeof(T) == typeof(float)
        ? Vector256.ConvertToSingle(Avx2.ConvertToVector256Int32(Vector128.CreateScalarUnsafe(*(long*)source).AsSByte())).As<float, T>()
        : Avx.ConvertToVector256Double(Sse41.ConvertToVector128Int32(Vector128.CreateScalarUnsafe(*(int*)source).AsSByte())).As<double, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(T* target) => _value.Store(target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void StorePart(T* target, int count)
    {
        if (typeof(T) == typeof(float))
        {
            Avx.MaskStore((float*)target, First(count).AsSingle(), _value.AsSingle());
        }
        else
        {
            Avx.MaskStore((double*)target, First(count).AsDouble(), _value.AsDouble());
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pack256<T> operator +(Pack256<T> a, Pack256<T> b) => new(a._value + b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pack256<T> operator -(Pack256<T> a, Pack256<T> b) => new(a._value - b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pack256<T> operator *(Pack256<T> a, Pack256<T> b) => new(a._value * b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pack256<T> operator /(Pack256<T> a, Pack256<T> b) => new(a._value / b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pack256<T> MultiplyAdd(Pack256<T> a, Pack256<T> b, Pack256<T> c) => new(typeof(T) == typeof(float)
        ? Vector256.MultiplyAddEstimate(a._value.AsSingle(), b._value.AsSingle(), c._value.AsSingle()).As<float, T>()
        : Vector256.MultiplyAddEstimate(a._value.AsDouble(), b._value.AsDouble(), c._value.AsDouble()).As<double, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pack256<T> Max(Pack256<T> a, Pack256<T> b) => new(Vector256.MaxNative(a._value, b._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pack256<T> Min(Pack256<T> a, Pack256<T> b) => new(Vector256.MinNative(a._value, b._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pack256<T> Abs(Pack256<T> a) => new(Vector256.Abs(a._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pack256<T> Sqrt(Pack256<T> a) => new(Vector256.Sqrt(a._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pack256<T> Round(Pack256<T> a) => new(typeof(T) == typeof(float)
        ? Vector256.Round(a._value.AsSingle()).As<float, T>()
        : Vector256.Round(a._value.AsDouble()).As<double, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pack256<T> Scale(Pack256<T> a, Pack256<T> k)
    {
        // The exponent is put together as bits: -127 makes zero, 128 infinity.
        if (typeof(T) == typeof(float))
        {
            Vector256<float> bounded = Vector256.MinNative(Vector256.Create(128.0f), Vector256.MaxNative(Vector256.Create(-127.0f), k._value.AsSingle()));
            Vector256<int> bits = (Vector256.ConvertToInt32(bounded) + Vector256.Create(127)) << 23;
            return new((a._value.AsSingle() * bits.AsSingle()).As<float, T>());
        }

        // The sum with 2^52 + 2^51 + bias keeps a whole number in the low bits.
        Vector256<double> within = Vector256.MinNative(Vector256.Create(1024.0), Vector256.MaxNative(Vector256.Create(-1023.0), k._value.AsDouble()));
        Vector256<long> exponent = (within + Vector256.Create(6755399441055744.0 + 1023.0)).AsInt64() << 52;
        return new((a._value.AsDouble() * exponent.AsDouble()).As<double, T>());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pack256<T> Less(Pack256<T> a, Pack256<T> b, Pack256<T> whenTrue, Pack256<T> whenFalse) =>
        new(Vector256.ConditionalSelect(Vector256.LessThan(a._value, b._value), whenTrue._value, whenFalse._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Sum(Pack256<T> a) => Pack128<T>.Sum(new Pack128<T>(a._value.GetLower() + a._value.GetUpper()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Greatest(Pack256<T> a) => Pack128<T>.Greatest(new Pack128<T>(Vector128.MaxNative(a._value.GetLower(), a._value.GetUpper())));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<T> First(int count) => typeof(T) == typeof(float)
        ? Vector256.LessThan(Vector256<int>.Indices, Vector256.Create(count)).As<int, T>()
        : Vector256.LessThan(Vector256<long>.Indices, Vector256.Create((long)count)).As<long, T>();
}
