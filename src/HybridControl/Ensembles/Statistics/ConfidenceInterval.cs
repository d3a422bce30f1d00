namespace HybridControl.Ensembles.Statistics;

/// <summary>An interval that covers an unknown number with a given probability.</summary>
/// <param name="Lower">Lower end; negative infinity where the data bound nothing from below.</param>
/// <param name="Upper">Upper end; positive infinity where the data bound nothing from above.</param>
/// <param name="Confidence">The probability with which such an interval covers, between 0 and 1.</param>
public readonly record struct ConfidenceInterval(double Lower, double Upper, double Confidence)
{
    /// <summary>Half the distance of the ends.</summary>
    public double HalfWidth => 0.5 * (Upper - Lower);

    /// <summary>Whether a number lies in the interval, its ends included.</summary>
    public bool Contains(double value) => value >= Lower && value <= Upper;
}
