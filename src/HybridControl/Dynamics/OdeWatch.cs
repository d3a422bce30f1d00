using HybridControl.Symbolics;

namespace HybridControl.Dynamics;

/// <summary>A condition of an <see cref="OdeProblem"/> whose changes are located.</summary>
/// <param name="Name">Name for the roots found, unique in the problem.</param>
/// <param name="Condition">The condition, over time and states.</param>
/// <param name="Direction">Which changes are reported, as time increases.</param>
public sealed record OdeWatch(string Name, Condition Condition, RootDirection Direction = RootDirection.Both)
{
    /// <summary>Whether the solution ends at the first change that is reported.</summary>
    public bool IsTerminal { get; init; }
}
