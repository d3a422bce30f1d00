namespace HybridControl.Simulation;

/// <summary>A <see cref="Jump"/> without the values of its variables.</summary>
internal readonly record struct JumpHead(
    int Index, double Time, string From, string To, string Transition, double GuardBefore, double GuardAfter);
