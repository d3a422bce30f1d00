using HybridControl.Numerics;

namespace HybridControl.Ensembles;

/// <summary>An exponential distribution from zero on: the wait for an event of constant rate.</summary>
/// <param name="Mean">Mean, positive: the inverse of the rate.</param>
public sealed record Exponential(double Mean) : Distribution
{
    /// <inheritdoc/>
    public override string? Problem => DistributionChecks.Positive("mean", Mean);

    /// <inheritdoc/>
    public override double Quantile(double p) => -Mean * Log1P.Of(-p);
}
