namespace HybridControl.Tests.Simulation.Families;

/// <summary>One event that a case must have.</summary>
/// <param name="Time">Time, from a closed form or exact arithmetic.</param>
/// <param name="Name">The transition.</param>
/// <param name="IsApart">Whether it may be an instant of its own although an event before it has the same time.</param>
internal readonly record struct ExpectedEvent(double Time, string Name, bool IsApart = false);
