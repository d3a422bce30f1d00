namespace HybridControl.Simulation;

/// <summary>What is remembered of a choice that switches forth and back: when last, in which segment, how often.</summary>
/// <param name="Time">Time of the last switch.</param>
/// <param name="JumpIndex">Jump index there.</param>
/// <param name="Direction">The side that it went to.</param>
/// <param name="Count">Switches that came straight after the one before, in the other direction.</param>
internal readonly record struct Flip(double Time, int JumpIndex, EventDirections Direction, int Count);
