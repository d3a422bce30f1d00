using System.Numerics;

namespace HybridControl.Tests.TestKit;

/// <content>Elementary functions, by textbook series after textbook reductions.</content>
internal readonly partial record struct BigReal
{
    private const int Long = 1700; // bits of pi: enough to reduce the largest double

    private static readonly BigReal Quarter = new(MakePi(), -Long - 2);
    private static readonly BigReal HalfOfPi = Round(Quarter.Mantissa, Quarter.Exponent + 1);
    private static readonly BigReal LogOfTwo = SeriesOfAtanh(One / 3) * 2;

    public static BigReal Pi { get; } = HalfOfPi * 2;

    public static BigReal Exp(BigReal x)
    {
        BigInteger k = (x / LogOfTwo).Nearest();
        BigReal r = (x - (new BigReal(k, 0) * LogOfTwo)) * new BigReal(1, -10);
        BigReal sum = One, term = One;
        for (int n = 1; n < 60; n++)
        {
            term = term * r / n;
            sum += term;
        }

        for (int i = 0; i < 10; i++)
        {
            sum *= sum;
        }

        return sum with { Exponent = sum.Exponent + (int)k };
    }

    public static BigReal Log(BigReal x)
    {
        int size = x.Size;
        BigReal m = x with { Exponent = x.Exponent - size }; // in [1/2, 1)
        if (x > new BigReal(3, -2) && x < new BigReal(3, -1))
        {
            (m, size) = (x, 0); // near one nothing may cancel
        }

        BigReal y = From(Math.Log(m.ToDouble()));
        for (int i = 0; i < 5; i++)
        {
            y += (m * Exp(-y)) - One;
        }

        return y + (LogOfTwo * size);
    }

    public static BigReal Sin(BigReal x) => Reduced(x, out int quadrant, out BigReal r) ? default : (quadrant & 3) switch
    {
        0 => SeriesOfSin(r),
        1 => SeriesOfCos(r),
        2 => -SeriesOfSin(r),
        _ => -SeriesOfCos(r),
    };

    public static BigReal Cos(BigReal x) => Reduced(x, out int quadrant, out BigReal r) ? default : (quadrant & 3) switch
    {
        0 => SeriesOfCos(r),
        1 => -SeriesOfSin(r),
        2 => -SeriesOfCos(r),
        _ => SeriesOfSin(r),
    };

    public static BigReal Atan(BigReal x)
    {
        if (Abs(x) > One)
        {
            return (x.Sign > 0 ? HalfOfPi : -HalfOfPi) - Atan(One / x);
        }

        for (int i = 0; i < 4; i++)
        {
            x /= One + Sqrt(One + (x * x));
        }

        BigReal square = x * x, sum = x, power = x;
        for (int n = 3; n < 150; n += 2)
        {
            power = -(power * square);
            sum += power / n;
        }

        return sum * 16;
    }

    public static BigReal Atan2(BigReal y, BigReal x) => x.Sign switch
    {
        0 => y.Sign == 0 ? Zero : y.Sign > 0 ? HalfOfPi : -HalfOfPi,
        > 0 => Atan(y / x),
        _ => y.Sign >= 0 ? Atan(y / x) + Pi : Atan(y / x) - Pi,
    };

    public static BigReal Asin(BigReal x) => Atan2(x, Sqrt((One - x) * (One + x)));

    public static BigReal Acos(BigReal x) => Atan2(Sqrt((One - x) * (One + x)), x);

    public static BigReal Sinh(BigReal x)
    {
        if (!IsSmall(x))
        {
            return (Exp(x) - Exp(-x)) * new BigReal(1, -1);
        }

        BigReal square = x * x, sum = x, term = x;
        for (int n = 2; n < 30; n += 2)
        {
            term = term * square / (n * (n + 1));
            sum += term;
        }

        return sum;
    }

    public static BigReal Cosh(BigReal x) => (Exp(x) + Exp(-x)) * new BigReal(1, -1);

    public static BigReal Asinh(BigReal x)
    {
        BigReal size = Abs(x);
        BigReal y = size + (size * size / (One + Sqrt(One + (size * size)))); // e^result - 1
        BigReal result = IsSmall(y) ? SeriesOfAtanh(y / (2 + y)) * 2 : Log(One + y);
        return x.Sign < 0 ? -result : result;
    }

    public static BigReal Acosh(BigReal x) => x <= One ? Zero : Log(x + Sqrt((x - One) * (x + One)));

    public static BigReal Atanh(BigReal x) => IsSmall(x) ? SeriesOfAtanh(x) : Log((One + x) / (One - x)) * new BigReal(1, -1);

    public static BigReal Hypot(BigReal x, BigReal y) => Sqrt((x * x) + (y * y));

    private static bool IsSmall(BigReal x) => x.Sign == 0 || x.Size < -12;

    private static BigReal SeriesOfAtanh(BigReal x)
    {
        BigReal square = x * x, sum = x, power = x;
        for (int n = 3; n < 300; n += 2)
        {
            power *= square;
            sum += power / n;
        }

        return sum;
    }

    private static BigReal SeriesOfSin(BigReal r)
    {
        BigReal square = r * r, sum = r, term = r;
        for (int n = 2; n < 110; n += 2)
        {
            term = -(term * square) / (n * (n + 1));
            sum += term;
        }

        return sum;
    }

    private static BigReal SeriesOfCos(BigReal r)
    {
        BigReal square = r * r, sum = One, term = One;
        for (int n = 1; n < 110; n += 2)
        {
            term = -(term * square) / (n * (n + 1));
            sum += term;
        }

        return sum;
    }

    // x = quadrant * pi / 2 + r, with the whole of pi; never true, so that it fits an expression.
    private static bool Reduced(BigReal x, out int quadrant, out BigReal r)
    {
        BigInteger half = Quarter.Mantissa << 1;
        int exponent = Math.Min(x.Exponent, Quarter.Exponent);
        BigInteger value = x.Mantissa << (x.Exponent - exponent);
        BigInteger unit = half << (Quarter.Exponent - exponent);
        BigInteger k = BigInteger.Divide(((2 * value) + unit) - BigInteger.Remainder((2 * value) + unit, 2 * unit), 2 * unit);
        r = Round(value - (k * unit), exponent);
        quadrant = (int)(((k % 4) + 4) % 4);
        return false;
    }

    // Machin: pi / 4 = 4 atan(1/5) - atan(1/239).
    private static BigInteger MakePi()
    {
        BigInteger one = BigInteger.One << (Long + 64);
        return ((4 * AtanOfInverse(5, one)) - AtanOfInverse(239, one)) * 4 >> 64;
    }

    private static BigInteger AtanOfInverse(int n, BigInteger one)
    {
        BigInteger power = one / n, sum = power;
        for (int k = 3, sign = -1; !power.IsZero; k += 2, sign = -sign)
        {
            power /= n * n;
            sum += sign * (power / k);
        }

        return sum;
    }
}
