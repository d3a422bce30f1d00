namespace HybridControl.Neural.Identification;

/// <summary>Root mean square errors of one-step predictions, one for each state, and the mean square error over the horizon in units of the model's own.</summary>
internal readonly record struct ResidualScores(double[] OneStep, double Loss);
