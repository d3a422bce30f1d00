using System.Runtime.CompilerServices;

namespace HybridControl.Numerics;

public static partial class LaneMath
{
    private const double TwoOverPi = 0.6366197723675814;

    // pi / 2 in parts of 23 bits, the last of 53: products with integers up to 2^30 are exact.
    private const double HalfPi1 = 1.570796251296997;
    private const double HalfPi2 = 7.549789415861596e-08;
    private const double HalfPi3 = 5.390302529957765e-15;
    private const double HalfPi4 = 3.2820036682434026e-22;
    private const double HalfPi5 = -1.2536990206932499e-29;

    // 2^29 turns in parts of 26 bits, the last of 53.
    private const double ManyTurns1 = 3373259456.0;
    private const double ManyTurns2 = -29.869495391845703;
    private const double ManyTurns3 = 1.3149544878722407e-07;
    private const double InverseManyTurns = 2.964491827262479e-10;

    /// <summary>Sine of an angle in radians.</summary>
    /// <remarks>Below two units in the last place up to 1.6e9 in size; then within 1e-13 up to 2^58; then some number from
    /// -1 to 1, for neighbouring doubles are turns apart.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static T Sin<T>(T x) where T : struct, ILane<T>
    {
        T quadrant = ReduceAngle(T.Abs(x), out T high, out T low);
        return T.FlipSign(SineInQuadrant(quadrant, high, low), x);
    }

    /// <summary>Cosine of an angle in radians.</summary>
    /// <remarks>Accurate as <see cref="Sin"/> is.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static T Cos<T>(T x) where T : struct, ILane<T>
    {
        T quadrant = ReduceAngle(T.Abs(x), out T high, out T low) + T.Constant(1.0);
        T four = T.Constant(4.0);
        return SineInQuadrant(T.AtLeast(quadrant, four, quadrant - four, quadrant), high, low);
    }

    /// <summary>Tangent of an angle in radians.</summary>
    /// <remarks>Accurate as <see cref="Sin"/> is, within three units in the last place.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static T Tan<T>(T x) where T : struct, ILane<T>
    {
        T quadrant = ReduceAngle(T.Abs(x), out T high, out T low);
        T half = T.Constant(0.5);
        T odd = quadrant - (T.Constant(2.0) * T.Floor(half * quadrant));
        T sine = SineNearZero(high, low);
        T cosine = CosineNearZero(high, low);
        T quotient = T.AtLeast(odd, half, -cosine, sine) / T.AtLeast(odd, half, sine, cosine);
        return T.FlipSign(quotient, x);
    }

    // a = quadrant * pi/2 + high + low, modulo whole turns, for a >= 0; quadrant is 0, 1, 2 or 3.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T ReduceAngle<T>(T a, out T high, out T low) where T : struct, ILane<T>
    {
        T many = Round(a * T.Constant(InverseManyTurns));
        T x = T.MultiplyAdd(-many, T.Constant(ManyTurns1), a);
        x = T.MultiplyAdd(-many, T.Constant(ManyTurns2), x);
        T far = many * T.Constant(ManyTurns3);
        T sum = x - far;
        T y = Between(sum, -2147483648.0, 2147483648.0);
        T rest = T.Equal(y, sum, SumError(x, -far, sum), T.Constant(0.0));

        T k = Round(y * T.Constant(TwoOverPi));
        T minus = -k;
        T r = T.MultiplyAdd(minus, T.Constant(HalfPi1), y);
        r = T.MultiplyAdd(minus, T.Constant(HalfPi2), r);
        T third = minus * T.Constant(HalfPi3);
        T h = r + third;
        T l = T.MultiplyAdd(minus, T.Constant(HalfPi4), SumError(r, third, h)) + rest;
        high = h + l;
        low = T.MultiplyAdd(minus, T.Constant(HalfPi5), SumError(h, l, high));
        return k - (T.Constant(4.0) * T.Floor(k * T.Constant(0.25)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T SineInQuadrant<T>(T quadrant, T high, T low) where T : struct, ILane<T>
    {
        T half = T.Constant(0.5);
        T two = T.Constant(2.0);
        T odd = quadrant - (two * T.Floor(half * quadrant));
        T value = T.AtLeast(odd, half, CosineNearZero(high, low), SineNearZero(high, low));
        return T.AtLeast(quadrant, two, -value, value);
    }

    // sin(high + low), at most pi / 4 in size.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T SineNearZero<T>(T high, T low) where T : struct, ILane<T>
    {
        T z = high * high;
        T p = T.Constant(-7.586636882825159e-13);
        p = Step(p, z, 1.6058530596645953e-10);
        p = Step(p, z, -2.50521062259944e-08);
        p = Step(p, z, 2.755731921932058e-06);
        p = Step(p, z, -0.0001984126984126504);
        p = Step(p, z, 0.008333333333333331);
        p = Step(p, z, -0.16666666666666666);
        T slope = T.MultiplyAdd(T.Constant(-0.5), z, T.Constant(1.0));
        return high + T.MultiplyAdd(high * z, p, low * slope);
    }

    // cos(high + low), at most pi / 4 in size.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T CosineNearZero<T>(T high, T low) where T : struct, ILane<T>
    {
        T z = high * high;
        T p = T.Constant(-1.138254464534925e-11);
        p = Step(p, z, 2.087614504941318e-09);
        p = Step(p, z, -2.755731726587808e-07);
        p = Step(p, z, 2.48015872987544e-05);
        p = Step(p, z, -0.0013888888888887389);
        p = Step(p, z, 0.041666666666666664);
        T one = T.Constant(1.0);
        T half = T.Constant(0.5) * z;
        T main = one - half;
        return main + (((one - main) - half) + T.MultiplyAdd(z * z, p, -(high * low)));
    }
}
