namespace HybridControl.Automata;

/// <summary>A parameter: constant during a run unless a scenario sets it.</summary>
/// <param name="Name">Name, unique in the model.</param>
/// <param name="Value">Default value, finite.</param>
/// <param name="Unit">Unit as text; empty for none.</param>
public sealed record Parameter(string Name, double Value, string Unit = "");
