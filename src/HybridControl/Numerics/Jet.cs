namespace HybridControl.Numerics;

/// <summary>Enclosures of value, slope and half curvature.</summary>
public readonly record struct Jet(Ball Value, Ball Slope, Ball HalfCurvature);
