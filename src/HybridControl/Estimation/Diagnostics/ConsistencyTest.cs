namespace HybridControl.Estimation.Diagnostics;

/// <summary>One test of a report.</summary>
/// <param name="Where">NIS, NEES, or the name of a component or state.</param>
/// <param name="Name">What is tested: ratio, bias, spread, whiteness or shape.</param>
/// <param name="Value">The statistic.</param>
/// <param name="PValue">The probability that a right filter gives a statistic at least as far off.</param>
public sealed record ConsistencyTest(string Where, string Name, double Value, double PValue);
