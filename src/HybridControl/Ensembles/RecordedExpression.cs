using HybridControl.Symbolics;

namespace HybridControl.Ensembles;

/// <summary>An expression over the variables of the model that is recorded under a name.</summary>
/// <param name="Name">Its name in results.</param>
/// <param name="Value">The expression; a state, discrete variable, parameter or input by name, or anything made of them.</param>
public sealed record RecordedExpression(string Name, Expr Value);
