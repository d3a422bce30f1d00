using System.Runtime.CompilerServices;

namespace HybridControl.Numerics;

public static partial class LaneMath
{
    // 2 / (3 ln 2) and ln 2, the first part of each with 26 bits.
    private const double LogFactor = 0.9617966939259756;
    private const double LogFactorHigh = 0.9617967009544373;
    private const double LogFactorLow = -7.028461650952758e-09;
    private const double Ln2 = 0.6931471805599453;
    private const double Ln2Top = 0.6931471824645996;
    private const double Ln2Rest = -1.904654299957768e-09;

    private const double BeyondEveryPower = 1100.0;

    /// <summary>x raised to y, with the special cases of <see cref="Math.Pow"/>: anything to the power 0 is 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static T Power<T>(T x, T y) where T : struct, ILane<T>
    {
        // y * log2(|x|) in two parts; a y that is cut off here overflows either way.
        T logarithm = BinaryLogarithm(T.Abs(x), out T logarithmLow);
        T exponent = Between(y, -3.6e19, 3.6e19);
        T exponentHigh = T.High(exponent);
        T high = exponentHigh * logarithm;
        T low = T.MultiplyAdd(exponent - exponentHigh, logarithm, exponent * logarithmLow);
        return PowerOfAnyPair(x, y, BinaryExponential(high, low));
    }

    // x^y, given |x|^y for a positive finite x and any number otherwise. Apart from the rest, like the exponential: the JIT
    // compiler inlines only so many calls in one method.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static T PowerOfAnyPair<T>(T x, T y, T result) where T : struct, ILane<T>
    {
        T zero = T.Constant(0.0);
        T one = T.Constant(1.0);
        T half = T.Constant(0.5);
        T infinity = T.Constant(double.PositiveInfinity);
        T a = T.Abs(x);

        // Zero and infinity.
        T grown = T.AtLeast(y, zero, a, infinity - a);
        T extreme = T.AtLeast(grown, one, infinity, zero);
        result = T.Equal(a, zero, extreme, T.Equal(a, infinity, extreme, result));

        // The sign for odd powers; a negative number has no other real powers than whole ones.
        T whole = T.Floor(y);
        T halfWhole = T.Floor(half * y);
        T signed = T.Equal(whole, y, T.Equal(halfWhole, half * y, result, T.FlipSign(result, x)), result);
        T fractional = T.Equal(whole, y, signed, T.Constant(double.NaN));
        T defined = T.AtLeast(x, zero, signed, T.Equal(a, infinity, signed, fractional));

        T numbers = T.Equal(x, x, T.Equal(y, y, defined, y), x);
        return T.Equal(y, zero, one, T.Equal(x, one, one, numbers));
    }

    /// <summary>Cube root, odd in x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static T Cbrt<T>(T x) where T : struct, ILane<T>
    {
        T a = T.Abs(x);
        T normal = T.Constant(SmallestNormal);
        T scaled = T.AtLeast(a, normal, a, a * T.Constant(TwoTo54));
        T unscale = T.AtLeast(a, normal, T.Constant(1.0), T.Constant(1.0 / 262144.0));
        T exponent = T.Exponent(scaled);
        T third = T.Floor((exponent + T.Constant(0.5)) * T.Constant(1.0 / 3.0));
        T rest = exponent - (T.Constant(3.0) * third);
        T mantissa = T.Mantissa(scaled);
        T v = mantissa * T.PowerOfTwo(rest);

        // Inverse cube root of v, from 1 to 8: a polynomial within 2^-14, then one step of third order.
        T w = T.Constant(0.02778280101858424);
        w = Step(w, mantissa, -0.21636185469244387);
        w = Step(w, mantissa, 0.6846527077322325);
        w = Step(w, mantissa, -1.1623973573078166);
        w = Step(w, mantissa, 1.6662787377309156);
        w *= T.AtLeast(
            rest,
            T.Constant(1.5),
            T.Constant(0.6299605249474366),
            T.AtLeast(rest, T.Constant(0.5), T.Constant(0.7937005259840998), T.Constant(1.0)));
        T error = T.MultiplyAdd(-v, w * w * w, T.Constant(1.0));
        T gain = T.MultiplyAdd(T.Constant(2.0 / 9.0), error, T.Constant(1.0 / 3.0));
        w = T.MultiplyAdd(w * error, gain, w);

        // v^(1/3) = v * w^2, then a step of Newton with the slope that w gives.
        T square = w * w;
        T y = v * square;
        T residual = T.MultiplyAdd(y * y, y, -v);
        y -= residual * square * T.Constant(1.0 / 3.0);
        T result = T.FlipSign(y * T.PowerOfTwo(third) * unscale, x);
        return T.AtLeast(-a, T.Constant(-double.MaxValue), T.Equal(a, T.Constant(0.0), x, result), x);
    }

    // log2(a) = result + low within 2^-64 of itself, the result with 26 bits, for a positive finite a.
    // With s = (m - 1) / (m + 1): log(m) = (2/3) s (3 + s^2 + s^4 (3/5 + ...)).
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T BinaryLogarithm<T>(T a, out T low) where T : struct, ILane<T>
    {
        T one = T.Constant(1.0);
        T three = T.Constant(3.0);
        T k = SplitAtSqrt2(a, out T m);
        T top = m - one;
        T bottom = m + one;
        T inverse = one / bottom;
        T s = top / bottom;
        T sHigh = T.High(s);
        T bottomHigh = T.High(bottom);
        T bottomLow = m - (bottomHigh - one);
        T remainder = T.MultiplyAdd(-sHigh, bottomLow, T.MultiplyAdd(-sHigh, bottomHigh, top));
        T sLow = remainder * inverse;

        T z = s * s;
        T p = T.Constant(0.17584959351121274);
        p = Step(p, z, 0.17559336203191414);
        p = Step(p, z, 0.20002207724417811);
        p = Step(p, z, 0.2307689243120692);
        p = Step(p, z, 0.2727272750320686);
        p = Step(p, z, 0.3333333333248331);
        p = Step(p, z, 0.4285714285714405);
        p = Step(p, z, 0.6);
        T r = T.MultiplyAdd(sLow, sHigh + s, z * z * p);
        T square = sHigh * sHigh;
        T sumHigh = T.High(three + square + r);
        T sumLow = r - ((sumHigh - three) - square);
        T first = sHigh * sumHigh;
        T second = T.MultiplyAdd(sLow, sumHigh, sumLow * s);
        T productHigh = T.High(first + second);
        T productLow = second - (productHigh - first);

        T high = T.Constant(LogFactorHigh) * productHigh;
        T rest = T.MultiplyAdd(T.Constant(LogFactorLow), productHigh, productLow * T.Constant(LogFactor));
        T result = T.High(k + (high + rest));
        low = rest - ((result - k) - high);
        return result;
    }

    // 2^(high + low).
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static T BinaryExponential<T>(T high, T low) where T : struct, ILane<T>
    {
        T sum = high + low;
        T bounded = Between(sum, -BeyondEveryPower, BeyondEveryPower);
        T h = T.Equal(sum, bounded, high, bounded);
        T l = T.Equal(sum, bounded, low, T.Constant(0.0));
        T k = Round(bounded);
        T fraction = h - k;
        T t = fraction + l;
        T tHigh = T.High(t);
        T first = tHigh * T.Constant(Ln2Top);
        T second = T.MultiplyAdd(l - (tHigh - fraction), T.Constant(Ln2), t * T.Constant(Ln2Rest));
        T w = first + second;
        T wLow = second - (w - first);
        T mantissa = T.Constant(1.0) + (w + T.MultiplyAdd(w * w, ExpRest(w), wLow));
        return Scale(mantissa, k);
    }
}
