using MathNet.Numerics;

namespace HybridControl.Numerics;

/// <summary>The regularised incomplete beta function I_x(a, b) and its inverse: beta quantiles, binomial and Student tails.</summary>
/// <remarks>
/// Continued fraction by Lentz's method (NIST Digital Library of Mathematical Functions, 8.17.22), with the factor in front from
/// deviances instead of differences of large logarithms (C. Loader, Fast and Accurate Computation of Binomial Probabilities, 2000).
/// Relative error about 1e-13, and 1e-12 for parameters in the millions. Stateless.
/// </remarks>
internal static class IncompleteBeta
{
    private const int MostIterations = 200;

    // The smallest logarithm that is looked for: that of the smallest double.
    private const double Lowest = -745.0;

    /// <summary>I_x(a, b) for positive a and b and x between 0 and 1.</summary>
    public static double Value(double a, double b, double x)
    {
        if (x <= 0.0)
        {
            return 0.0;
        }

        if (x >= 1.0)
        {
            return 1.0;
        }

        return x <= (a + 1.0) / (a + b + 2.0)
            ? Front(a, b, x, 1.0 - x) * Fraction(a, b, x) / a
            : 1.0 - (Front(b, a, 1.0 - x, x) * Fraction(b, a, 1.0 - x) / b);
    }

    /// <summary>The x at which I_x(a, b) is <paramref name="p"/>: the quantile of the standard beta distribution.</summary>
    /// <remarks>
    /// Relative error about 1e-13 where x or the upper tail 1 - p is not small, else 1e-16 divided by the larger of the two.
    /// Cost: about five values of I.
    /// </remarks>
    public static double Inverse(double a, double b, double p)
    {
        if (p <= 0.0)
        {
            return 0.0;
        }

        if (p >= 1.0)
        {
            return 1.0;
        }

        if (p <= 0.5)
        {
            return Lower(a, b, p);
        }

        // Seen from above the tail 1 - p keeps its digits, seen from below x does: the smaller of the two needs them more.
        double tail = 1.0 - p;
        double x = 1.0 - Lower(b, a, tail);
        return x >= tail ? x : Lower(a, b, p);
    }

    /// <summary>The probability of at most <paramref name="successes"/> successes in <paramref name="trials"/> trials.</summary>
    public static double BinomialBelow(long successes, long trials, double probability) =>
        successes < 0 ? 0.0 :
        successes >= trials ? 1.0 :
        Value(trials - successes, successes + 1.0, 1.0 - probability);

    // Newton's method for ln I(exp y) = ln p, which is concave and nearly straight for small x; where it leaves the bracket the
    // bracket is halved.
    private static double Lower(double a, double b, double p)
    {
        double target = Math.Log(p);
        double logBeta = SpecialFunctions.BetaLn(a, b);
        (double low, double high) = (Lowest, 0.0);
        double y = Math.Clamp((target + Math.Log(a) + logBeta) / a, Lowest, -1e-3);
        for (int i = 0; i < MostIterations; i++)
        {
            double x = Math.Exp(y);
            double probability = Value(a, b, x);
            double error = Math.Log(probability) - target;
            if (error > 0.0)
            {
                high = y;
            }
            else
            {
                low = y;
            }

            // d ln I / d ln x = x f(x) / I, with the density f.
            double slope = Math.Exp((a * y) + ((b - 1.0) * Log1P.Of(-x)) - logBeta) / probability;
            double next = y - (error / slope);
            if (!(next > low && next < high))
            {
                next = 0.5 * (low + high);
            }

            if (Math.Abs(next - y) <= 1e-16 * Math.Max(1.0, Math.Abs(y)))
            {
                return Math.Exp(next);
            }

            y = next;
        }

        return Math.Exp(y);
    }

    // x^a (1-x)^b / B(a, b), as a * b / (a + b) times the binomial density at a out of a + b.
    private static double Front(double a, double b, double x, double y)
    {
        double n = a + b;
        double exponent = StirlingError(n) - StirlingError(a) - StirlingError(b) - Deviance(a, n * x) - Deviance(b, n * y);
        return a * b / n * Math.Exp(exponent) * Math.Sqrt(n / (2.0 * Math.PI * a * b));
    }

    // ln(n!) - ln(sqrt(2 pi n) (n/e)^n).
    private static double StirlingError(double n)
    {
        if (n < 16.0)
        {
            return SpecialFunctions.GammaLn(n + 1.0) - ((n + 0.5) * Math.Log(n)) + n - (0.5 * Math.Log(2.0 * Math.PI));
        }

        double square = n * n;
        return ((1.0 / 12.0) - (((1.0 / 360.0) - (((1.0 / 1260.0) - (((1.0 / 1680.0) - (1.0 / 1188.0 / square)) / square)) / square)) / square)) / n;
    }

    // x ln(x / m) + m - x, without cancellation where x is near m.
    private static double Deviance(double x, double m)
    {
        if (Math.Abs(x - m) >= 0.1 * (x + m))
        {
            return (x * Math.Log(x / m)) + m - x;
        }

        double v = (x - m) / (x + m);
        double sum = (x - m) * v;
        double term = 2.0 * x * v;
        for (int j = 1; j < 1000; j++)
        {
            term *= v * v;
            double next = sum + (term / ((2 * j) + 1));
            if (next == sum)
            {
                break;
            }

            sum = next;
        }

        return sum;
    }

    private static double Fraction(double a, double b, double x)
    {
        const double tiny = 1e-300;
        double c = 1.0;
        double d = 1.0 / Away(1.0 - ((a + b) * x / (a + 1.0)));
        double h = d;
        for (int m = 1; m < 1_000_000; m++)
        {
            double even = m * (b - m) * x / ((a + (2.0 * m) - 1.0) * (a + (2.0 * m)));
            d = 1.0 / Away(1.0 + (even * d));
            c = Away(1.0 + (even / c));
            h *= d * c;
            double odd = -(a + m) * (a + b + m) * x / ((a + (2.0 * m)) * (a + (2.0 * m) + 1.0));
            d = 1.0 / Away(1.0 + (odd * d));
            c = Away(1.0 + (odd / c));
            double factor = d * c;
            h *= factor;
            if (Math.Abs(factor - 1.0) < 1e-16)
            {
                break;
            }
        }

        return h;

        static double Away(double value) => Math.Abs(value) < tiny ? tiny : value;
    }
}
