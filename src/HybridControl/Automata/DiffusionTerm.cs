using HybridControl.Symbolics;

namespace HybridControl.Automata;

/// <summary>What a Wiener process adds to the rate of a state in one mode: dx = f dt + Value dW (Ito).</summary>
/// <param name="State">Name of the state.</param>
/// <param name="Process">Name of the process; the name of the state for the process that belongs to it alone.</param>
/// <param name="Value">The coefficient, in units of the state per square root of a second.</param>
public sealed record DiffusionTerm(string State, string Process, Expr Value);
