using HybridControl.Symbolics;

namespace HybridControl.Dynamics;

/// <summary>A condition of an <see cref="OdeProblem"/> whose changes are located.</summary>
/// <param name="Name">Name for the roots found.</param>
/// <param name="Condition">The condition, over time and states.</param>
/// <param name="Direction">Which changes are reported, as time increases.</param>
public sealed record OdeWatch(string Name, Condition Condition, RootDirection Direction = RootDirection.Both);
