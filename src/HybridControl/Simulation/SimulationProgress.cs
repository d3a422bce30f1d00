namespace HybridControl.Simulation;

/// <summary>How far a run has come.</summary>
/// <param name="Time">Time reached, in seconds.</param>
/// <param name="End">End time, in seconds.</param>
/// <param name="Jumps">Jumps so far.</param>
/// <param name="Steps">Accepted steps so far.</param>
public readonly record struct SimulationProgress(double Time, double End, long Jumps, long Steps);
