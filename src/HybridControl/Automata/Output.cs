using HybridControl.Symbolics;

namespace HybridControl.Automata;

/// <summary>A named expression: it can be plotted and saved, and other expressions may use it by name.</summary>
/// <param name="Name">Name, unique in the model.</param>
/// <param name="Definition">Its value; may use outputs declared before it.</param>
/// <param name="Unit">Unit as text; empty for none.</param>
public sealed record Output(string Name, Expr Definition, string Unit = "");
