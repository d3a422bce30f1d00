namespace HybridControl.Numerics;

/// <summary>One number, or several side by side: what <see cref="LaneMath"/> needs to compute elementary functions without a branch.</summary>
/// <typeparam name="T">The implementing type.</typeparam>
/// <remarks>
/// Every member works on each lane alone, so a lane never depends on its neighbours. All implementations with a fused
/// <see cref="MultiplyAdd"/> agree bit for bit, and so do all without. Members may be called from a kernel: they
/// neither throw nor touch memory. Doubles are IEEE 754 binary64, rounded to nearest.
/// </remarks>
public interface ILane<T> where T : struct, ILane<T>
{
    /// <summary>The number <paramref name="value"/> in every lane.</summary>
    static abstract T Constant(double value);

    /// <summary>Sum.</summary>
    static abstract T operator +(T a, T b);

    /// <summary>Difference.</summary>
    static abstract T operator -(T a, T b);

    /// <summary>Product.</summary>
    static abstract T operator *(T a, T b);

    /// <summary>Quotient.</summary>
    static abstract T operator /(T a, T b);

    /// <summary>Negation: the sign bit flipped.</summary>
    static abstract T operator -(T a);

    /// <summary>a * b + c, rounded once where multiply-adds are fused, twice where they are not.</summary>
    static abstract T MultiplyAdd(T a, T b, T c);

    /// <summary>Square root, rounded correctly; NaN below zero.</summary>
    static abstract T Sqrt(T a);

    /// <summary>Absolute value: the sign bit cleared.</summary>
    static abstract T Abs(T a);

    /// <summary>Largest integer not above a.</summary>
    static abstract T Floor(T a);

    /// <summary><paramref name="whenTrue"/> where a is at least b, else <paramref name="whenFalse"/>; NaN is not at least anything.</summary>
    static abstract T AtLeast(T a, T b, T whenTrue, T whenFalse);

    /// <summary><paramref name="whenTrue"/> where a equals b, else <paramref name="whenFalse"/>; NaN equals nothing.</summary>
    static abstract T Equal(T a, T b, T whenTrue, T whenFalse);

    /// <summary>a, negated where the sign bit of <paramref name="sign"/> is set.</summary>
    static abstract T FlipSign(T a, T sign);

    /// <summary>a with the last 27 bits of its fraction cleared: the product of two such numbers is exact.</summary>
    static abstract T High(T a);

    /// <summary>2 to the power k, for an integer k from -1022 to 1023; some number beyond.</summary>
    static abstract T PowerOfTwo(T k);

    /// <summary>The e of a = m * 2^e with m in [1, 2), for a positive normal a; some number otherwise.</summary>
    static abstract T Exponent(T a);

    /// <summary>The m of a = m * 2^e with m in [1, 2), for a positive normal a; some number in [1, 2) otherwise.</summary>
    static abstract T Mantissa(T a);
}
