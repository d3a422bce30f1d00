using System.Runtime.CompilerServices;

namespace HybridControl.Numerics;

/// <summary>Logarithm and power to three or four digits, for decisions that need no more, such as the size of the next step.</summary>
/// <remarks>
/// Additions and products only: several times faster than the library's functions, and the same on every machine. The
/// polynomials interpolate at Chebyshev's points.
/// </remarks>
internal static class RoughMath
{
    private const long MantissaMask = (1L << 52) - 1;

    /// <summary>Binary logarithm within 2e-4; of zero some number below -1000.</summary>
    /// <param name="x">Zero, or positive and normal.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Log2(double x)
    {
        long bits = BitConverter.DoubleToInt64Bits(x);
        double mantissa = BitConverter.Int64BitsToDouble((bits & MantissaMask) | (1023L << 52));
        double exponent = (bits >> 52) - 1023;
        bool high = mantissa > 1.4142135623730951;
        double m = (high ? 0.5 * mantissa : mantissa) - 1.0;
        double low = 1.4422623592772172 - (0.7241901418281362 * m);
        double rest = 0.5115278186309055 - (0.32908798759711133 * m);
        return (high ? exponent + 1.0 : exponent) + (m * (low + (m * m * rest)));
    }

    /// <summary>2^x within a relative 2e-4; x beyond 1000 in size counts as 1000.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Exp2(double x)
    {
        double clamped = Math.Min(Math.Max(x, -1000.0), 1000.0);
        double whole = Math.Floor(clamped + 0.5);
        double f = clamped - whole;
        double low = 0.9999244814555212 + (0.6931210339915476 * f);
        double rest = 0.2426400828327706 + (0.055922035647255085 * f);
        return (low + (f * f * rest)) * BitConverter.Int64BitsToDouble(((long)whole + 1023) << 52);
    }
}
