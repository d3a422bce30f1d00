using HybridControl.Numerics;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Numerics;

/// <summary>A ball as an operation leaves it, and numbers that it is there for.</summary>
internal sealed record Content(Ball Ball, double[] Members);

/// <summary>Arguments near everything that can go wrong.</summary>
internal static class Nasty
{
    private static readonly double[] Places =
    [
        0.0, 1.0, -1.0, 0.5, 2.0, Math.PI, Math.PI / 2.0, 3.0 * Math.PI, 1e22, 710.0, -745.0, 1e-8, 1e-160, 1e160, 1e300, -1e300, double.Epsilon,
        2.2250738585072014e-308, 1e-310, 3e-323, 1e-100, 1e-210, double.MaxValue, 0.1, 1e5, 4.0, 8.0,
    ];

    /// <summary>Any number: subnormal, huge, at the edge of a domain, with a ball from a point to many times its size.</summary>
    public static Content Draw(Random random)
    {
        double centre = random.Next(4) switch
        {
            0 => Places[random.Next(Places.Length)],
            1 => Places[random.Next(Places.Length)] * (1.0 + ((random.NextDouble() - 0.5) * Math.Pow(10.0, -random.Next(17)))),
            2 => (random.NextDouble() - 0.5) * Math.Pow(10.0, random.Next(-320, 309)),
            _ => (random.NextDouble() - 0.5) * Math.Pow(10.0, random.Next(-3, 4)),
        };
        return Around(random, Math.Clamp(random.Next(6) == 0 ? -centre : centre, -double.MaxValue, double.MaxValue));
    }

    /// <summary>A number between -10 and 10.</summary>
    public static Content Moderate(Random random) => Around(random, (random.NextDouble() - 0.5) * Math.Pow(10.0, random.Next(-2, 2)));

    /// <summary>Whether an exact number is in a ball, whether by its centre and radius or by its ends.</summary>
    public static bool Contains(Ball ball, BigReal value)
    {
        if (!double.IsFinite(ball.Centre) || !double.IsFinite(ball.Radius))
        {
            return true; // nothing is claimed
        }

        return BigReal.Abs(value - BigReal.From(ball.Centre)) <= BigReal.From(ball.Radius) &&
            (double.IsInfinity(ball.Lower) || BigReal.From(ball.Lower) <= value) &&
            (double.IsInfinity(ball.Upper) || BigReal.From(ball.Upper) >= value);
    }

    // From its ends, and so widened as every result is.
    private static Content Around(Random random, double centre)
    {
        if (random.Next(4) == 0)
        {
            return new(Ball.Constant(centre), [centre]);
        }

        double radius = (Math.Abs(centre) + (random.Next(5) == 0 ? double.Epsilon : 0.0)) * Math.Pow(10.0, (random.NextDouble() * 18.0) - 16.0);
        double lower = Math.Max(centre - radius, -double.MaxValue), upper = Math.Min(centre + radius, double.MaxValue);
        double middle = lower + (random.NextDouble() * (upper - lower));
        return new(Ball.FromEnds(lower, upper), [lower, upper, middle >= lower && middle <= upper ? middle : lower]);
    }
}
