using HybridControl.Symbolics;

namespace HybridControl.Automata;

/// <summary>What is measured of a model, and how noisily: z = value + noise.</summary>
/// <param name="Name">Name, unique among the sensors: a column of measurements is called after it.</param>
/// <param name="Value">What it measures: a state, an output or any expression of the model.</param>
/// <param name="Deviation">Standard deviation of its noise, an expression of parameters, not negative; zero for an exact measurement.</param>
public sealed record Sensor(string Name, Expr Value, Expr Deviation);
