namespace HybridControl.Ensembles.Sensitivity;

/// <summary>How Sobol indices are estimated. Immutable.</summary>
public sealed record SobolOptions
{
    /// <summary>Confidence of the bootstrap intervals; 0.95.</summary>
    public double Confidence { get; init; } = 0.95;

    /// <summary>Resamples of the bootstrap; 500.</summary>
    public int Resamples { get; init; } = 500;
}
