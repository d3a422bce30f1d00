namespace HybridControl.Automata;

/// <summary>Two sensors whose noises go together.</summary>
/// <param name="First">Name of a sensor.</param>
/// <param name="Second">Name of another sensor.</param>
/// <param name="Value">Their correlation, between -1 and 1.</param>
public sealed record SensorCorrelation(string First, string Second, double Value);
