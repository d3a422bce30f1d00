using HybridControl.Symbolics;

namespace HybridControl.Automata;

/// <summary>A continuous state: it changes along the flow of the current mode and at resets.</summary>
/// <param name="Name">Name, unique in the model.</param>
/// <param name="Initial">Value at the start, an expression of parameters.</param>
/// <param name="Unit">Unit as text, for axes and reports; empty for none.</param>
public sealed record StateVariable(string Name, Expr Initial, string Unit = "")
{
    /// <summary>
    /// Whether it is an algebraic variable: it has an equation in each mode instead of a flow, and <see cref="Initial"/> is where
    /// the search for its value starts. Algebraic variables stand after the states.
    /// </summary>
    public bool IsAlgebraic { get; init; }
}
