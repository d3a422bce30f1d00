using HybridControl.Symbolics;

namespace HybridControl.Automata;

/// <summary>One entry of the mass matrix M of a mode, whose flow is then M x' = f.</summary>
/// <param name="Row">The state whose flow this row equates.</param>
/// <param name="Column">The state whose derivative it multiplies.</param>
/// <param name="Value">An expression of parameters and discrete variables.</param>
/// <remarks>A row with entries has just these; a row without any is that of the identity.</remarks>
public sealed record MassEntry(string Row, string Column, Expr Value);
