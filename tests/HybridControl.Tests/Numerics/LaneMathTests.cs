using System.Runtime.Intrinsics;
using HybridControl.Numerics;

namespace HybridControl.Tests.Numerics;

/// <summary>Lane functions against <see cref="Math"/>, which is itself off by up to one unit in the last place, tanh and cbrt by two.</summary>
public sealed class LaneMathTests
{
    private const int Points = 400_000;

    private static readonly double[] Specials =
    [
        0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 2.0, -2.0, 3.0, -3.0, 8.0, 1.5, -1.5, double.NaN, double.PositiveInfinity,
        double.NegativeInfinity, double.MaxValue, -double.MaxValue, double.Epsilon, -double.Epsilon, 1e-310, -1e-310,
        2.2250738585072014e-308, Math.PI, -Math.PI, Math.PI / 2, 709.78, 709.8, 710.47, 710.48, -745.1, -745.2, -800.0, 800.0,
        1073741824.0, 0.9999999999999999, 1.0000000000000002, 1e300, -1e300, 1e-300,
    ];

    public static TestCaseData[] Functions =>
    [
        Case("Exp", Math.Exp, LaneMath.Exp, LaneMath.Exp, LaneMath.Exp, LaneMath.Exp, -750.0, 715.0, 1),
        Case("Log", Math.Log, LaneMath.Log, LaneMath.Log, LaneMath.Log, LaneMath.Log, 0.0, 4.0, 1),
        Case("Sin", Math.Sin, LaneMath.Sin, LaneMath.Sin, LaneMath.Sin, LaneMath.Sin, -100.0, 100.0, 1),
        Case("Cos", Math.Cos, LaneMath.Cos, LaneMath.Cos, LaneMath.Cos, LaneMath.Cos, -1.6e9, 1.6e9, 1),
        Case("Tan", Math.Tan, LaneMath.Tan, LaneMath.Tan, LaneMath.Tan, LaneMath.Tan, -1e5, 1e5, 3),
        Case("Asin", Math.Asin, LaneMath.Asin, LaneMath.Asin, LaneMath.Asin, LaneMath.Asin, -1.0, 1.0, 2),
        Case("Acos", Math.Acos, LaneMath.Acos, LaneMath.Acos, LaneMath.Acos, LaneMath.Acos, -1.0, 1.0, 2),
        Case("Atan", Math.Atan, LaneMath.Atan, LaneMath.Atan, LaneMath.Atan, LaneMath.Atan, -5.0, 5.0, 2),
        Case("Sinh", Math.Sinh, LaneMath.Sinh, LaneMath.Sinh, LaneMath.Sinh, LaneMath.Sinh, -5.0, 5.0, 3),
        Case("Cosh", Math.Cosh, LaneMath.Cosh, LaneMath.Cosh, LaneMath.Cosh, LaneMath.Cosh, -715.0, 715.0, 2),
        Case("Tanh", Math.Tanh, LaneMath.Tanh, LaneMath.Tanh, LaneMath.Tanh, LaneMath.Tanh, -3.0, 3.0, 4),
        Case("Asinh", Math.Asinh, LaneMath.Asinh, LaneMath.Asinh, LaneMath.Asinh, LaneMath.Asinh, -5.0, 5.0, 3),
        Case("Acosh", Math.Acosh, LaneMath.Acosh, LaneMath.Acosh, LaneMath.Acosh, LaneMath.Acosh, 1.0, 5.0, 3),
        Case("Atanh", Math.Atanh, LaneMath.Atanh, LaneMath.Atanh, LaneMath.Atanh, LaneMath.Atanh, -1.0, 1.0, 3),
        Case("Cbrt", Math.Cbrt, LaneMath.Cbrt, LaneMath.Cbrt, LaneMath.Cbrt, LaneMath.Cbrt, -10.0, 10.0, 4),
        Case("Sign", ScalarMath.Sign, LaneMath.Sign, LaneMath.Sign, LaneMath.Sign, LaneMath.Sign, -1.0, 1.0, 0),
    ];

    public static TestCaseData[] Pairs =>
    [
        PairCase("Power", Math.Pow, LaneMath.Power, LaneMath.Power, LaneMath.Power, 50.0, 1),
        PairCase("Atan2", Math.Atan2, LaneMath.Atan2, LaneMath.Atan2, LaneMath.Atan2, 5.0, 2),
        PairCase("Hypot", double.Hypot, LaneMath.Hypot, LaneMath.Hypot, LaneMath.Hypot, 5.0, 1),
        PairCase("Min", Math.Min, LaneMath.Min, LaneMath.Min, LaneMath.Min, 5.0, 0),
        PairCase("Max", Math.Max, LaneMath.Max, LaneMath.Max, LaneMath.Max, 5.0, 0),
    ];

    [TestCaseSource(nameof(Functions))]
    public void Function_agrees_with_the_library_within_units_in_the_last_place(
        Func<double, double> library, Function function, double low, double high, long units)
    {
        double size = Math.Max(Math.Abs(low), Math.Abs(high));
        foreach (double x in Inputs(low, high))
        {
            // Beyond the range of the exact reduction the library knows better; the documentation says so.
            if (function.Name is "Sin" or "Cos" or "Tan" && double.IsFinite(x) && Math.Abs(x) > 1.6e9)
            {
                Assert.That(function.Name == "Tan" || Math.Abs(function.Fused(x)) <= 1.0, $"{function.Name}({x:R}) is bounded");
                continue;
            }

            double expected = library(x);
            Assert.That(Units(function.Fused(x), expected), Is.LessThanOrEqualTo(units), $"{function.Name}({x:R}), fused, size {size}");
            Assert.That(Units(function.Plain(x), expected), Is.LessThanOrEqualTo(units), $"{function.Name}({x:R}), not fused");
        }
    }

    [TestCaseSource(nameof(Functions))]
    public void Vectors_equal_scalars_bit_for_bit_whatever_the_neighbours_hold(
        Func<double, double> library, Function function, double low, double high, long units)
    {
        if (!Vector512.IsHardwareAccelerated && !Vector256.IsHardwareAccelerated)
        {
            Assert.Ignore("This processor has neither AVX-512 nor AVX2.");
        }

        foreach (double[] eight in Inputs(low, high).Take(Points / 8).Chunk(8).Where(chunk => chunk.Length == 8))
        {
            Vector512<double> wide = function.Wide(new Lane512(Vector512.Create(eight))).Value;
            Vector256<double> narrow = function.Narrow(new Lane256(Vector256.Create(eight))).Value;
            for (int i = 0; i < 8; i++)
            {
                double alone = function.Fused(eight[i]);
                Assert.That(SameNumber(wide[i], alone), $"{function.Name}({eight[i]:R}) beside others in eight lanes");
                Assert.That(i >= 4 || SameNumber(narrow[i % 4], alone), $"{function.Name}({eight[i]:R}) beside others in four lanes");
            }
        }
    }

    [TestCaseSource(nameof(Pairs))]
    public void Function_of_two_numbers_agrees_with_the_library(
        Func<double, double, double> library, Pair function, double size, long units)
    {
        var random = new Random(5);
        IEnumerable<(double X, double Y)> specials = Specials.SelectMany(x => Specials.Select(y => (x, y)));
        IEnumerable<(double X, double Y)> drawn = Enumerable.Range(0, Points).Select(_ => (Draw(random, -size, size), Draw(random, -size, size)));
        foreach ((double x, double y) in specials.Concat(drawn))
        {
            // Of two zeros Min and Max give the first; the library gives the one of the wanted sign.
            bool zeros = units == 0 && x == 0.0 && y == 0.0;
            double expected = zeros ? x : library(x, y);
            Assert.That(Units(function.Fused(x, y), expected), Is.LessThanOrEqualTo(units), $"{function.Name}({x:R}, {y:R}), fused");
            Assert.That(Units(function.Plain(x, y), expected), Is.LessThanOrEqualTo(units), $"{function.Name}({x:R}, {y:R}), not fused");
            if (Vector512.IsHardwareAccelerated)
            {
                double wide = function.Wide(Lane512.Constant(x), Lane512.Constant(y)).Value[3];
                Assert.That(SameNumber(wide, function.Fused(x, y)), $"{function.Name}({x:R}, {y:R}) in eight lanes");
            }
        }
    }

    [Test]
    public void Sine_of_a_huge_angle_is_that_of_the_angle_reduced_exactly()
    {
        // Beyond 1.6e9 the documented bound is 1e-13; Math.Sin reduces exactly.
        var random = new Random(11);
        for (int i = 0; i < 100_000; i++)
        {
            double x = Math.Pow(2.0, 31.0 + (26.0 * random.NextDouble()));
            Assert.That(LaneMath.Sin(new LaneFused(x)).Value, Is.EqualTo(Math.Sin(x)).Within(1e-13), $"sin({x:R})");
            Assert.That(LaneMath.Cos(new LanePlain(x)).Value, Is.EqualTo(Math.Cos(x)).Within(1e-13), $"cos({x:R})");
        }
    }

    [Test]
    public void Sine_keeps_its_digits_beside_multiples_of_pi()
    {
        for (int i = 1; i < 100_000; i++)
        {
            double x = i * Math.PI;
            Assert.That(Units(LaneMath.Sin(new LaneFused(x)).Value, Math.Sin(x)), Is.LessThanOrEqualTo(1), $"sin({x:R})");
        }
    }

    private static IEnumerable<double> Inputs(double low, double high)
    {
        var random = new Random(3);
        return Specials.Concat(Enumerable.Range(0, Points).Select(_ => Draw(random, low, high)));
    }

    // A third each: in the range of interest, of any size below it, any bit pattern.
    private static double Draw(Random random, double low, double high) => random.Next(3) switch
    {
        0 => low + ((high - low) * random.NextDouble()),
        1 => (random.Next(2) == 0 ? 1.0 : -1.0) * Math.Exp((-60.0 * random.NextDouble()) + Math.Log(Math.Max(-low, high))),
        _ => BitConverter.Int64BitsToDouble(random.NextInt64(long.MinValue, long.MaxValue)),
    };

    private static long Units(double a, double b)
    {
        if (double.IsNaN(a) || double.IsNaN(b))
        {
            return double.IsNaN(a) && double.IsNaN(b) ? 0 : long.MaxValue;
        }

        Int128 distance = Int128.Abs((Int128)Order(a) - Order(b));
        return a == 0.0 && b == 0.0 && distance > 0 ? long.MaxValue : (long)Int128.Min(distance, long.MaxValue);
    }

    // Numbers in order, -0 just before 0.
    private static long Order(double x)
    {
        long bits = BitConverter.DoubleToInt64Bits(x);
        return bits < 0 ? long.MinValue - bits - 1 : bits;
    }

    private static bool SameNumber(double a, double b) =>
        BitConverter.DoubleToInt64Bits(a) == BitConverter.DoubleToInt64Bits(b) || (double.IsNaN(a) && double.IsNaN(b));

    private static TestCaseData Case(
        string name,
        Func<double, double> library,
        Func<LaneFused, LaneFused> fused,
        Func<LanePlain, LanePlain> plain,
        Func<Lane512, Lane512> wide,
        Func<Lane256, Lane256> narrow,
        double low,
        double high,
        long units)
    {
        var function = new Function(name, x => fused(new(x)).Value, x => plain(new(x)).Value, wide, narrow);
        return new TestCaseData(library, function, low, high, units).SetArgDisplayNames(name);
    }

    private static TestCaseData PairCase(
        string name,
        Func<double, double, double> library,
        Func<LaneFused, LaneFused, LaneFused> fused,
        Func<LanePlain, LanePlain, LanePlain> plain,
        Func<Lane512, Lane512, Lane512> wide,
        double size,
        long units)
    {
        var function = new Pair(name, (x, y) => fused(new(x), new(y)).Value, (x, y) => plain(new(x), new(y)).Value, wide);
        return new TestCaseData(library, function, size, units).SetArgDisplayNames(name);
    }

    /// <summary>One function on all lanes.</summary>
    public sealed record Function(
        string Name,
        Func<double, double> Fused,
        Func<double, double> Plain,
        Func<Lane512, Lane512> Wide,
        Func<Lane256, Lane256> Narrow);

    /// <summary>One function of two numbers on some lanes.</summary>
    public sealed record Pair(
        string Name,
        Func<double, double, double> Fused,
        Func<double, double, double> Plain,
        Func<Lane512, Lane512, Lane512> Wide);
}
