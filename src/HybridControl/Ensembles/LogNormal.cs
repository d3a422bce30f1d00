using HybridControl.Numerics;

namespace HybridControl.Ensembles;

/// <summary>A quantity whose natural logarithm is normally distributed.</summary>
/// <param name="Median">Median, positive: the exponential of the mean of the logarithm.</param>
/// <param name="LogDeviation">Standard deviation of the natural logarithm, not negative.</param>
public sealed record LogNormal(double Median, double LogDeviation) : Distribution
{
    /// <inheritdoc/>
    public override string? Problem =>
        DistributionChecks.Positive("median", Median) ?? DistributionChecks.NotNegative("log deviation", LogDeviation);

    /// <summary>The log-normal distribution of a given mean and standard deviation of the quantity itself.</summary>
    /// <param name="mean">Mean, positive.</param>
    /// <param name="deviation">Standard deviation, not negative.</param>
    public static LogNormal FromMoments(double mean, double deviation)
    {
        double ratio = deviation / mean;
        double variance = Log1P.Of(ratio * ratio);
        return new(mean * Math.Exp(-0.5 * variance), Math.Sqrt(variance));
    }

    /// <inheritdoc/>
    public override double Quantile(double p) => FromScore(NormalLaw.Quantile(p));

    /// <inheritdoc/>
    internal override double FromScore(double z) => Median * Math.Exp(LogDeviation * z);
}
