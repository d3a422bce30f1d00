using System.Numerics;

namespace HybridControl.Tests.TestKit;

/// <summary>A real number with 400 significant bits: an oracle for enclosures. Slow and plain.</summary>
/// <param name="Mantissa">An integer.</param>
/// <param name="Exponent">The number is Mantissa * 2^Exponent.</param>
internal readonly partial record struct BigReal(BigInteger Mantissa, int Exponent) : IComparable<BigReal>
{
    /// <summary>Bits kept; results are truncated there.</summary>
    private const int Bits = 400;

    public static BigReal Zero { get; } = new(0, 0);

    public static BigReal One { get; } = new(1, 0);

    public int Sign => Mantissa.Sign;

    /// <summary>Binary exponent: the number is less than 2^this in size; meaningless for zero.</summary>
    private int Size => (int)BigInteger.Abs(Mantissa).GetBitLength() + Exponent;

    /// <summary>A double, exactly.</summary>
    public static BigReal From(double value)
    {
        long bits = BitConverter.DoubleToInt64Bits(value);
        int exponent = (int)((bits >> 52) & 0x7FF);
        long mantissa = bits & 0xFFFFFFFFFFFFFL;
        mantissa = exponent == 0 ? mantissa : mantissa | (1L << 52);
        return new(bits < 0 ? -mantissa : mantissa, Math.Max(exponent, 1) - 1075);
    }

    public static implicit operator BigReal(int value) => new(value, 0);

    public static BigReal operator +(BigReal a, BigReal b)
    {
        if (a.Sign == 0 || b.Sign == 0)
        {
            return a.Sign == 0 ? b : a;
        }

        if (Math.Abs(a.Size - b.Size) > 4000)
        {
            return a.Size > b.Size ? a : b; // far below the last bit
        }

        int exponent = Math.Min(a.Exponent, b.Exponent);
        return Round((a.Mantissa << (a.Exponent - exponent)) + (b.Mantissa << (b.Exponent - exponent)), exponent);
    }

    public static BigReal operator -(BigReal a) => a with { Mantissa = -a.Mantissa };

    public static BigReal operator -(BigReal a, BigReal b) => a + (-b);

    public static BigReal operator *(BigReal a, BigReal b) => Round(a.Mantissa * b.Mantissa, a.Exponent + b.Exponent);

    public static BigReal operator /(BigReal a, BigReal b)
    {
        int shift = Bits + 20 + (int)BigInteger.Abs(b.Mantissa).GetBitLength();
        return Round((a.Mantissa << shift) / b.Mantissa, a.Exponent - shift - b.Exponent);
    }

    public static bool operator <(BigReal a, BigReal b) => a.CompareTo(b) < 0;

    public static bool operator >(BigReal a, BigReal b) => a.CompareTo(b) > 0;

    public static bool operator <=(BigReal a, BigReal b) => a.CompareTo(b) <= 0;

    public static bool operator >=(BigReal a, BigReal b) => a.CompareTo(b) >= 0;

    public static BigReal Abs(BigReal a) => a.Sign < 0 ? -a : a;

    public static BigReal Sqrt(BigReal a)
    {
        if (a.Sign <= 0)
        {
            return Zero;
        }

        int shift = (2 * Bits) + ((a.Exponent - (2 * Bits)) & 1);
        return Round(Root(a.Mantissa << shift, 2), (a.Exponent - shift) / 2);
    }

    public static BigReal Cbrt(BigReal a)
    {
        if (a.Sign == 0)
        {
            return Zero;
        }

        int shift = (3 * Bits) + (((a.Exponent % 3) + 3) % 3);
        BigInteger root = Root(BigInteger.Abs(a.Mantissa) << shift, 3);
        return Round(a.Sign < 0 ? -root : root, (a.Exponent - shift) / 3);
    }

    public static BigReal Floor(BigReal a) => a.Exponent >= 0 ? a : new(a.Mantissa >> -a.Exponent, 0);

    public int CompareTo(BigReal other) => (this - other).Sign;

    /// <summary>The nearest integer.</summary>
    public BigInteger Nearest()
    {
        BigReal floor = Floor(this + new BigReal(1, -1));
        return floor.Exponent >= 0 ? floor.Mantissa << floor.Exponent : floor.Mantissa;
    }

    /// <summary>A double near it, by truncation; out of range is infinite or zero.</summary>
    public double ToDouble()
    {
        int excess = Math.Max(0, (int)BigInteger.Abs(Mantissa).GetBitLength() - 60);
        return Math.ScaleB((double)(Mantissa >> excess), Exponent + excess);
    }

    private static BigReal Round(BigInteger mantissa, int exponent)
    {
        int excess = (int)BigInteger.Abs(mantissa).GetBitLength() - Bits;
        return excess <= 0 ? new(mantissa, exponent) : new(mantissa >> excess, exponent + excess);
    }

    // Newton's iteration from above.
    private static BigInteger Root(BigInteger n, int degree)
    {
        BigInteger x = BigInteger.One << (((int)n.GetBitLength() / degree) + 1);
        while (true)
        {
            BigInteger y = (((degree - 1) * x) + (n / BigInteger.Pow(x, degree - 1))) / degree;
            if (y >= x)
            {
                return x;
            }

            x = y;
        }
    }
}
