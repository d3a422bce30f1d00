using HybridControl.Neural.Autodiff;

namespace HybridControl.Neural.Kpin;

/// <summary>A belief of some trajectories on a tape, with what the network remembers of the last update.</summary>
/// <param name="Mean">n by 1.</param>
/// <param name="Covariance">n by n.</param>
/// <param name="Whitened">Whitened innovation of the last update, m by 1.</param>
/// <param name="Moved">How far it moved the states, in standard deviations, n by 1.</param>
internal readonly record struct KpinStep(Variable Mean, Variable Covariance, Variable Whitened, Variable Moved);
