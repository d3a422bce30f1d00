namespace HybridControl.Numerics;

/// <summary>What is known of a standard normal number u once it has passed a threshold.</summary>
/// <param name="LogProbability">Logarithm of the probability that it passes.</param>
/// <param name="Mean">Mean of u given that it did.</param>
/// <param name="Variance">Variance of u given that it did, in [0, 1] for a threshold without noise or with normal or logistic noise.</param>
/// <remarks>
/// Right in both tails to about 1e-12 relative, however far: beyond two and a half deviations the Mills ratio comes from its continued
/// fraction, whose parts give mean and variance without cancellation. N. L. Johnson, S. Kotz and N. Balakrishnan,
/// Continuous Univariate Distributions 1 (1994), section 13.10; NIST Handbook of Mathematical Functions, 7.9.
/// </remarks>
internal readonly record struct NormalTail(double LogProbability, double Mean, double Variance)
{
    private const double LogRootTwoPi = 0.91893853320467274178;

    // Below this the continued fraction with Terms terms is exact to rounding.
    private const double Far = -2.5;
    private const int Terms = 48;

    /// <summary>A threshold that says nothing: passed for sure.</summary>
    public static NormalTail Certain => new(0.0, 0.0, 1.0);

    /// <summary>A threshold that is not passed.</summary>
    public static NormalTail Impossible => new(double.NegativeInfinity, 0.0, 1.0);

    /// <summary>Whether the threshold is passed for sure, so that nothing is learned.</summary>
    public bool IsCertain => Mean == 0.0 && Variance == 1.0;

    /// <summary>The probability.</summary>
    public double Probability => Math.Exp(LogProbability);

    /// <summary>u given that u >= -z: log Phi(z), lambda = phi/Phi, and 1 - lambda (lambda + z).</summary>
    public static NormalTail Above(double z)
    {
        if (z > Far)
        {
            double density = Math.Exp((-0.5 * z * z) - LogRootTwoPi);
            if (density == 0.0)
            {
                return Certain;
            }

            double probability = NormalLaw.Cdf(z);
            double mean = density / probability;
            double log = z > 0.0 ? Log1P.Of(-NormalLaw.Cdf(-z)) : Math.Log(probability);
            return new NormalTail(log, mean, 1.0 - (mean * (mean + z)));
        }

        // lambda = x + K1, K1 = 1/(x + K2), K2 = 2/(x + K3), ... with x = -z.
        double x = -z;
        double second = 0.0;
        for (int k = Terms; k >= 2; k--)
        {
            second = k / (x + second);
        }

        double first = 1.0 / (x + second);
        double logProbability = (-0.5 * x * x) - LogRootTwoPi - Math.Log(x + first);
        return double.IsNegativeInfinity(logProbability)
            ? Impossible
            : new NormalTail(logProbability, x + first, (second - first) / (x + second));
    }

    /// <summary>u given that it lies between two ends, either of which may be infinite.</summary>
    /// <remarks>Narrow intervals and far tails, where differences would cancel, have formulas of their own: uniform and exponential.</remarks>
    public static NormalTail Between(double low, double high)
    {
        if (double.IsPositiveInfinity(high))
        {
            return double.IsNegativeInfinity(low) ? Certain : Above(-low);
        }

        if (low < 0.0 && -low > high)
        {
            NormalTail mirrored = Between(-high, -low);
            return mirrored with { Mean = -mirrored.Mean };
        }

        // From here on the middle of the interval is not below zero.
        double width = high - low;
        if (!(width > 0.0))
        {
            return Impossible;
        }

        NormalTail above = Above(-low);
        NormalTail beyond = Above(-high);
        double rest = Math.Exp(beyond.LogProbability - above.LogProbability);
        double log = above.LogProbability + Log1P.Of(-rest);
        double decay = Math.Max(low, 0.0) * width;
        if (width < 1e-3)
        {
            return new NormalTail(log, low + (0.5 * width) - (low * width * width / 12.0), width * width / 12.0);
        }

        if (low > 30.0)
        {
            double tail = Math.Exp(-Math.Min(decay, 700.0));
            double cut = width * tail / (1.0 - tail);
            return new NormalTail(log, low + (1.0 / low) - cut, (1.0 / (low * low)) - (cut * width / (1.0 - tail)));
        }

        // Moments of the whole tail less those of what lies beyond.
        double share = 1.0 / (1.0 - rest);
        double mean = (above.Mean - (rest * beyond.Mean)) * share;
        double square = (above.Variance + (above.Mean * above.Mean) - (rest * (beyond.Variance + (beyond.Mean * beyond.Mean)))) * share;
        return new NormalTail(log, mean, Math.Clamp(square - (mean * mean), 0.0, width * width));
    }

    /// <summary>u given that margin + deviation u + noise >= 0, with normal noise.</summary>
    /// <param name="margin">Mean distance beyond the threshold.</param>
    /// <param name="deviation">Standard deviation of that distance, not negative.</param>
    /// <param name="noise">Standard deviation of the threshold, not negative; zero for a sharp one.</param>
    public static NormalTail Beyond(double margin, double deviation, double noise)
    {
        double whole = double.Hypot(deviation, noise);
        if (whole == 0.0)
        {
            return margin >= 0.0 ? Certain : Impossible;
        }

        NormalTail tail = Above(margin / whole);
        double share = deviation / whole;
        double other = noise / whole;
        return new NormalTail(tail.LogProbability, share * tail.Mean, (other * other) + (share * share * tail.Variance));
    }

    /// <summary>u given that margin + deviation u + noise >= 0, with logistic noise: passed with probability 1 / (1 + exp(-distance / scale)).</summary>
    /// <param name="margin">Mean distance beyond the threshold.</param>
    /// <param name="deviation">Standard deviation of that distance, not negative.</param>
    /// <param name="scale">Scale of the noise, not negative; its standard deviation is pi / sqrt(3) times that.</param>
    /// <remarks>
    /// The logistic law as a mixture of eight normal laws: the sigmoid to 2.4e-9 everywhere. In the far tail, where the
    /// mixture falls too fast, sigmoid(y) = exp(y) sigmoid(-y) moves the question to where it is even.
    /// J. F. Monahan and L. A. Stefanski, in: Handbook of the Logistic Distribution (1992), 529-540; coefficients our own.
    /// </remarks>
    public static NormalTail BeyondLogistic(double margin, double deviation, double scale)
    {
        if (scale == 0.0)
        {
            return Beyond(margin, deviation, 0.0);
        }

        double tilt = deviation / scale;
        double distance = margin / scale;
        if (distance >= -0.5 * tilt * tilt)
        {
            return Mixed(margin, deviation, scale);
        }

        NormalTail tail = Mixed(-(distance + (tilt * tilt)) * scale, deviation, scale);
        return new NormalTail(distance + (0.5 * tilt * tilt) + tail.LogProbability, tilt - tail.Mean, tail.Variance);
    }

    private static ReadOnlySpan<double> MixtureScales =>
    [
        0.7285825918305354, 0.938814655651371, 1.197339038739072, 1.528900334859182,
        1.958671945084582, 2.5128853637704442, 3.226471678688029, 4.187422320919687,
    ];

    private static ReadOnlySpan<double> MixtureWeights =>
    [
        0.0029929534753783973, 0.049385501976293135, 0.19157897900716786, 0.31496372970534764,
        0.2769349753407633, 0.133828802347242, 0.028803188501371122, 0.0015118696464364624,
    ];

    // Moments of the mixture of what each normal law leaves; no squares are subtracted.
    private static NormalTail Mixed(double margin, double deviation, double scale)
    {
        ReadOnlySpan<double> scales = MixtureScales;
        Span<NormalTail> tails = stackalloc NormalTail[8];
        double largest = double.NegativeInfinity;
        for (int i = 0; i < tails.Length; i++)
        {
            tails[i] = Beyond(margin, deviation, scale * scales[i]);
            largest = Math.Max(largest, tails[i].LogProbability);
        }

        double sum = 0.0;
        double mean = 0.0;
        Span<double> weights = stackalloc double[8];
        for (int i = 0; i < tails.Length; i++)
        {
            weights[i] = MixtureWeights[i] * Math.Exp(tails[i].LogProbability - largest);
            sum += weights[i];
            mean += weights[i] * tails[i].Mean;
        }

        if (!(sum > 0.0))
        {
            return Impossible;
        }

        mean /= sum;
        double variance = 0.0;
        for (int i = 0; i < tails.Length; i++)
        {
            double difference = tails[i].Mean - mean;
            variance += weights[i] / sum * (tails[i].Variance + (difference * difference));
        }

        return new NormalTail(Math.Min(0.0, largest + Math.Log(sum)), mean, variance);
    }
}
