namespace HybridControl.Ensembles;

/// <summary>A uniform distribution between two numbers.</summary>
/// <param name="Low">Lower end.</param>
/// <param name="High">Upper end, above the lower.</param>
public sealed record Uniform(double Low, double High) : Distribution
{
    /// <inheritdoc/>
    public override string? Problem => DistributionChecks.Range(Low, High);

    /// <inheritdoc/>
    public override double Quantile(double p) => Math.Min(Low + ((High - Low) * p), High);
}
