namespace HybridControl.Ensembles;

/// <summary>A triangular distribution: the density rises in a straight line to the mode and falls in another.</summary>
/// <param name="Low">Lower end.</param>
/// <param name="Mode">Where the density is largest, between the ends or at one of them.</param>
/// <param name="High">Upper end, above the lower.</param>
public sealed record Triangular(double Low, double Mode, double High) : Distribution
{
    /// <inheritdoc/>
    public override string? Problem =>
        DistributionChecks.Range(Low, High) ??
        (Mode >= Low && Mode <= High
            ? null
            : FormattableString.Invariant($"the mode {Mode} is not between the low end {Low} and the high end {High}"));

    /// <inheritdoc/>
    public override double Quantile(double p)
    {
        double width = High - Low;
        double left = Mode - Low;
        return p * width <= left
            ? Low + Math.Sqrt(p * width * left)
            : High - Math.Sqrt((1.0 - p) * width * (High - Mode));
    }
}
