namespace HybridControl.Estimation;

/// <summary>A parameter that was found.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">Its value.</param>
/// <param name="StandardError">Its standard error from the curvature of the likelihood; NaN at a bound or where the likelihood is flat.</param>
/// <param name="IsAtBound">Whether it sits at a bound.</param>
public sealed record FittedParameter(string Name, double Value, double StandardError, bool IsAtBound);
