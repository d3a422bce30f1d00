namespace HybridControl.Numerics;

/// <summary>Slopes at the points of a table that make its cubics rise and fall only where the points do.</summary>
/// <remarks>
/// Inside, where the secants on both sides have one sign, their harmonic mean weighted by the spacing; else zero, an
/// extremum of the points. At the ends a parabola through three points, held to the sign of the end secant and, where
/// the next one has the other sign, to three times it. Both keep each slope within three times the smaller secant beside
/// it, which makes a cubic monotone. Sources: F. N. Fritsch and R. E. Carlson, SIAM J. Numer. Anal. 17 (1980), 238-246,
/// for the condition; F. N. Fritsch and J. Butland, SIAM J. Sci. Stat. Comput. 5 (1984), 300-304, for the mean.
/// </remarks>
internal static class MonotoneSlopes
{
    /// <summary>One slope for each of n points, n at least two; the breakpoints are strictly increasing.</summary>
    public static double[] Of(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        int n = x.Length;
        double[] slopes = new double[n];
        if (n == 2)
        {
            slopes.AsSpan().Fill((y[1] - y[0]) / (x[1] - x[0]));
            return slopes;
        }

        for (int i = 1; i + 1 < n; i++)
        {
            (double h0, double h1) = (x[i] - x[i - 1], x[i + 1] - x[i]);
            (double d0, double d1) = ((y[i] - y[i - 1]) / h0, (y[i + 1] - y[i]) / h1);
            if (Math.Sign(d0) * Math.Sign(d1) > 0)
            {
                double total = h0 + h1;
                slopes[i] = 3.0 * total / (((total + h1) / d0) + ((total + h0) / d1));
            }
        }

        slopes[0] = AtEnd(x[1] - x[0], x[2] - x[1], y[1] - y[0], y[2] - y[1]);
        slopes[^1] = AtEnd(x[^1] - x[^2], x[^2] - x[^3], y[^1] - y[^2], y[^2] - y[^3]);
        return slopes;
    }

    private static double AtEnd(double h0, double h1, double rise0, double rise1)
    {
        (double d0, double d1) = (rise0 / h0, rise1 / h1);
        double slope = ((((2.0 * h0) + h1) * d0) - (h0 * d1)) / (h0 + h1);
        if (Math.Sign(slope) != Math.Sign(d0))
        {
            return 0.0;
        }

        return Math.Sign(d0) != Math.Sign(d1) && Math.Abs(slope) > 3.0 * Math.Abs(d0) ? 3.0 * d0 : slope;
    }
}
