namespace HybridControl.Estimation.Diagnostics;

/// <summary>The mean over runs of a NIS or NEES at one step.</summary>
/// <param name="Mean">The mean; NaN where no run had a value.</param>
/// <param name="Band">Where the mean of a right filter lies: [chi2(d, .025), chi2(d, .975)] / runs at a confidence of 95 %.</param>
/// <param name="Runs">The runs that had a value.</param>
/// <param name="Degrees">Degrees of freedom of all their values together; fewer where components were missing.</param>
public readonly record struct ChiSquareStep(double Mean, ConsistencyBand Band, int Runs, int Degrees);
