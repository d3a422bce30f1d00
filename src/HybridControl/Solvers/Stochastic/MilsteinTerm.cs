using HybridControl.Symbolics;

namespace HybridControl.Solvers;

/// <summary>A second-order term of the noise: sum over k of b_kp times the derivative of b_iq by x_k, for processes p and q.</summary>
/// <param name="State">Number i of the state.</param>
/// <param name="First">Place p of the process whose coefficients lead the derivative.</param>
/// <param name="Second">Place q of the process whose coefficient is differentiated.</param>
/// <param name="Value">The term.</param>
/// <param name="Size">The same with every product taken as positive: what rounding is measured by.</param>
internal sealed record MilsteinTerm(int State, int First, int Second, Expr Value, Expr Size);
