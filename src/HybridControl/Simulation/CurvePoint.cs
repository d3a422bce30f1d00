namespace HybridControl.Simulation;

/// <summary>One point of a curve to draw.</summary>
/// <param name="Time">Time in seconds.</param>
/// <param name="Value">Value of the variable.</param>
/// <param name="Piece">Number of the continuous piece; a curve is broken where it changes.</param>
public readonly record struct CurvePoint(double Time, double Value, int Piece);
