using System.Runtime.CompilerServices;

namespace HybridControl.Numerics;

public static partial class LaneMath
{
    private const double InverseLn2 = 1.4426950408889634;

    // ln 2 in two parts: the first has 32 bits, so that its product with an exponent is exact.
    private const double Ln2High = 0.6931471806019545;
    private const double Ln2Low = -4.2009150726810846e-11;

    /// <summary>Exponential function.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static T Exp<T>(T x) where T : struct, ILane<T> => ExpTimes(x, 0.0);

    /// <summary>Hyperbolic sine.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static T Sinh<T>(T x) where T : struct, ILane<T>
    {
        T a = Between(T.Abs(x), 0.0, 711.5);
        T mantissa = ExpMinusOne(a, out T k);
        T half = Scale(mantissa, k - T.Constant(1.0));
        T rest = T.AtLeast(half, T.Constant(1e18), T.Constant(1.0), half / (half + T.Constant(0.5)));
        T result = T.MultiplyAdd(T.Constant(0.5), rest, half);
        return T.FlipSign(T.AtLeast(a, T.Constant(1e-9), result, a), x);
    }

    /// <summary>Hyperbolic cosine.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static T Cosh<T>(T x) where T : struct, ILane<T>
    {
        T half = ExpTimes(Between(T.Abs(x), 0.0, 711.5), -1.0);
        return half + (T.Constant(0.25) / half);
    }

    /// <summary>Hyperbolic tangent.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static T Tanh<T>(T x) where T : struct, ILane<T>
    {
        T a = Between(T.Abs(x), 0.0, 22.0);
        T mantissa = ExpMinusOne(a + a, out T k);
        T e = mantissa * T.PowerOfTwo(k);
        T far = T.Constant(0.6);
        T two = T.Constant(2.0);
        T quotient = T.AtLeast(a, far, two, e) / (e + two);
        T result = T.AtLeast(a, far, T.Constant(1.0) - quotient, quotient);
        return T.FlipSign(T.AtLeast(a, T.Constant(1e-9), result, a), x);
    }

    // e^x * 2^shift.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T ExpTimes<T>(T x, double shift) where T : struct, ILane<T>
    {
        T bounded = Between(x, -746.0, 712.0);
        T k = Round(bounded * T.Constant(InverseLn2));
        T r = T.MultiplyAdd(-k, T.Constant(Ln2High), bounded) - (k * T.Constant(Ln2Low));
        T mantissa = T.Constant(1.0) + T.MultiplyAdd(r * r, ExpRest(r), r);
        return Scale(mantissa, k + T.Constant(shift));
    }

    // (e^x - 1) / 2^k for 0 <= x <= 712, small results to full precision.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T ExpMinusOne<T>(T x, out T k) where T : struct, ILane<T>
    {
        k = Round(x * T.Constant(InverseLn2));
        T high = T.MultiplyAdd(-k, T.Constant(Ln2High), x);
        T low = k * T.Constant(Ln2Low);
        T r = high - low;
        T rest = T.MultiplyAdd(r * r, ExpRest(r), (high - r) - low);
        T one = T.Constant(1.0) - T.PowerOfTwo(-T.AtLeast(k, T.Constant(60.0), T.Constant(60.0), k));
        T sum = one + r;
        return sum + ((r - (sum - one)) + rest);
    }

    // (e^r - 1 - r) / r^2 for |r| <= ln(2) / 2: relative to e^r within 2^-61.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T ExpRest<T>(T r) where T : struct, ILane<T>
    {
        T p = T.Constant(2.0914717341716378e-09);
        p = Step(p, r, 2.5105259538448494e-08);
        p = Step(p, r, 2.755727357010214e-07);
        p = Step(p, r, 2.7557255297969643e-06);
        p = Step(p, r, 2.4801587325605324e-05);
        p = Step(p, r, 0.0001984126987490126);
        p = Step(p, r, 0.001388888888888373);
        p = Step(p, r, 0.008333333333326112);
        p = Step(p, r, 0.04166666666666667);
        p = Step(p, r, 0.1666666666666667);
        return Step(p, r, 0.5);
    }
}
