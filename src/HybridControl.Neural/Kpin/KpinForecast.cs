using HybridControl.Neural.Autodiff;

namespace HybridControl.Neural.Kpin;

/// <summary>What is foretold of a measurement on a tape.</summary>
/// <param name="Jacobian">H, m by n.</param>
/// <param name="Noise">R, m by m.</param>
/// <param name="CrossCovariance">H P, m by n.</param>
/// <param name="Factor">Factor of S, m by m.</param>
/// <param name="Whitened">Whitened innovation, m by 1; zero where a component is missing.</param>
internal readonly record struct KpinForecast(
    Variable Jacobian, Variable Noise, Variable CrossCovariance, Variable Factor, Variable Whitened);
