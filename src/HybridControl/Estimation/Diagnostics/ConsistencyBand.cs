using HybridControl.Diagnostics;
using HybridControl.Numerics;

namespace HybridControl.Estimation.Diagnostics;

/// <summary>Where a mean lies with a given probability if a filter is right, equally likely to miss it on either side.</summary>
/// <param name="Lower">Lower end.</param>
/// <param name="Upper">Upper end.</param>
/// <param name="Confidence">The probability of the band, between 0 and 1.</param>
public readonly record struct ConsistencyBand(double Lower, double Upper, double Confidence)
{
    /// <summary>The band [chi2(p, d), chi2(1 - p, d)] / count with p = (1 - confidence) / 2.</summary>
    /// <param name="degrees">Degrees of freedom d of all numbers together: runs times components where nothing is missing.</param>
    /// <param name="count">How many numbers the mean is over.</param>
    /// <param name="confidence">Between 0 and 1.</param>
    /// <exception cref="ModelException">The confidence is no probability, or the counts are not positive.</exception>
    /// <remarks>Y. Bar-Shalom, X. R. Li and T. Kirubarajan, Estimation with Applications to Tracking and Navigation (2001), section 5.4.</remarks>
    public static ConsistencyBand OfMean(double degrees, double count = 1.0, double confidence = 0.95)
    {
        ConsistencyOptions.CheckConfidence(confidence);
        if (!(degrees > 0.0) || !(count > 0.0))
        {
            throw new ModelException(
                "chi-square band", FormattableString.Invariant($"{degrees} degrees of freedom over {count} numbers"), "Both must be positive.");
        }

        double tail = 0.5 * (1.0 - confidence);
        return new(ChiSquare.Quantile(degrees, tail) / count, ChiSquare.Quantile(degrees, 1.0 - tail) / count, confidence);
    }

    /// <summary>Whether a mean lies in the band, its ends included.</summary>
    public bool Contains(double mean) => mean >= Lower && mean <= Upper;
}
