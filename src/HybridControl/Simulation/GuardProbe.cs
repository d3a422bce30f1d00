namespace HybridControl.Simulation;

/// <summary>A guard at one instant.</summary>
/// <param name="Value">g.</param>
/// <param name="Error">E, its rounding error.</param>
/// <param name="Rate">dg/dt along the flow, per second.</param>
/// <param name="RateError">Its rounding error.</param>
internal readonly record struct GuardProbe(double Value, double Error, double Rate, double RateError);
