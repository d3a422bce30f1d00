using System.Runtime.CompilerServices;

namespace HybridControl.Numerics;

public static partial class LaneMath
{
    private const double Sqrt2 = 1.4142135623730951;

    /// <summary>Natural logarithm; NaN below zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static T Log<T>(T x) where T : struct, ILane<T> => LogPlus(x, T.Constant(0.0), T.Constant(0.0));

    /// <summary>Inverse hyperbolic sine.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static T Asinh<T>(T x) where T : struct, ILane<T>
    {
        T a = T.Abs(x);
        T near = T.AtLeast(a, T.Constant(FarForSquares), T.Constant(FarForSquares), a);
        T square = near * near;
        T rest = square / (T.Constant(1.0) + T.Sqrt(T.Constant(1.0) + square));
        return T.FlipSign(LogOnePlus(near, rest, a), x);
    }

    /// <summary>Inverse hyperbolic cosine; NaN below one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static T Acosh<T>(T x) where T : struct, ILane<T>
    {
        T near = T.AtLeast(x, T.Constant(FarForSquares), T.Constant(FarForSquares), x);
        T excess = near - T.Constant(1.0);
        T rest = T.Sqrt(T.MultiplyAdd(excess, excess, excess + excess));
        return T.AtLeast(x, T.Constant(1.0), LogOnePlus(excess, rest, x), T.Constant(double.NaN));
    }

    /// <summary>Inverse hyperbolic tangent; NaN beyond one in size.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static T Atanh<T>(T x) where T : struct, ILane<T>
    {
        T a = T.Abs(x);
        T twice = a + a;
        T rest = (twice * a) / (T.Constant(1.0) - a);
        T result = T.Constant(0.5) * LogOnePlus(twice, rest, T.Constant(0.0));
        return T.FlipSign(T.AtLeast(-a, T.Constant(-1.0), result, T.Constant(double.NaN)), x);
    }

    // Beyond this size, squares swallow the one beside them.
    private const double FarForSquares = 1073741824.0;

    // log(1 + a + b), or log(2 * far) where far is large.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T LogOnePlus<T>(T a, T b, T far) where T : struct, ILane<T>
    {
        T one = T.Constant(1.0);
        T y = a + b;
        T sum = one + y;
        T low = SumError(a, b, y) + SumError(one, y, sum);
        T limit = T.Constant(FarForSquares);
        T zero = T.Constant(0.0);
        T argument = T.AtLeast(far, limit, far, sum);
        T correction = T.AtLeast(far, limit, zero, low / sum);
        return LogPlus(argument, correction, T.AtLeast(far, limit, one, zero));
    }

    // log(x) + correction + doublings * log(2).
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T LogPlus<T>(T x, T correction, T doublings) where T : struct, ILane<T>
    {
        T k = SplitAtSqrt2(x, out T m) + doublings;
        T f = m - T.Constant(1.0);
        T s = f / (T.Constant(2.0) + f);
        T z = s * s;
        T p = T.Constant(0.14616721179861816);
        p = Step(p, z, 0.15331699633543858);
        p = Step(p, z, 0.18182889786191042);
        p = Step(p, z, 0.2222221112572281);
        p = Step(p, z, 0.28571428626031065);
        p = Step(p, z, 0.3999999999989938);
        p = Step(p, z, 0.666666666666667);
        T half = T.Constant(0.5) * f * f;
        T low = T.MultiplyAdd(s, T.MultiplyAdd(p, z, half), T.MultiplyAdd(k, T.Constant(Ln2Low), correction));
        T result = T.MultiplyAdd(k, T.Constant(Ln2High), f - (half - low));
        T infinity = T.Constant(double.PositiveInfinity);
        T outside = T.Equal(x, T.Constant(0.0), -infinity, T.Constant(double.NaN));
        return T.Equal(x, infinity, infinity, T.AtLeast(x, T.Constant(double.Epsilon), result, outside));
    }

    // x = m * 2^k with m from sqrt(1/2) to sqrt(2), for a positive finite x.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T SplitAtSqrt2<T>(T x, out T m) where T : struct, ILane<T>
    {
        T normal = T.Constant(SmallestNormal);
        T scaled = T.AtLeast(x, normal, x, x * T.Constant(TwoTo54));
        T exponent = T.Exponent(scaled) - T.AtLeast(x, normal, T.Constant(0.0), T.Constant(54.0));
        T mantissa = T.Mantissa(scaled);
        T limit = T.Constant(Sqrt2);
        m = T.AtLeast(mantissa, limit, T.Constant(0.5) * mantissa, mantissa);
        return T.AtLeast(mantissa, limit, exponent + T.Constant(1.0), exponent);
    }
}
