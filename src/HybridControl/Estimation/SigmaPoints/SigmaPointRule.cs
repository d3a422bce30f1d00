namespace HybridControl.Estimation;

/// <summary>Where sigma points lie and what they weigh: m, if it is used, and m + s L_i, m - s L_i for every column of L.</summary>
/// <remarks>
/// <para>
/// Each point weighs w; in covariances the centre weighs W = 2 - 2 n w - alpha^2 + beta, which may be negative. With the second
/// differences u_i = X_i+ + X_i- - 2 X_0 and U = [u_1 ... u_n] the weighted covariance about the weighted mean is
/// w/2 sum (X_i+ - X_i-)(X_i+ - X_i-)' + w/2 U (I + 2 w c 11') U' with c = 2 n w - 2 + W = beta - alpha^2.
/// </para>
/// <para>
/// As long as t = 1 + 2 n w c is not negative, I + 2 w c 11' = (I + g 11')^2 with g = (sqrt(t) - 1)/n: the covariance has a real
/// factor, whatever the function and whatever the sign of W, and no difference of covariances is taken. A negative t
/// (kappa below -n beta/alpha^2) leaves one dyad to take away, which may be too large. The weights are those of S. J. Julier,
/// Proc. American Control Conf. (2002), 4555-4559; the rearrangement is our own.
/// </para>
/// </remarks>
internal sealed class SigmaPointRule
{
    private SigmaPointRule(int n, double scale, double weight, bool hasCenter)
    {
        States = n;
        Scale = scale;
        Weight = weight;
        HasCenter = hasCenter;
        Weights = new double[(2 * n) + (hasCenter ? 1 : 0)];
        Weights.AsSpan().Fill(weight);
        if (hasCenter)
        {
            Weights[0] = 1.0 - (2.0 * n * weight);
        }
    }

    /// <summary>The number n of states.</summary>
    public int States { get; }

    /// <summary>The number of points: the centre first if there is one, then n on one side, then n on the other.</summary>
    public int Count => Weights.Length;

    /// <summary>Distance s of the points, in columns of L.</summary>
    public double Scale { get; }

    /// <summary>The weight w of a point on a side.</summary>
    public double Weight { get; }

    /// <summary>Whether the mean is a point.</summary>
    public bool HasCenter { get; }

    /// <summary>The weights of means, adding up to one.</summary>
    public double[] Weights { get; }

    /// <summary>g: what every second difference takes of the sum of all.</summary>
    public double Share { get; private init; }

    /// <summary>sqrt of the factor of (sum of u)(sum of u)' that must be taken away; zero in most cases.</summary>
    public double Surplus { get; private init; }

    /// <summary>The scaled unscented transform: s^2 = alpha^2 (n + kappa).</summary>
    public static SigmaPointRule Unscented(int n, double alpha, double beta, double kappa)
    {
        double square = alpha * alpha * (n + kappa);
        double weight = 0.5 / square;
        double t = 1.0 + (2.0 * weight * n * (beta - (alpha * alpha)));
        return new SigmaPointRule(n, Math.Sqrt(square), weight, hasCenter: true)
        {
            Share = (Math.Sqrt(Math.Max(t, 0.0)) - 1.0) / n,
            Surplus = t < 0.0 ? Math.Sqrt(-0.5 * weight * t / n) : 0.0,
        };
    }

    /// <summary>The cubature rule of degree three: s^2 = n, equal weights, no centre.</summary>
    public static SigmaPointRule Cubature(int n) => new(n, Math.Sqrt(n), 0.5 / n, hasCenter: false);
}
