using System.Numerics;
using System.Runtime.CompilerServices;

namespace HybridControl.Numerics;

/// <summary>What factorisations need from the numbers that they are generic over: doubles, and complex numbers.</summary>
internal static class Field
{
    /// <summary>A real number as a number of the field.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Lift<T>(double value) where T : struct, INumberBase<T>
    {
        if (typeof(T) == typeof(double))
        {
            return Unsafe.BitCast<double, T>(value);
        }

        return Unsafe.BitCast<Complex, T>(new Complex(value, 0.0));
    }

    /// <summary>A number of the field times a real number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Scale<T>(T value, double factor) where T : struct, INumberBase<T>
    {
        if (typeof(T) == typeof(double))
        {
            return Unsafe.BitCast<double, T>(Unsafe.BitCast<T, double>(value) * factor);
        }

        Complex z = Unsafe.BitCast<T, Complex>(value);
        return Unsafe.BitCast<Complex, T>(new Complex(z.Real * factor, z.Imaginary * factor));
    }

    /// <summary>|re| + |im|: as good as the modulus for the choice of a pivot.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Size<T>(T value) where T : struct, INumberBase<T>
    {
        if (typeof(T) == typeof(double))
        {
            return Math.Abs(Unsafe.BitCast<T, double>(value));
        }

        Complex z = Unsafe.BitCast<T, Complex>(value);
        return Math.Abs(z.Real) + Math.Abs(z.Imaginary);
    }

    /// <summary>1 / value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Reciprocal<T>(T value) where T : struct, INumberBase<T>
    {
        if (typeof(T) == typeof(double))
        {
            return Unsafe.BitCast<double, T>(1.0 / Unsafe.BitCast<T, double>(value));
        }

        Complex z = Unsafe.BitCast<T, Complex>(value);
        double inverse = 1.0 / ((z.Real * z.Real) + (z.Imaginary * z.Imaginary));
        return Unsafe.BitCast<Complex, T>(new Complex(z.Real * inverse, -z.Imaginary * inverse));
    }

    /// <summary>a - b c.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T SubtractProduct<T>(T a, T b, T c) where T : struct, INumberBase<T>
    {
        if (typeof(T) == typeof(double))
        {
            return a - (b * c);
        }

        Complex x = Unsafe.BitCast<T, Complex>(a);
        Complex y = Unsafe.BitCast<T, Complex>(b);
        Complex z = Unsafe.BitCast<T, Complex>(c);
        return Unsafe.BitCast<Complex, T>(new Complex(
            x.Real - (y.Real * z.Real) + (y.Imaginary * z.Imaginary),
            x.Imaginary - (y.Real * z.Imaginary) - (y.Imaginary * z.Real)));
    }

    /// <summary>Whether a number may be a pivot: not zero, and finite.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsPivot(double size) => size > 0.0 && size < double.PositiveInfinity;
}
