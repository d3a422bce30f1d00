using System.Numerics;
using HybridControl.Numerics;

namespace HybridControl.Tests.Numerics;

/// <summary>Balls against exact rational arithmetic, and against the functions at sampled members.</summary>
public class BallTests
{
    private const int Draws = 20000;

    [Test]
    public void Sums_differences_products_squares_and_quotients_contain_every_exact_result()
    {
        var random = new Random(11);
        for (int draw = 0; draw < Draws; draw++)
        {
            Ball a = Draw(random);
            Ball b = Draw(random);
            foreach (double u in Members(a))
            {
                foreach (double v in Members(b))
                {
                    var x = Rational.From(u);
                    var y = Rational.From(v);
                    AssertContains(a + b, x + y);
                    AssertContains(a - b, x - y);
                    AssertContains(a * b, x * y);
                    if (v != 0.0)
                    {
                        AssertContains(a / b, x / y);
                    }
                }

                AssertContains(Ball.Square(a), Rational.From(u) * Rational.From(u));
            }
        }
    }

    [Test]
    public void Chains_of_operations_on_exact_numbers_contain_the_exact_result()
    {
        var random = new Random(12);
        for (int draw = 0; draw < 3000; draw++)
        {
            Ball ball = Ball.Constant(random.NextDouble());
            var exact = Rational.From(ball.Centre);
            for (int step = 0; step < 12; step++)
            {
                double value = Math.Round((random.NextDouble() * 4) - 2, 6);
                var next = Rational.From(value);
                (ball, exact) = random.Next(4) switch
                {
                    0 => (ball + Ball.Constant(value), exact + next),
                    1 => (ball - Ball.Constant(value), exact - next),
                    2 => (ball * Ball.Constant(value), exact * next),
                    _ when value != 0.0 => (ball / Ball.Constant(value), exact / next),
                    _ => (ball, exact),
                };
                AssertContains(ball, exact);
            }
        }
    }

    [Test]
    public void Square_roots_contain_the_exact_root()
    {
        var random = new Random(13);
        for (int draw = 0; draw < Draws; draw++)
        {
            Ball a = Ball.Abs(Draw(random));
            Ball root = Ball.Sqrt(a);
            foreach (double u in Members(a).Where(u => u >= 0.0))
            {
                // lower^2 <= u <= upper^2, compared exactly.
                var lower = Rational.From(Math.Max(root.Lower, 0.0));
                var upper = Rational.From(root.Upper);
                Assert.That((lower * lower).CompareTo(Rational.From(u)), Is.LessThanOrEqualTo(0));
                Assert.That((upper * upper).CompareTo(Rational.From(u)), Is.GreaterThanOrEqualTo(0));
            }
        }
    }

    [TestCaseSource(typeof(RealFunctions), nameof(RealFunctions.Unary))]
    public void A_function_of_a_ball_contains_the_function_of_each_member(RealFunction function)
    {
        var random = new Random(14);
        int checkedMembers = 0;
        for (int draw = 0; draw < Draws; draw++)
        {
            Ball a = Draw(random);
            Ball result = function.OnBalls(a);
            foreach (double u in Members(a))
            {
                double value = function.OnDoubles(u);
                if (double.IsNaN(value))
                {
                    continue;
                }

                checkedMembers++;
                Assert.That(
                    value >= result.Lower && value <= result.Upper, $"{function} of {u:R} in {a} is {value:R}, not in {result}");
            }
        }

        Assert.That(checkedMembers, Is.GreaterThan(Draws / 4));
    }

    [TestCaseSource(typeof(RealFunctions), nameof(RealFunctions.Binary))]
    public void A_function_of_two_balls_contains_the_function_of_each_pair(RealFunction function)
    {
        var random = new Random(15);
        for (int draw = 0; draw < Draws; draw++)
        {
            Ball a = Draw(random);
            Ball b = Draw(random);
            Ball result = function.OnBalls(a, b);
            foreach (double u in Members(a))
            {
                foreach (double v in Members(b))
                {
                    double value = function.OnDoubles(u, v);
                    Assert.That(
                        double.IsNaN(value) || double.IsInfinity(value) || (value >= result.Lower && value <= result.Upper),
                        $"{function} of {u:R} in {a}, {v:R} in {b} is {value:R}, not in {result}");
                }
            }
        }
    }

    [Test]
    public void Integer_powers_keep_their_parity()
    {
        Ball x = new(0.5, 1.0);
        Assert.That(Ball.Power(x, Ball.Constant(2.0)).Lower, Is.EqualTo(0.0).Within(1e-14));
        Assert.That(Ball.Power(x, Ball.Constant(3.0)).Lower, Is.EqualTo(-0.125).Within(1e-14));
        Assert.That(Ball.Power(x, Ball.Constant(3.0)).Upper, Is.EqualTo(3.375).Within(1e-14));
        Assert.That(Ball.Power(x, Ball.Constant(-1.0)).Radius, Is.EqualTo(double.PositiveInfinity));
    }

    [Test]
    public void Infinite_constants_are_neutral_in_min_and_max()
    {
        Ball g = new(1.5, 0.25);
        Ball unknown = Ball.Unbounded;
        Assert.That(Ball.Min(g, Ball.Constant(double.PositiveInfinity)), Is.EqualTo(g));
        Assert.That(Ball.Max(Ball.Constant(double.NegativeInfinity), g), Is.EqualTo(g));
        Assert.That(Ball.Min(unknown, Ball.Constant(double.PositiveInfinity)), Is.EqualTo(unknown));
        Assert.That(Ball.Max(-Ball.Constant(double.PositiveInfinity), unknown), Is.EqualTo(unknown));
        Jet jet = new(g, new(1.0, 0.0), new(2.0, 0.5));
        Assert.That(Jet.Min(Jet.Constant(double.PositiveInfinity), jet), Is.EqualTo(jet));
        Assert.That(Jet.Max(jet, -Jet.Constant(double.PositiveInfinity)), Is.EqualTo(jet));
    }

    [Test]
    public void Nothing_is_proved_about_undefined_and_unbounded_values()
    {
        Ball[] unknown =
        [
            Ball.Sqrt(new(-2.0, 1.0)), Ball.Log(new(-2.0, 1.0)), Ball.Sin(Ball.Undefined), Ball.Atan(Ball.Undefined),
            Ball.Constant(0.0) / Ball.Constant(0.0), Ball.Constant(1.0) / new Ball(0.1, 0.2), Ball.Log(new(0.5, 0.6)),
            Ball.Tan(new(1.5, 0.2)), Ball.Atanh(new(0.9, 0.2)), Ball.Unbounded * Ball.Constant(0.0),
            Ball.Constant(double.PositiveInfinity) - Ball.Constant(double.PositiveInfinity), Ball.Sign(Ball.Undefined),
            Ball.Acos(new(3.0, 1.0)), Ball.Select(Ball.Undefined, Ball.Constant(1.0), Ball.Constant(2.0)),
            Ball.Tanh(Ball.Undefined), Ball.Floor(Ball.Unbounded), Ball.Hypot(Ball.Undefined, Ball.Constant(1.0)),
        ];
        for (int i = 0; i < unknown.Length; i++)
        {
            Assert.That(unknown[i].Upper < 1e300 || unknown[i].Lower > -1e300, Is.False, $"case {i}: {unknown[i]}");
        }
    }

    [Test]
    public void Tables_enclose_values_and_slopes_with_every_extrapolation(
        [Values] Extrapolation extrapolation)
    {
        var random = new Random(16);
        var table = new LookupCurve("map", [-1.0, 0.0, 0.5, 2.0], [3.0, -1.0, 0.25, 0.5], extrapolation);
        for (int draw = 0; draw < Draws; draw++)
        {
            Ball x = new((random.NextDouble() * 6) - 3, Math.Pow(10, -8 * random.NextDouble()));
            Ball value = Ball.Lookup(table, x);
            Ball slope = Ball.LookupSlope(table, x);
            foreach (double u in Members(x))
            {
                double v = table.Evaluate(u);
                double d = table.Derivative(u);
                Assert.That(double.IsNaN(v) || (v >= value.Lower && v <= value.Upper));
                Assert.That(double.IsNaN(d) || (d >= slope.Lower && d <= slope.Upper));
            }
        }
    }

    /// <summary>A ball of a random size and width, sometimes a single number.</summary>
    private static Ball Draw(Random random)
    {
        double centre = (random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-3, 4));
        double radius = random.Next(4) == 0 ? 0.0 : Math.Abs(centre) * Math.Pow(10, (-16 * random.NextDouble()) + 0.5);
        return new(centre, radius);
    }

    /// <summary>Doubles inside a ball, ends included where they are exact members.</summary>
    private static IEnumerable<double> Members(Ball a)
    {
        yield return a.Centre;
        if (a.Radius > 0.0)
        {
            foreach (double f in (double[])[-1.0, -0.37, 0.61, 1.0])
            {
                double u = a.Centre + (f * a.Radius);
                var distance = Rational.From(u) - Rational.From(a.Centre);
                if (distance.Abs().CompareTo(Rational.From(a.Radius)) <= 0)
                {
                    yield return u;
                }
            }
        }
    }

    private static void AssertContains(Ball ball, Rational value)
    {
        if (double.IsInfinity(ball.Radius))
        {
            return;
        }

        var distance = (value - Rational.From(ball.Centre)).Abs();
        Assert.That(distance.CompareTo(Rational.From(ball.Radius)), Is.LessThanOrEqualTo(0), $"{ball}");
        Assert.That(value.CompareTo(Rational.From(ball.Lower)), Is.GreaterThanOrEqualTo(0), $"{ball} lower");
        Assert.That(value.CompareTo(Rational.From(ball.Upper)), Is.LessThanOrEqualTo(0), $"{ball} upper");
    }

    /// <summary>An exact fraction.</summary>
    private readonly record struct Rational(BigInteger Top, BigInteger Bottom)
    {
        public static Rational From(double value)
        {
            long bits = BitConverter.DoubleToInt64Bits(value);
            int exponent = (int)((bits >> 52) & 0x7FF);
            long mantissa = bits & 0xFFFFFFFFFFFFFL;
            mantissa = exponent == 0 ? mantissa : mantissa | (1L << 52);
            int shift = Math.Max(exponent, 1) - 1075;
            BigInteger top = value < 0.0 ? -mantissa : mantissa;
            return shift >= 0 ? new(top << shift, BigInteger.One) : new(top, BigInteger.One << -shift);
        }

        public static Rational operator +(Rational a, Rational b) =>
            new((a.Top * b.Bottom) + (b.Top * a.Bottom), a.Bottom * b.Bottom);

        public static Rational operator -(Rational a, Rational b) =>
            new((a.Top * b.Bottom) - (b.Top * a.Bottom), a.Bottom * b.Bottom);

        public static Rational operator *(Rational a, Rational b) => new(a.Top * b.Top, a.Bottom * b.Bottom);

        public static Rational operator /(Rational a, Rational b) => b.Top.Sign < 0
            ? new(-(a.Top * b.Bottom), -(a.Bottom * b.Top))
            : new(a.Top * b.Bottom, a.Bottom * b.Top);

        public Rational Abs() => new(BigInteger.Abs(Top), Bottom);

        public int CompareTo(Rational other) => (Top * other.Bottom).CompareTo(other.Top * Bottom);
    }
}
