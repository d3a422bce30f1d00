using HybridControl.Symbolics;

namespace HybridControl.Automata;

/// <summary>A new value for a state or a discrete variable, computed from the values before.</summary>
/// <param name="Target">Name of a state or discrete variable.</param>
/// <param name="Value">Its new value. All assignments of one reset read the values before any of them is written.</param>
public sealed record Assignment(string Target, Expr Value);
