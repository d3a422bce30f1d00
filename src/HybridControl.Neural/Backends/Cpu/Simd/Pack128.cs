using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;

namespace HybridControl.Neural.Backends.Cpu.Simd;

/// <summary>Four floats or two doubles side by side: what every processor has, one by one in software where it has not.</summary>
internal readonly unsafe struct Pack128<T>(Vector128<T> value) : IPack<Pack128<T>, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Vector128<T> _value = value;

    public static bool IsSupported => true;

    public static int Width => Vector128<T>.Count;

    public static int PanelPacks => AdvSimd.IsSupported ? 4 : 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pack128<T> All(T value) => new(Vector128.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pack128<T> Constant(double value) =>
        new(typeof(T) == typeof(float) ? Vector128.Create((float)value).As<float, T>() : Vector128.Create(value).As<double, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pack128<T> Load(T* source) => new(Vector128.Load(source));

    public static Pack128<T> LoadPart(T* source, int count)
    {
        Vector128<T> value = Vector128<T>.Zero;
        for (int i = 0; i < count; i++)
        {
            value = value.WithElement(i, source[i]);
        }

        return new(value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pack128<T> LoadBFloat16(ushort* source)
    {
        Vector128<float> values = (Vector128.WidenLower(Vector128.CreateScalarUnsafe(typeof(T) == typeof(float) ? *(ulong*)source : *(uint*)source).AsUInt16()) << 16).AsSingle();
        return new(typeof(T) == typeof(float) ? values.As<float, T>() : Vector128.WidenLower(values).As<double, T>());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pack128<T> LoadInt8(sbyte* source) => new(typeof(T) == typeof(float)
        ? Vector128.Create((float)source[0], source[1], source[2], source[3]).As<float, T>()
        : Vector128.Create((double)source[0], source[1]).As<double, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(T* target) => _value.Store(target);

    public void StorePart(T* target, int count)
    {
        for (int i = 0; i < count; i++)
        {
            target[i] = _value[i];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pack128<T> operator +(Pack128<T> a, Pack128<T> b) => new(a._value + b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pack128<T> operator -(Pack128<T> a, Pack128<T> b) => new(a._value - b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pack128<T> operator *(Pack128<T> a, Pack128<T> b) => new(a._value * b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pack128<T> operator /(Pack128<T> a, Pack128<T> b) => new(a._value / b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pack128<T> MultiplyAdd(Pack128<T> a, Pack128<T> b, Pack128<T> c) => new(typeof(T) == typeof(float)
        ? Vector128.MultiplyAddEstimate(a._value.AsSingle(), b._value.AsSingle(), c._value.AsSingle()).As<float, T>()
        : Vector128.MultiplyAddEstimate(a._value.AsDouble(), b._value.AsDouble(), c._value.AsDouble()).As<double, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pack128<T> Max(Pack128<T> a, Pack128<T> b) => new(Vector128.MaxNative(a._value, b._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pack128<T> Min(Pack128<T> a, Pack128<T> b) => new(Vector128.MinNative(a._value, b._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pack128<T> Abs(Pack128<T> a) => new(Vector128.Abs(a._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pack128<T> Sqrt(Pack128<T> a) => new(Vector128.Sqrt(a._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pack128<T> Round(Pack128<T> a) => new(typeof(T) == typeof(float)
        ? Vector128.Round(a._value.AsSingle()).As<float, T>()
        : Vector128.Round(a._value.AsDouble()).As<double, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pack128<T> Scale(Pack128<T> a, Pack128<T> k)
    {
        // The exponent is put together as bits: -127 makes zero, 128 infinity.
        if (typeof(T) == typeof(float))
        {
            Vector128<float> bounded = Vector128.MinNative(Vector128.Create(128.0f), Vector128.MaxNative(Vector128.Create(-127.0f), k._value.AsSingle()));
            Vector128<int> bits = (Vector128.ConvertToInt32(bounded) + Vector128.Create(127)) << 23;
            return new((a._value.AsSingle() * bits.AsSingle()).As<float, T>());
        }

        // The sum with 2^52 + 2^51 + bias keeps a whole number in the low bits.
        Vector128<double> within = Vector128.MinNative(Vector128.Create(1024.0), Vector128.MaxNative(Vector128.Create(-1023.0), k._value.AsDouble()));
        Vector128<long> exponent = (within + Vector128.Create(6755399441055744.0 + 1023.0)).AsInt64() << 52;
        return new((a._value.AsDouble() * exponent.AsDouble()).As<double, T>());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pack128<T> Less(Pack128<T> a, Pack128<T> b, Pack128<T> whenTrue, Pack128<T> whenFalse) =>
        new(Vector128.ConditionalSelect(Vector128.LessThan(a._value, b._value), whenTrue._value, whenFalse._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Sum(Pack128<T> a) => Vector128.Sum(a._value);

    public static T Greatest(Pack128<T> a)
    {
        T greatest = a._value[0];
        for (int i = 1; i < Width; i++)
        {
            greatest = T.Max(greatest, a._value[i]);
        }

        return greatest;
    }
}
