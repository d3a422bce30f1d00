using HybridControl.Symbolics;

namespace HybridControl.Automata;

/// <summary>A discrete variable: it changes at jumps and at sampling instants, and rests in between.</summary>
/// <param name="Name">Name, unique in the model.</param>
/// <param name="Initial">Value at the start, an expression of parameters.</param>
/// <param name="Unit">Unit as text; empty for none.</param>
/// <param name="Type">What values it can have; a run that would give it another one ends with <c>RunStatus.ValueRefused</c>.</param>
public sealed record DiscreteVariable(string Name, Expr Initial, string Unit = "", DiscreteType Type = DiscreteType.Real);
