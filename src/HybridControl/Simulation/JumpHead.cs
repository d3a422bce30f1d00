namespace HybridControl.Simulation;

/// <summary>A <see cref="Jump"/> without the values of its variables.</summary>
internal readonly record struct JumpHead(int Index, double Time, JumpNames Names, double GuardBefore, double GuardAfter);
