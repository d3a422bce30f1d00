namespace HybridControl.Ensembles.Falsification;

/// <summary>How far a falsification has come.</summary>
/// <param name="Evaluations">Runs carried out.</param>
/// <param name="Budget">The most runs.</param>
/// <param name="Robustness">The least robustness so far.</param>
public sealed record FalsificationProgress(int Evaluations, int Budget, double Robustness);
