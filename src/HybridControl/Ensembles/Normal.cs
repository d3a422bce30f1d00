using HybridControl.Numerics;

namespace HybridControl.Ensembles;

/// <summary>A normal distribution.</summary>
/// <param name="Mean">Mean.</param>
/// <param name="Deviation">Standard deviation, not negative.</param>
public sealed record Normal(double Mean, double Deviation) : Distribution
{
    /// <inheritdoc/>
    public override string? Problem =>
        DistributionChecks.Finite("mean", Mean) ?? DistributionChecks.NotNegative("deviation", Deviation);

    /// <inheritdoc/>
    public override double Quantile(double p) => FromScore(NormalLaw.Quantile(p));

    /// <inheritdoc/>
    internal override double FromScore(double z) => Mean + (Deviation * z);
}
