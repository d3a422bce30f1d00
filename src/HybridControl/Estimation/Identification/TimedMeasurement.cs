namespace HybridControl.Estimation;

/// <summary>What was measured at a time, and the inputs that led there.</summary>
/// <param name="Time">Time in seconds.</param>
/// <param name="Values">One number for each component; NaN where it is missing.</param>
/// <param name="Input">The inputs since the measurement before; null for none.</param>
/// <param name="Sensor">What was measured; null for the estimator's own sensor.</param>
public sealed record TimedMeasurement(double Time, double[] Values, double[]? Input = null, MeasurementModel? Sensor = null);
