namespace HybridControl.Estimation.Diagnostics;

/// <summary>How often the truth lay in the region that should hold it with a given probability.</summary>
/// <param name="Level">The probability that was promised, such as 0.9.</param>
/// <param name="Inside">How often the region held it.</param>
/// <param name="Count">Out of how many.</param>
public readonly record struct Coverage(double Level, long Inside, long Count)
{
    /// <summary>The share that was kept; NaN without any.</summary>
    public double Share => (double)Inside / Count;
}
