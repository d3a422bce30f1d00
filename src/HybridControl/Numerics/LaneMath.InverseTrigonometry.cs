using System.Runtime.CompilerServices;

namespace HybridControl.Numerics;

public static partial class LaneMath
{
    private const double HalfPiHigh = 1.5707963267948966;
    private const double HalfPiLow = 6.123233995736766e-17;
    private const double QuarterPiHigh = 0.7853981633974483;
    private const double QuarterPiLow = 3.061616997868383e-17;
    private const double NearForAtan = 0.66;
    private const double FarForAtan = 2.414213562373095;

    /// <summary>Arc sine, in radians; NaN beyond one in size.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static T Asin<T>(T x) where T : struct, ILane<T>
    {
        T a = T.Abs(x);
        T half = T.Constant(0.5);
        T z = T.AtLeast(a, half, half * (T.Constant(1.0) - a), a * a);
        T s = T.AtLeast(a, half, T.Sqrt(z), a);
        T rest = s * z * AsinRest(z);
        T far = (T.Constant(HalfPiHigh) - (s + s)) + (T.Constant(HalfPiLow) - (rest + rest));
        return T.FlipSign(T.AtLeast(a, half, far, s + rest), x);
    }

    /// <summary>Arc cosine, in radians; NaN beyond one in size.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static T Acos<T>(T x) where T : struct, ILane<T>
    {
        T a = T.Abs(x);
        T half = T.Constant(0.5);
        T z = T.AtLeast(a, half, half * (T.Constant(1.0) - a), a * a);
        T s = T.AtLeast(a, half, T.Sqrt(z), x);
        T rest = s * z * AsinRest(z);
        T piHigh = T.Constant(2.0 * HalfPiHigh);
        T piLow = T.Constant(2.0 * HalfPiLow);
        T near = T.Constant(HalfPiHigh) - (s - (T.Constant(HalfPiLow) - rest));
        T right = (s + s) + (rest + rest);
        T left = piHigh - ((s + s) + ((rest + rest) - piLow));
        return T.AtLeast(a, half, T.AtLeast(x, half, right, left), near);
    }

    /// <summary>Arc tangent, in radians.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static T Atan<T>(T x) where T : struct, ILane<T>
    {
        T a = T.Abs(x);
        return T.FlipSign(AtanOfRatio(a, T.Constant(1.0)), x);
    }

    /// <summary>Angle of the point (x, y), in radians from -pi to pi; the signs of zeros count.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static T Atan2<T>(T y, T x) where T : struct, ILane<T>
    {
        T zero = T.Constant(0.0);
        T one = T.Constant(1.0);
        T a = T.Abs(y);
        T b = T.Abs(x);

        // Infinities become ones beside zeros; the rest is scaled so that a + b does not overflow and 0.66 b stays normal.
        T infinity = T.Constant(double.PositiveInfinity);
        T largest = T.AtLeast(a, b, a, b);
        T lifted = T.AtLeast(largest, T.Constant(1e-290), one, T.Constant(TwoTo54));
        T scale = T.AtLeast(largest, T.Constant(1e300), T.Constant(0.25), lifted);
        T top = T.Equal(largest, infinity, T.Equal(a, infinity, one, a - a), a * scale);
        T bottom = T.Equal(largest, infinity, T.Equal(b, infinity, one, b - b), b * scale);
        T angle = AtanOfRatio(top, bottom);
        T turned = T.Constant(2.0 * HalfPiHigh) - (angle - T.Constant(2.0 * HalfPiLow));
        T result = T.AtLeast(T.FlipSign(one, x), zero, angle, turned);
        return T.FlipSign(result, y);
    }

    // atan(a / b) for a, b >= 0; zero where both are.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T AtanOfRatio<T>(T a, T b) where T : struct, ILane<T>
    {
        T zero = T.Constant(0.0);
        T near = T.Constant(-NearForAtan) * b;
        T far = T.Constant(-FarForAtan) * b;
        T top = T.AtLeast(-a, near, a, T.AtLeast(-a, far, a - b, -b));
        T bottom = T.AtLeast(-a, near, b, T.AtLeast(-a, far, a + b, a));
        T high = T.AtLeast(-a, near, zero, T.AtLeast(-a, far, T.Constant(QuarterPiHigh), T.Constant(HalfPiHigh)));
        T low = T.AtLeast(-a, near, zero, T.AtLeast(-a, far, T.Constant(QuarterPiLow), T.Constant(HalfPiLow)));
        T t = top / T.Equal(bottom, zero, T.Constant(1.0), bottom);
        T z = t * t;
        T p = T.Constant(-0.0022319891352206526);
        p = Step(p, z, 0.009707111443534448);
        p = Step(p, z, -0.021238750553036773);
        p = Step(p, z, 0.03243682581339053);
        p = Step(p, z, -0.04078179705754501);
        p = Step(p, z, 0.0469055587314416);
        p = Step(p, z, -0.052492302938732534);
        p = Step(p, z, 0.058803712056046245);
        p = Step(p, z, -0.06666465331501162);
        p = Step(p, z, 0.07692293559129824);
        p = Step(p, z, -0.09090908439563972);
        p = Step(p, z, 0.11111111092947706);
        p = Step(p, z, -0.14285714285447954);
        p = Step(p, z, 0.19999999999998452);
        p = Step(p, z, -0.3333333333333333);
        return high + (t + T.MultiplyAdd(t * z, p, low));
    }

    // (asin(s) - s) / s^3 for z = s^2 <= 1/4: relative to asin(s) / s within 2^-57.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T AsinRest<T>(T z) where T : struct, ILane<T>
    {
        T p = T.Constant(0.02877844261259304);
        p = Step(p, z, -0.014881409392818066);
        p = Step(p, z, 0.017419357964884856);
        p = Step(p, z, 0.00545087818772055);
        p = Step(p, z, 0.010324318288744113);
        p = Step(p, z, 0.011478952690257387);
        p = Step(p, z, 0.013971235301124539);
        p = Step(p, z, 0.017352391265909227);
        p = Step(p, z, 0.022372173002005596);
        p = Step(p, z, 0.030381944137085216);
        p = Step(p, z, 0.04464285714637338);
        p = Step(p, z, 0.07499999999998425);
        return Step(p, z, 0.16666666666666669);
    }
}
