using MathNet.Numerics;

namespace HybridControl.Numerics;

/// <summary>The standard beta distribution.</summary>
internal static class BetaLaw
{
    private const int MostIterations = 200;

    /// <summary>The smallest logarithm that is looked for: that of the smallest double.</summary>
    private const double Lowest = -745.0;

    /// <summary>The value below which a fraction <paramref name="p"/> lies.</summary>
    /// <param name="a">First shape, positive.</param>
    /// <param name="b">Second shape, positive.</param>
    /// <param name="p">Between 0 and 1, exclusive.</param>
    /// <remarks>The half of smaller probability is searched, so that a small tail keeps its digits.</remarks>
    public static double Quantile(double a, double b, double p) =>
        p <= 0.5 ? Lower(a, b, p) : 1.0 - Lower(b, a, 1.0 - p);

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
            double probability = IncompleteBeta.Value(a, b, x);
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
}
