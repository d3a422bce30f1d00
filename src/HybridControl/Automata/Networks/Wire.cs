using HybridControl.Symbolics;

namespace HybridControl.Automata.Networks;

/// <summary>What drives an input of a component.</summary>
/// <param name="Input">The input, such as <c>lower.inflow</c>.</param>
/// <param name="Value">An expression over variables and outputs of all components, such as <c>upper.outflow + 0.1</c>.</param>
/// <remarks>The input becomes an output of the network of the same name, so it can be plotted and used as before.</remarks>
public sealed record Wire(string Input, Expr Value);
