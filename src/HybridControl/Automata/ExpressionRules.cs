namespace HybridControl.Automata;

/// <summary>What an expression may hold where it stands.</summary>
/// <param name="ParametersOnly">What the expression is, where it may depend on parameters only; else null.</param>
/// <param name="Output">The number of the output that it defines; it may use outputs of lower number.</param>
/// <param name="Draws">Whether it may draw random numbers.</param>
/// <param name="NoCrosses">Why <c>crosses</c> cannot stand here; null where it can.</param>
internal sealed record ExpressionRules(
    string? ParametersOnly = null, int Output = int.MaxValue, bool Draws = false, string? NoCrosses = "only the guard of an edge transition can watch for an instant");
