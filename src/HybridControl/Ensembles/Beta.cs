using HybridControl.Numerics;

namespace HybridControl.Ensembles;

/// <summary>A beta distribution, stretched from (0, 1) to the range between two numbers.</summary>
/// <param name="A">First shape, positive: a large one moves the quantity up.</param>
/// <param name="B">Second shape, positive: a large one moves the quantity down.</param>
/// <param name="Low">Lower end.</param>
/// <param name="High">Upper end, above the lower.</param>
/// <remarks>The quantile is found by Newton's method on the regularised incomplete beta function, within a bracket.</remarks>
public sealed record Beta(double A, double B, double Low = 0.0, double High = 1.0) : Distribution
{
    /// <inheritdoc/>
    public override string? Problem =>
        DistributionChecks.Positive("first shape", A) ?? DistributionChecks.Positive("second shape", B) ??
        DistributionChecks.Range(Low, High);

    /// <inheritdoc/>
    public override double Quantile(double p) => Math.Min(Low + ((High - Low) * IncompleteBeta.Inverse(A, B, p)), High);
}
