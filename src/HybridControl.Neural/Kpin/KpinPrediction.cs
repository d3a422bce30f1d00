using HybridControl.Neural.Autodiff;

namespace HybridControl.Neural.Kpin;

/// <summary>A predicted belief on a tape, and what the network said about the step.</summary>
/// <param name="Mean">n by 1.</param>
/// <param name="Covariance">n by n.</param>
/// <param name="Heads">What the network said.</param>
/// <param name="Bounded">tanh of the residuals, p by 1.</param>
/// <param name="Slope">Derivative of the bounded residuals by the states in units of their scales, p by n.</param>
internal readonly record struct KpinPrediction(Variable Mean, Variable Covariance, KpinHeads Heads, Variable Bounded, Variable Slope);
