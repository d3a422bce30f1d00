using HybridControl.Symbolics;

namespace HybridControl.Automata;

/// <summary>A mode that changes by chance, such as a fault: no guard says when.</summary>
/// <param name="From">Name of the mode that is left.</param>
/// <param name="To">Name of the mode that is entered; states and discrete variables keep their values.</param>
/// <param name="Rate">Expected number of changes per second spent in the first mode, an expression of parameters, not negative.</param>
public sealed record SwitchingRate(string From, string To, Expr Rate);
