using HybridControl.Symbolics;

namespace HybridControl.Dynamics;

/// <summary>One algebraic variable of an <see cref="OdeProblem"/>, with the equation that stands for it.</summary>
/// <param name="Name">Name, unique in the problem.</param>
/// <param name="Residual">What must be zero at all times: an expression of time, states and algebraic variables.</param>
/// <param name="Start">Where the search for its initial value begins, finite.</param>
/// <remarks>All residuals together must determine all algebraic variables (index 1).</remarks>
public sealed record OdeAlgebraic(string Name, Expr Residual, double Start = 0.0);
