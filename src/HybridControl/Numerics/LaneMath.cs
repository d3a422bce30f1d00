using System.Runtime.CompilerServices;

namespace HybridControl.Numerics;

/// <summary>Elementary functions in double precision on any <see cref="ILane{T}"/>: one source for vectors, scalars and kernels.</summary>
/// <remarks>
/// <para>No function branches on its argument or reads memory: each lane takes the same instructions whatever its
/// neighbours hold, so the same number gives the same result on every width. Errors stay below two units in the last
/// place, with or without fused multiply-adds, where nothing else is said. Special values follow <see cref="Math"/>:
/// NaN in, NaN out; overflow gives an infinity, subnormal arguments and results are exact in the same sense.</para>
/// <para>Arguments are reduced exactly and in two parts where it matters; products that must be exact are of numbers of 26
/// bits each, so that a compiler which fuses multiply-adds on its own does no harm. The polynomials interpolate at
/// Chebyshev's points, computed with 240 bits. Forms after W. J. Cody and W. Waite, Software Manual for the Elementary
/// Functions (1980), and J.-M. Muller, Elementary Functions (2016), chapters 3 and 11.</para>
/// </remarks>
public static partial class LaneMath
{
    private const double SmallestNormal = 2.2250738585072014e-308;
    private const double TwoTo54 = 18014398509481984.0;
    private const double RoundingShift = 6755399441055744.0;

    /// <summary>The smaller of two numbers; NaN if either is. Of two zeros the first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Min<T>(T a, T b) where T : struct, ILane<T> =>
        T.AtLeast(b, a, a, T.AtLeast(a, b, b, a + b));

    /// <summary>The larger of two numbers; NaN if either is. Of two zeros the first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Max<T>(T a, T b) where T : struct, ILane<T> =>
        T.AtLeast(a, b, a, T.AtLeast(b, a, b, a + b));

    /// <summary>-1, 0 or 1 after the sign of a; NaN stays NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Sign<T>(T a) where T : struct, ILane<T>
    {
        T size = T.AtLeast(T.Abs(a), T.Constant(double.Epsilon), T.Constant(1.0), a);
        return T.FlipSign(T.Abs(size), a);
    }

    /// <summary><paramref name="whenTrue"/> where <paramref name="guard"/> is at least zero, else <paramref name="whenFalse"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Select<T>(T guard, T whenTrue, T whenFalse) where T : struct, ILane<T> =>
        T.AtLeast(guard, T.Constant(0.0), whenTrue, whenFalse);

    /// <summary>sqrt(a^2 + b^2) without overflow or underflow of the squares.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static T Hypot<T>(T a, T b) where T : struct, ILane<T>
    {
        T x = T.Abs(a);
        T y = T.Abs(b);
        T large = T.AtLeast(x, y, x, y);
        T small = T.AtLeast(x, y, y, x);
        T exponent = Between(T.Exponent(large), -1021.0, 1021.0);
        T scale = T.PowerOfTwo(-exponent);
        T p = large * scale;
        T q = small * scale;
        T result = T.Sqrt(T.MultiplyAdd(p, p, q * q)) * T.PowerOfTwo(exponent);
        T infinity = T.Constant(double.PositiveInfinity);
        return T.Equal(x, infinity, x, T.Equal(y, infinity, y, result));
    }

    // The nearest integer, halves to even; for numbers below 2^51 in size, some number of that size beyond.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Round<T>(T x) where T : struct, ILane<T> =>
        (x + T.Constant(RoundingShift)) - T.Constant(RoundingShift);

    // NaN stays NaN. A constant stands on the right of a comparison: the compiler of kernels turns one on the left round and lets
    // NaN pass then.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Between<T>(T x, double low, double high) where T : struct, ILane<T>
    {
        T atMost = T.AtLeast(x, T.Constant(high), T.Constant(high), x);
        return T.AtLeast(-atMost, T.Constant(-low), T.Constant(low), atMost);
    }

    // a + b = sum + this, exactly (Knuth).
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T SumError<T>(T a, T b, T sum) where T : struct, ILane<T>
    {
        T second = sum - a;
        return (a - (sum - second)) + (b - second);
    }

    // x * 2^k for an integer k within twice the range of exponents: two exact factors but for the last rounding.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Scale<T>(T x, T k) where T : struct, ILane<T>
    {
        T half = T.Floor(k * T.Constant(0.5));
        return x * T.PowerOfTwo(half) * T.PowerOfTwo(k - half);
    }

    // p * x + c: a step of Horner's rule.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Step<T>(T p, T x, double c) where T : struct, ILane<T> => T.MultiplyAdd(p, x, T.Constant(c));
}
