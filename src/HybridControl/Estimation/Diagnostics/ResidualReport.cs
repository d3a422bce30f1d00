using System.Collections.Immutable;

namespace HybridControl.Estimation.Diagnostics;

/// <summary>One measured component or one state: its residuals against what the filter said of them.</summary>
/// <remarks>Residuals are divided by their stated standard deviations. Immutable.</remarks>
/// <param name="Name">Name of the component.</param>
/// <param name="Count">Residuals that were present and had a standard deviation above zero.</param>
/// <param name="Bias">Their mean; 0 is right.</param>
/// <param name="BiasPValue">The probability that a right filter is as biased; NaN where the data cannot tell.</param>
/// <param name="Spread">Their mean square; 1 is right, more means that the stated deviation is too small.</param>
/// <param name="SpreadPValue">The probability that the spread of a right filter is as far off; NaN where the data cannot tell.</param>
/// <param name="Rms">Root mean square of the residuals themselves, in their unit.</param>
/// <param name="StatedRms">Root mean square of the stated deviations, in the same unit.</param>
/// <param name="Pit">Histogram of where each residual fell in its predicted normal distribution.</param>
/// <param name="Coverage">How often the intervals of 50, 90 and 99 % held the truth.</param>
/// <param name="Whiteness">Autocorrelation of innovations; null for states, whose errors are correlated in any filter.</param>
public sealed record ResidualReport(
    string Name,
    long Count,
    double Bias,
    double BiasPValue,
    double Spread,
    double SpreadPValue,
    double Rms,
    double StatedRms,
    PitHistogram Pit,
    ImmutableArray<Coverage> Coverage,
    Whiteness? Whiteness);
