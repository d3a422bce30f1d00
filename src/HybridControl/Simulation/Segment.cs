namespace HybridControl.Simulation;

/// <summary>The part of a trajectory between two jumps.</summary>
/// <param name="JumpIndex">Jump index j.</param>
/// <param name="Mode">The active mode.</param>
/// <param name="Start">Start time in seconds.</param>
/// <param name="End">End time in seconds; not before the start, and equal to it between jumps of one instant.</param>
public sealed record Segment(int JumpIndex, string Mode, double Start, double End);
