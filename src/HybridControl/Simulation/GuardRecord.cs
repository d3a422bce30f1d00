namespace HybridControl.Simulation;

/// <summary>A guard that is due, or a touch.</summary>
/// <param name="Guard">Index in the set.</param>
/// <param name="Direction">Up, down or touch.</param>
/// <param name="Theta">Where: the right end of its own bracket.</param>
/// <param name="Left">The left end of its bracket.</param>
internal readonly record struct GuardRecord(int Guard, EventDirections Direction, double Theta, double Left);
